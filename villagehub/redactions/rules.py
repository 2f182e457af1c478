"""Who may redact what, on what ground, and why not. Pure; every sentence stands beside its rule."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from villagehub.disclosures.redaction_stages import NEXT, STATE_WORDS, State
from villagehub.kernel.refused import Refused
from villagehub.sections.base import Field, Kind, Names, Section

MOST_ROWS: Final = 20
"""Rows in one proposal, so that the second person can read all of it on a phone and the leaf has room (4,096 bytes)."""


_HEAD: Final = 500
_PER_FACE: Final = 80
"""Bytes of a redaction's leaf beside the fields' names, rounded up: its head, and each row's hash as base64."""


class NotPublicYet(Refused):
    """Only what is published needs redacting."""

    code = "redaction_not_public"
    message = "{title}还没有公开，不用隐去。"
    fix = "草稿里的内容，直接在草稿里改。"
    status = 409


class NothingChosen(Refused):
    """No field was ticked."""

    code = "nothing_chosen"
    message = "还没有选要隐去哪一栏。"
    fix = "请在要隐去的栏前面打勾。金额、日期、类别和合计不能隐去。"
    status = 422


class TooManyRows(Refused):
    """More rows than a person can check at once."""

    code = "too_many_rows"
    message = "这几处一共牵涉 {rows} 行，一次最多隐去 {most} 行。"
    fix = "请分几次办。"
    status = 422


class TooManyPictures(Refused):
    """More pictures than a person can look at in one go."""

    code = "too_many_pictures"
    message = "选了 {pictures} 张票据，一次最多隐去 {most} 张。"
    fix = "请分几次办。"
    status = 422


class NoSuchPicture(Refused):
    """The publication does not show the picture, or it has gone already."""

    code = "no_such_picture"
    message = "选的票据里，有的不在这一份里，或者已经隐去了。"
    fix = "请重新打开页面再选。"
    status = 422


class NoSuchWords(Refused):
    """The publication has no such reason or opinion, or it has gone already."""

    code = "no_such_words"
    message = "选的更正原因或意见，有的不在这一份里，或者已经隐去了。"
    fix = "请重新打开页面再选。"
    status = 422


class LeafTooSmall(Refused):
    """The log's record of it would be larger than an entry may be (4,096 bytes)."""

    code = "redaction_too_large"
    message = "要隐去的地方太多，日志的一条记录放不下。"
    fix = "请少选几行或几栏，分几次办。"
    status = 422


class NotToBeRedacted(Refused):
    """The field is no text, a number that names the row, or empty already."""

    code = "not_to_be_redacted"
    message = "编号 {number} 这一行的“{heading}”不能隐去。"
    fix = "金额、日期、类别、编号和合计不能隐去，已经空了的也不用。请重新打开页面再选。"
    status = 422


class NoBasis(Refused):
    """No legal basis was chosen."""

    code = "no_basis"
    message = "没有选依据。"
    fix = "请选一条依据；都不合适，就先用“撤下”，再问镇里。"
    status = 422


class NoReason(Refused):
    """Villagers read why."""

    code = "no_redaction_words"
    message = "还没有写清为什么隐去。"
    fix = "请写一句话，4 到 60 个字，例如“本人要求删除姓名”。村民会看到。"
    status = 422


class QuotesItself(Refused):
    """The words for villagers say what is to go."""

    code = "quotes_itself"
    message = "写的原因里有要隐去的字。"
    fix = "请换个说法，不要写出要隐去的内容：这句话会公开，也删不掉。"
    status = 422


class WaitingAlready(Refused):
    """Another proposal for this publication waits."""

    code = "waiting_already"
    message = "这一份已经有一件隐去的申请在等确认。"
    fix = "请先等它办完或收回，再提新的。"
    status = 409


class Ended(Refused):
    """The proposal has ended."""

    code = "redaction_ended"
    message = "这件申请{state}。"
    fix = "要再办，请重新提出。"
    status = 409


class UnderReviewNow(Refused):
    """A version that is being reviewed uses one of the rows; erasing would void its signatures."""

    code = "redaction_under_review"
    message = "有一份正在送审或等公开的草稿用着这一行：{title}。"
    fix = "请先把它公开、退回或收回，再来确认。"
    status = 409


class ChangedSince(Refused):
    """What the second person saw is no longer what would go."""

    code = "redaction_changed"
    message = "要隐去的内容和您刚才看到的不一样了，没有隐去。"
    fix = "请重新看一遍再确认。"
    status = 409


_PER_PICTURE: Final = 80
"""``{"sha256":"…"},`` is 79 bytes."""


def why_not_end(state: State, wanted: State) -> Refused | None:
    """Whether a proposal may go from one state to the other."""
    return None if wanted in NEXT[state] else Ended(state=STATE_WORDS[state])


def redactable(section: Section, facts: Mapping[str, Any], natural_key: str) -> list[Field]:
    """The texts of a row that can go: not what names the row (numbers, plain keys), not figures, days and categories."""
    key = set(natural_key.partition(":")[2].rpartition("#")[0].split("|")) if natural_key.startswith("n:") else set()
    return [
        one
        for one in section.fields
        if one.kind is Kind.TEXT
        and not one.identifier
        and not one.clear
        and isinstance(facts.get(one.name), str)
        and facts[one.name]
        and facts[one.name] not in key
    ]


def is_about_a_person(section: Section, field: Field) -> bool:
    """Whether the field names or describes a person; these are offered together."""
    headline = section.persons and field.name == section.headline
    return headline or field.person or field.contact or field.interest or field.names is Names.MASK_PERSON


def fits_a_leaf(
    faces: Sequence[Collection[str]], largest: int, *, said: Collection[str] = (), pictures: int = 0
) -> bool:
    """Whether the log's record has room for these faces of rows, each given by the names of its fields that go, for these
    facts of the publication and for so many pictures.
    """
    named = sum(_PER_FACE + sum(len(name) + 3 for name in names) for names in faces)
    return _HEAD + sum(len(name) + 3 for name in said) + pictures * _PER_PICTURE + named <= largest
