"""The room's decisions on uploads: values in, None or a Refused out."""

from typing import Final

from villagehub.kernel.refused import Refused
from villagehub.ledgers.states import NEXT_STATES, UploadState

MOST_TYPED: Final = 40
"""Rows of one form."""
MOST_PASTED: Final = 200_000
"""Characters of one pasted table: some two thousand rows."""


class MustFixFirst(Refused):
    """While anything must be mended, no row of the file is kept (decision 39)."""

    code = "must_fix_first"
    message = "表格里还有要改的地方，一行也没有存进去。"
    fix = "请照红色的提示改：在网页上改，或者在 WPS 里改好再传。原来的文件我们留着。"
    status = 422


class QuestionsOpen(Refused):
    """Questions are answered by name before rows are kept."""

    code = "questions_open"
    message = "还有 {count} 处要您确认。"
    fix = "请逐条看黄色的提示：没错的点“就是这样”，有错的改好再传。"
    status = 422


class AcceptedAlready(Refused):
    """What was accepted is a draft now."""

    code = "accepted_already"
    message = "这个文件已经存成草稿了。"
    fix = "要改内容，请改表格后再传一次，草稿会跟着变。"


class NotCheckedYet(Refused):
    """The file has not been read to the end, so nobody knows yet what is to be asked."""

    code = "not_checked_yet"
    message = "这个文件还没有核对完，现在不能存成草稿。"
    fix = "请打开这次上传的页面，等核对完，看过结果再存。"


class WasAbandoned(Refused):
    """A given-up upload is not taken up again; the same file, sent again, is a new upload."""

    code = "was_abandoned"
    message = "这一份已经不要了，不能接着办。"
    fix = "还要用这个文件的话，请再传一次。"


class UnknownQuestion(Refused):
    """The answer names a place that nothing was asked about."""

    code = "unknown_question"
    message = "没有问过“{place}”这一处。"
    fix = "请重新打开这一页，按页面上的提示确认。"
    status = 422


class StalePreview(Refused):
    """The data changed after the preview was shown (import.md 8)."""

    code = "stale_preview"
    message = "您看过预览以后，内容又有变化。"
    fix = "请再看一遍新的预览，没错再点“存成草稿”。"


class CountDiffers(Refused):
    """Read back, the draft holds another number of rows: everything is rolled back."""

    code = "count_differs"
    message = "存进去的行数（{kept}）和表格的行数（{wanted}）不一样，已全部退回，什么也没有存。"
    fix = "请再试一次；还是这样的话，请联系系统管理员。"
    status = 500


class NoFile(Refused):
    """The form came without a file."""

    code = "no_file"
    message = "请先选一个表格文件。"
    fix = "点“选择文件”，选您平时记账的 Excel 或 CSV 表。"
    status = 400


class TwoTables(Refused):
    """A file and pasted text at once; which one counts is not guessed."""

    code = "two_tables"
    message = "又选了文件，又粘贴了表格，分不清用哪一个。"
    fix = "只留一样：用文件就把粘贴的内容删掉，用粘贴的就不要选文件。"
    status = 422


class PastedTooMuch(Refused):
    """More than a box is for."""

    code = "pasted_too_much"
    message = "粘贴的内容有 {count} 个字，一次最多 {most} 个字。"
    fix = "请把表格存成文件，从“表格文件”那里传。"
    status = 422


class NoTablePasted(Refused):
    """A text without columns."""

    code = "no_table_pasted"
    message = "粘贴的不像表格：看不出有几列。"
    fix = "请在 Excel 或 WPS 里选中表格，连表头那一行一起复制，再粘贴到这里。"
    status = 422


def why_not_pasted(text: str) -> Refused | None:
    """Whether a pasted text can be a table at all: not too long, and at least one line with several columns."""
    if len(text) > MOST_PASTED:
        return PastedTooMuch(count=f"{len(text):,}", most=f"{MOST_PASTED:,}")
    if not any(mark in line.strip() for line in text.splitlines() for mark in ("\t", ",", ";", "|")):
        return NoTablePasted()
    return None


class TooManyTyped(Refused):
    """A form is for ledgers of a few rows."""

    code = "too_many_typed"
    message = "《{title}》有 {rows} 行，网页上一次最多填 {most} 行。"
    fix = "请下载模板，在 Excel 或 WPS 里填好再传；只改一两行，可以在草稿页上点“改”。"
    status = 422


class NothingTyped(Refused):
    """All rows of the form are empty."""

    code = "nothing_typed"
    message = "一行也没有填。"
    fix = "请至少填一行，再点“核对”。这一期确实没有，请在“要办的事”里报“无此类事项”。"
    status = 422


def why_not_typed(title: str, *, rows: int) -> Refused | None:
    """Whether so many rows can be typed on a page."""
    if not rows:
        return NothingTyped()
    return TooManyTyped(title=title, rows=rows, most=MOST_TYPED) if rows > MOST_TYPED else None


class TwoForOne(Refused):
    """One field takes one column (import.md 3)."""

    code = "two_for_one"
    message = "{columns}都选了“{label}”，一项只能用一列。"
    fix = "请只留一列，别的改成“不用”或者别的项。选过的都还在。"
    status = 422


class NoSuchTarget(Refused):
    """The choice is not one of the section's fields."""

    code = "no_such_column_target"
    message = "没有“{name}”这一项。"
    fix = "可以写：{names}。"
    status = 422


class NoSuchColumn(Refused):
    """The file has no such column, or several of that name."""

    code = "no_such_column"
    message = "表里没有“{name}”这一列，或者有好几列都叫这个名字。"
    fix = "请写列号，例如 C=金额。读到的表头：{heading}。"
    status = 422


class NothingMatched(Refused):
    """The form names no heading that the file has."""

    code = "nothing_matched"
    message = "没有找到要对的表头。"
    fix = "请先选好表头是哪一行，再一列一列对。"
    status = 422


class ColumnsMoved(Refused):
    """Somebody changed the upload while this person was choosing."""

    code = "columns_moved"
    message = "您打开这一页以后，这张表又有人办过。您选的还没有存。"
    fix = "您选的都还在下面。请再看一遍，没错就再点一次“就这样对”。"


class Continued(Refused):
    """The marked workbook of this upload was mended and sent again: that one goes on."""

    code = "continued"
    message = "这张表后来又传了改好的，这一份不用了。"
    fix = "请打开改好的那一份接着办。"


class StaleMending(Refused):
    """Somebody else changed the upload while this person was typing."""

    code = "stale_mending"
    message = "您打开这一页以后，{who}也改了这张表。您这次改的还没有存。"
    fix = "下面是最新的结果，您写的都还在格里。请再看一遍，没错就再点“改好了，再核对”。"


class NeverTyped(Refused):
    """Numbers of persons are not kept, so none can be typed on the page."""

    code = "never_typed"
    message = "“{where}”是证件号、卡号一类的号码，不在网页上改。"
    fix = "请在 WPS 里改好，保存，再传。"
    status = 422


class TypedTooLong(Refused):
    """More was typed into one cell than a ledger's cell holds."""

    code = "typed_too_long"
    message = "“{where}”写得太长了，超过 {most} 个字，没有存。"
    fix = "请写短一些；别的格里写的都还在。"
    status = 422


class PrivateNumberTyped(Refused):
    """A typed text holds the number of a person, which must not be stored (decision 9)."""

    code = "private_number_typed"
    message = "“{where}”里写了像证件号、手机号或卡号的号码，没有存。"
    fix = "请去掉号码再点“改好了，再核对”；别的格里写的都还在。"
    status = 422


class TooManyFixes(Refused):
    """So many cells are mended faster in a spreadsheet program."""

    code = "too_many_fixes"
    message = "在网页上改的超过 {most} 格，没有存。"
    fix = "改得多，请在 WPS 里改好，保存，再传。"
    status = 422


class NothingToMark(Refused):
    """The file could not be opened, so there is nothing to write the faults into."""

    code = "nothing_to_mark"
    message = "这个文件没有打开，没法在上面标。"
    fix = "请照页面上的提示，在 WPS 里打开看看，另存为 .xlsx，再传。"
    status = 422


class MarkedTooLarge(Refused):
    """The marked workbook would be too large to be sent back."""

    code = "marked_too_large"
    message = "标好以后文件有 {size} MB，超过 10 MB，传不回来。"
    fix = "请照页面上的行号，在您自己的表里改。"
    status = 422


class NotAccepted(Refused):
    """Nothing of the upload is in a draft, or it was undone before."""

    code = "not_accepted"
    message = "这次上传没有存成草稿，或者已经撤销过了，没有要撤销的。"
    fix = "请看上传记录里写的现在的情况。"


class WasUndone(Refused):
    """What was undone is not taken up again; the same file, sent again, is a new upload."""

    code = "was_undone"
    message = "这次上传已经撤销了，不能接着办。"
    fix = "还要用这个文件的话，请再传一次。"


class DraftGone(Refused):
    """The draft that it filled was given up."""

    code = "draft_gone"
    message = "《{title}》的这份草稿已经作废，没有要撤销的。"
    fix = "要重新填，请再传一次表格。"


class NotTheLast(Refused):
    """Uploads are undone from the last one backwards."""

    code = "not_the_last"
    message = "《{title}》后来又传过{later}，要先撤销后来的那一次。"
    fix = "请打开后来那次的上传记录，先撤销它，再撤销这一次。"


class NotTheLastPublic(Refused):
    """Once it is public nothing goes backwards any more: whatever is wrong is corrected where it stands."""

    code = "not_the_last_public"
    message = "《{title}》后来又传过{later}，并且已经公开，不能只撤销这一次。"
    fix = "要改请打开第 {number} 号公开，点“更正”，写明原因。"


class NoTracePublic(Refused):
    """The same as NoTrace of what is public, where there is no draft to be given up."""

    code = "no_trace_public"
    message = "这次上传以前的内容没有留下来，《{title}》又已经公开，不能撤销。"
    fix = "要改请打开第 {number} 号公开，点“更正”，写明原因。"


class NoTrace(Refused):
    """What was there before was not kept, or was deleted with the names of a list that is over."""

    code = "no_trace"
    message = "这次上传以前的内容没有留下来，不能撤销。"
    fix = "请改好表格再传一次，或者作废草稿。"


class UndoUnderReview(Refused):
    """A submitted version does not change under its reviewers' eyes."""

    code = "undo_under_review"
    message = "《{title}》已经送审，不能撤销。"
    fix = "请先收回送审（已经签齐的请审核的人退回），再来撤销。"


class ProposedAlready(Refused):
    """Undoing something public was asked for before, and that correction is still open."""

    code = "proposed_already"
    message = "《{title}》的更正草稿已经开好了，不用再开一份。"
    fix = "请打开那份更正草稿，看过以后送审；不要了就作废它。"


_OVER: Final = {
    UploadState.ACCEPTED: AcceptedAlready,
    UploadState.ABANDONED: WasAbandoned,
    UploadState.UNDONE: WasUndone,
}


def why_not_change(state: str, *, superseded: bool = False) -> Refused | None:
    """Whether the upload can still be changed, checked again or given up."""
    if UploadState(state) in _OVER:
        return _OVER[UploadState(state)]()
    return Continued() if superseded else None


def why_not_accept(state: str, *, outcome: str, open_questions: int, superseded: bool = False) -> Refused | None:
    """One rule for the action and for the page's grey button."""
    refusal = why_not_change(state, superseded=superseded)
    if refusal:
        return refusal
    if UploadState.ACCEPTED not in NEXT_STATES[UploadState(state)]:
        return NotCheckedYet()
    if outcome == "reject":
        return MustFixFirst()
    return QuestionsOpen(count=open_questions) if open_questions else None
