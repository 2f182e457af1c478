"""A file that says of itself that it is another village's: asked about before anything of it can become a draft. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from villagehub.kernel.problem import Severity
from villagehub.ledgers.findings import Findings, Gravity

_SHORTEST: Final = 3
"""新村 and 中村 stand in too many words to mean a village."""
_WHOLE: Final = re.compile(r"(?:村|社区)$")


@dataclass(frozen=True, slots=True)
class Names:
    """Short names of villages: this one with those that became part of it, and all others of the installation."""

    here: Sequence[str] = ()
    others: Sequence[str] = ()
    whole: str = ""
    """How several villages are called together that the file is for: then ``others`` are all single ones."""


UNTOLD: Final = Names()
"""Whose file it is to be is not known: nothing is asked."""


def ask_about_village(words: Iterable[str], filename: str, names: Names, findings: Findings) -> None:
    """Asks where titles and sheets' names (``words``), or else the file's own name, name another village and not this one.

    Works are done between villages, and lists name several: whatever names this village too is not asked about.
    """
    if not names.others:
        return
    inside, called = "\n".join(words), filename.rpartition(".")[0] or filename
    for where, text in (("表里写的是", inside), ("文件名写的是", called)):
        rest, named = _others_in(text, names)
        if any(_stem(one) in rest for one in names.here):
            return
        if named:
            findings.add(
                Gravity.FILE,
                Severity.CONFIRM,
                "other_village",
                f"{where}“{'、'.join(named[:3])}”，您要传给的是“{names.whole or names.here[0]}”。"
                f"{'是这些村的' if names.whole else '是这个村的账'}吗？",
                "真是这些村的就确认；拿错了，请换对的表再传。"
                if names.whole
                else "真是这个村的就确认；传错了村，这一份就不要了，换对的村再传。",
            )
            return


def _others_in(text: str, names: Names) -> tuple[str, list[str]]:
    """What is left of the text without the others' names, and these. A name counts where no longer name could end in it:
    at the beginning of words, or behind what villages lie in.
    """
    named = []
    for name in sorted(set(names.others), key=len, reverse=True):
        if len(name) >= _SHORTEST and name in text:
            whole = re.compile(rf"(?:(?<![\u4e00-\u9fff])|(?<=[镇乡县市区省])|(?<=街道)){re.escape(name)}")
            text, count = whole.subn("\n", text)
            named += [name] if count else []
    return text, named


def _stem(name: str) -> str:
    stem = _WHOLE.sub("", name)
    return stem if len(stem) > 1 else name
