"""Error pages: a Chinese sentence, the next step, a reference number. The only place that knows status codes."""

from typing import Final

from flask import Flask, Response, json, render_template, request
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from villagehub.config import Settings
from villagehub.kernel.disk import DiskFull, is_full
from villagehub.kernel.refused import NotFound, Refused
from villagehub.web.logs import log, request_id
from villagehub.web.wire import compressed

_HTTP_WORDS: Final[dict[int, tuple[str, str]]] = {
    400: ("送来的内容看不懂，没有办成。", "请退回上一页，刷新后再试一次。"),
    403: ("这一页您不能打开。", "如果您在村里或镇里任职，请先登录，或请镇里的管理员核对您的任职。"),
    404: (NotFound.message, NotFound.fix),
    405: ("这一页不能这样打开，没有办成。", "请从页面上的按钮再办一次。"),
    413: ("送来的文件太大，没有收下。", "一次最多 12 MB，表格最多 10 MB。表里若贴了照片，请删掉再传。"),
    415: ("送来的文件类型不对，没有收下。", "表格请存成 .xlsx、.xls 或 .csv 再传。"),
    429: ("试的次数太多了。", "请过几分钟再试，急用请打电话。"),
    503: ("网站正在维护，暂时打不开。", "请过几分钟再试。公开栏上有纸质版。"),
    507: ("服务器的磁盘快满了，没有收下。", "请告诉系统管理员腾出空间。已经公开的内容照常能看。"),
}
_FAULT: Final = ("出了故障，这一步没有办成。", "请过一会儿再试；还不行，就把下面的参考号告诉系统管理员。")
_EXPIRED: Final = ("这一页放得太久了，刚才的操作没有办成。", "请退回上一页，刷新后再办一次。")


def error_page(status: int, sentence: str, next_step: str, *, retry_after: int | None = None) -> Response:
    """The one error page. If even its template fails, the same words on a bare page."""
    try:
        html = render_template(
            "errors/error.html",
            status=status,
            sentence=sentence,
            next_step=next_step,
            reference=request_id(),
            resizable=_can_be_opened(),
        )
    except Exception:
        log.exception("error_page_failed", id=request_id())
        html = (
            '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>没有办成</title>'
            f"<h1>{escape(sentence)}</h1><p>{escape(next_step)}</p><p>参考号 {request_id()}</p></html>"
        )
    response = compressed(Response(html, status=status, content_type="text/html; charset=utf-8"))
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _can_be_opened() -> bool:
    """Whether the address answers when it is opened: only then can a tap on the text size lead back to it."""
    ways = request_ctx.url_adapter
    return request.method in ("GET", "HEAD") or (ways is not None and ways.test(request.path, "GET"))


def _problem(status: int, sentence: str, next_step: str, *, code: str = "", retry_after: int | None = None) -> Response:
    """The same for programs: RFC 9457."""
    told = {
        "type": "about:blank",
        "title": sentence,
        "detail": next_step,
        "status": status,
        "code": code or f"http_{status}",
        "reference": request_id(),
    }
    response = Response(json.dumps(told, ensure_ascii=False), status=status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _for_programs() -> bool:
    return request.path.startswith("/api/")


def _refused(refusal: Refused) -> Response:
    if refusal.status >= 500:
        log.error("refused", id=request_id(), code=refusal.code, exc_info=refusal)
    else:
        log.info("refused", id=request_id(), code=refusal.code)
    wait = refusal.facts.get("wait_seconds")
    if _for_programs():
        return _problem(refusal.status, refusal.sentence, refusal.next_step, code=refusal.code, retry_after=wait)
    return error_page(refusal.status, refusal.sentence, refusal.next_step, retry_after=wait)


def _http(fault: HTTPException) -> Response:
    status = fault.code or 500
    sentence, next_step = _HTTP_WORDS.get(status) or (_HTTP_WORDS[400] if status < 500 else _FAULT)
    if _for_programs():
        response = _problem(status, sentence, " ".join(_sayings(fault)) or next_step)
    else:
        response = error_page(status, sentence, next_step)
    for name, value in fault.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _sayings(fault: HTTPException) -> list[str]:
    """What was wrong with the arguments of a request, in the words of their schema."""
    told = getattr(fault, "data", None) or {}
    found = told.get("messages", {}).values() if isinstance(told.get("messages"), dict) else ()
    return [str(one) for place in found for words in dict(place).values() for one in words]


def _expired(_fault: CSRFError) -> Response:
    return error_page(400, *_EXPIRED)


def _fault(fault: Exception) -> Response:
    if is_full(fault):  # for instance an upload on its way through the folder for temporary files
        return _refused(DiskFull())
    log.error("fault", id=request_id(), exc_info=fault)
    return (_problem if _for_programs() else error_page)(500, *_FAULT)


def register(app: Flask, settings: Settings) -> None:
    """Every way in which an answer can fail ends here."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)
    app.context_processor(lambda: {"settings": settings})
