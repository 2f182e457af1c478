"""What a signature needs beyond the quorum: every page read, the right rows to stand aside from, paper that shows who signed."""

from collections.abc import Collection

from villagehub.kernel.refused import NotFound, Refused
from villagehub.sections.base import Section


class NotAllSeen(Refused):
    """A signature under pages that were not ticked 我看过."""

    code = "not_all_seen"
    message = "《{title}》还有 {left} 页没有看，还不能签字。"
    fix = "请点开它，看完每一页，在页末点“我看过了”，再回来签字。"
    status = 422


class NothingToSign(Refused):
    """The form named no disclosure."""

    code = "nothing_to_sign"
    message = "这里没有要您签的了。"
    fix = "请回到“等您签字”，看看还有没有别的。"
    status = 422


class NoRecusalHere(Refused):
    """Rows of this kind are nobody's private interest (decision 17)."""

    code = "no_recusal_here"
    message = "《{title}》里的行不用回避。"
    fix = "人人都有份的补贴、村干部的职责，谁都可以审核。觉得哪里不对，请退回，或写明不同意的原因。"
    status = 422


class NoSuchPackage(NotFound):
    """Nothing of this village, body and day waits or waited for signatures."""

    code = "no_such_package"
    message = "这一批里现在没有要审核的。"
    fix = "可能已经公开或退回了。请回到“等您签字”看一看。"


class NobodySigned(Refused):
    """A sheet without a signer."""

    code = "nobody_signed"
    message = "还没有选谁在纸上签了字。"
    fix = "请照着审核表，给签了字的人选“同意”或“不同意”。"
    status = 422


class NotAMember(Refused):
    """The named signer does not sit in the reviewing body today."""

    code = "not_a_member"
    message = "{name}现在不是{body}的成员，不能记他的签字。"
    fix = "请核对名单；刚当选的，请镇里先登记任职。"
    status = 422


class AuthorOnPaper(Refused):
    """An author's signature counts no more on paper than at the page."""

    code = "author_on_paper"
    message = "《{title}》是{name}登记的，{name}不能审核它。"
    fix = "请把这个人改成“没签”，由别的成员签字。"
    status = 422


class SignedOtherwise(Refused):
    """Everybody named has signed these before, by another way."""

    code = "signed_otherwise"
    message = "所选的人在这几件上都签过字了，没有新的要录。"
    fix = "请照着审核表，选还没有签过的人。"


class SheetDiffers(Refused):
    """The sheet says of a signer something else than what is stored."""

    code = "sheet_differs"
    message = "{name}在《{title}》上已经签过字，和这张审核表上的不一样。这张表没有录。"
    fix = "选错了，请照着审核表改。本人改了主意，请先退回，改好后再送审，大家重新签。"
    status = 409


def takes_recusals(section: Section, subject: str) -> bool:
    """Whether somebody can have an interest in a row: fields of payee, contractor or lessee, and grants that not everybody
    gets. Never duties or universal fixed-rate subsidies (decision 17).
    """
    return any(one.interest for one in section.fields) or bool(section.sensitive and section.sensitive(subject))


def why_not_all_seen(title: str, *, pages: int, ticked: Collection[int]) -> Refused | None:
    """Every page of the content is ticked; a nil return has one page."""
    left = pages - len([one for one in ticked if 1 <= one <= pages])
    return NotAllSeen(title=title, left=left) if left > 0 else None
