"""Words that give away an illness or a disability: never-class, like numbers of persons (decision 9, PIPL art. 28)."""

import re
from typing import Final

HIDDEN_ILLNESS: Final = "（病情已隐去）"
_WORDS: Final = re.compile(
    r"一级残疾?|二级残疾?|三级残疾?|四级残疾?|残疾[一二三四]级|"  # each begins with one character: found in one pass
    r"癌症?|肿瘤|白血病|尿毒症|透析|化疗|放疗|糖尿病|高血压|心脏病|肝炎|肝硬化|结核|艾滋病?|"
    r"精神(?:病|障碍|分裂症?)|抑郁症?|癫痫|脑梗|心梗|中风|偏瘫|瘫痪|重病|大病|重疾|慢性病|疾病|患病|病重|住院|手术|残疾|智障|智力障碍|"
    r"失明|盲人|聋哑|聋|痴呆|怀孕|流产|病"
)


def mentions_illness(text: str) -> bool:
    """Whether the text holds such a word."""
    return _WORDS.search(text) is not None


def hide_illness(text: str) -> str:
    """The text with each such word replaced by words that say so."""
    return _WORDS.sub(HIDDEN_ILLNESS, text)
