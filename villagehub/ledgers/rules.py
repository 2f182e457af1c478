"""The room's decisions on uploads: values in, None or a Refused out."""

from villagehub.kernel.refused import Refused


class MustFixFirst(Refused):
    """While anything must be mended, no row of the file is kept (decision 39)."""

    code = "must_fix_first"
    message = "表格里还有要改的地方，一行也没有存进去。"
    fix = "请照红色的提示在 WPS 里改好，保存，再传一次。原来的文件我们留着。"
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


def why_not_change(state: str) -> Refused | None:
    """Whether the upload can still be changed."""
    return AcceptedAlready() if state == "accepted" else None


def why_not_accept(state: str, *, outcome: str, open_questions: int) -> Refused | None:
    """One rule for the action and for the page's grey button."""
    if state == "accepted":
        return AcceptedAlready()
    if outcome == "reject":
        return MustFixFirst()
    if open_questions:
        return QuestionsOpen(count=open_questions)
    return None
