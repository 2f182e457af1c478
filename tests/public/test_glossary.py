"""名词解释 tells the words that stand as headings and labels on villagers' pages and that nobody says at home."""

from pathlib import Path
from typing import Final

import pytest
from world import Browser

from villagehub.public.words import WORDS

ROOT: Final = Path(__file__).parents[2]
SHOWN_BY: Final = ("templates/public", "templates/components", "villagehub/public", "villagehub/sections")
MET: Final = (
    "存", "来龙去脉", "见证", "惠民资金", "小微权力清单", "回音壁", "缺票据", "防改码", "查询码", "查询单", "公示", "无此类事项",
    "一事一议", "四议两公开", "更正", "凭证号", "村务监督委员会", "少于5人", "原值", "累计折旧", "净值",
)  # fmt: skip


@pytest.fixture(scope="module")
def shown() -> str:
    """What makes villagers' pages, without the glossary itself."""
    files = (one for folder in SHOWN_BY for one in (ROOT / folder).iterdir() if one.suffix in {".html", ".py"})
    return "".join(one.read_text("utf-8") for one in files if one.stem != "words")


@pytest.mark.parametrize("word", MET)
def test_a_word_of_the_office_on_a_villager_s_page_is_told_in_plain_words(word: str, shown: str) -> None:
    assert word in shown, "it stands on no page any more: take it from this list"
    assert word in {part for told, _ in WORDS for part in told.split("、")}


def test_what_is_said_of_a_slip_is_what_its_paper_does() -> None:
    said = dict(WORDS)["查询单"]
    assert "扫上面的码看村里的公开" in said
    assert said.index("再输上面的查询码") < said.index("只看得到您家的")


def test_the_page_tells_every_word_once_and_in_short(client: Browser) -> None:
    page = client.get("/words").text
    for word, said in WORDS:
        assert page.count(f"<b>{word}</b></dt><dd>{said}</dd>") == 1
        assert len(said) <= 45, "a sentence that is said at the door"
