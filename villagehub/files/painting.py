"""What is sent as a receipt becomes pictures: a photograph is painted anew, a PDF page by page. Runs in the child process.

Scripts, attachments and links of a PDF never come along, because only what a page looks like is kept. The type is told by the
content, never by the name.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from villagehub.files.confined import Answer, Failure, Method, preload, run_confined
from villagehub.files.pictures import (
    LONGEST_SIDE,
    MovingPicture,
    NoPicture,
    NotAPicture,
    Picture,
    PictureTooLarge,
    clean_picture,
    encoded,
)
from villagehub.kernel.refused import Refused

MOST_PAGES: Final = 20
SECONDS: Final = 10
_LARGEST_SCALE: Final = 200 / 72
"""A PDF's page of A4 becomes 1654 × 2339 pixels."""
_ACTIVE: Final = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)\b")
_PASSWORD: Final = 4
"""FPDF_ERR_PASSWORD."""
preload("villagehub.files.painting", "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "PIL.WebPImagePlugin", "pypdfium2")


class NoReceipt(Refused):
    """The file is of a kind that is not taken."""

    code = "wrong_kind"
    message = "“{name}”{what}，没有收下。"
    fix = "请传手机照片（JPG、PNG、WEBP）或者 PDF。"
    status = 422


class HeicPicture(NoReceipt):
    """An iPhone's own format, whatever the name says."""

    code = "heic"
    message = "“{name}”是苹果手机的 HEIC 照片，没有收下。"
    fix = "请在苹果手机的“设置、相机、格式”里选“兼容性最佳”，重新拍一张；或者把照片存成 JPG 再传。"


class OfdInvoice(NoReceipt):
    """An electronic invoice as OFD."""

    code = "ofd"
    message = "“{name}”是 OFD 电子发票，没有收下。"
    fix = "请在看发票的软件里另存为 PDF，或者截一张图再传。"


class PdfWithPassword(NoReceipt):
    """It cannot be opened without a password."""

    code = "pdf_password"
    message = "“{name}”这个 PDF 有打开密码，没有收下。"
    fix = "请先去掉密码：打开它，用“打印”另存成一个新的 PDF，再传。"


class BrokenPdf(NoReceipt):
    """Not one page, or not every page, can be drawn."""

    code = "broken_pdf"
    message = "“{name}”这个 PDF 打不开，可能没有下载完，没有收下。"
    fix = "请重新下载，或者打开它用“打印”另存成一个新的 PDF；也可以拍张照片传。"


class TooManyPages(NoReceipt):
    """More pages than a receipt has."""

    code = "too_many_pages"
    message = "“{name}”有 {pages} 页，一个 PDF 最多 20 页，没有收下。"
    fix = "请只留票据那几页，另存成一个新的 PDF 再传。"


class BrokenPicture(NoReceipt):
    """Cut off, or no picture at all."""

    code = "broken_picture"
    message = "“{name}”这张照片打不开，可能没有传完，没有收下。"
    fix = "请用手机重新拍一张，存成 JPG 再传。"


class TooManyPixels(NoReceipt):
    """It was not even decoded."""

    code = "too_many_pixels"
    message = "“{name}”这张图太大（{width}×{height}），没有收下。"
    fix = "请用普通的拍照模式再拍一张，不要用高像素或全景。"


class TooHard(NoReceipt):
    """The child gave up."""

    code = "too_hard"
    message = "“{name}”读了太久，或者解开以后太大，没有收下。"
    fix = "请用手机拍一张普通照片再传。"


_BY_CODE: Final = {
    one.code: one
    for one in (
        NoReceipt,
        HeicPicture,
        OfdInvoice,
        PdfWithPassword,
        BrokenPdf,
        TooManyPages,
        BrokenPicture,
        TooManyPixels,
        TooHard,
    )
}


@dataclass(frozen=True, slots=True)
class Painted:
    """A file that is nothing but its pictures."""

    kind: str
    """``picture`` or ``pdf``."""
    pages: tuple[Picture, ...]
    active: bool
    """The PDF carried scripts or files; they were left out."""


_OF_A_PHOTOGRAPH: Final = {one.code: one for one in (NoPicture, NotAPicture, PictureTooLarge, MovingPicture)}


def photograph_confined(raw: bytes, *, method: Method = "forkserver") -> Picture:
    """``clean_picture`` in a child with limits: a JPEG of many empty scans keeps a decoder busy for minutes. Raises what it
    raises; NotAPicture too where the child gave up.
    """
    if not raw:
        raise NoPicture()
    answer = run_confined("villagehub.files.painting:clean_asked", raw, {}, seconds=SECONDS, method=method)
    if answer.failure is not None:
        raise NotAPicture()
    said = json.loads(answer.parts[0])
    if "refused" in said:
        raise _OF_A_PHOTOGRAPH[said["refused"]](**said["facts"])
    return Picture(answer.parts[1], *said["size"])


def clean_asked(data: bytes, _asked: dict[str, Any]) -> list[bytes]:
    """In the child: the photograph painted anew, or why it is refused."""
    try:
        made = clean_picture(data)
    except Refused as refusal:
        return [json.dumps({"refused": refusal.code, "facts": refusal.facts}).encode()]
    return [json.dumps({"size": (made.width, made.height)}).encode(), made.jpeg]


def paint_confined(data: bytes, name: str, *, method: Method = "forkserver") -> Painted:
    """The pictures of a photograph or PDF, made in a child with limits. Raises NoReceipt and its kin, with ``name`` in them."""
    answer = run_confined("villagehub.files.painting:paint_asked", data, {}, seconds=SECONDS, method=method)
    said, facts = _read(answer)
    if "refused" in said:
        raise _BY_CODE[said["refused"]](name=name, **facts)
    sizes = said["pages"]
    pages = tuple(Picture(jpeg, width, height) for jpeg, (width, height) in zip(answer.parts[1:], sizes, strict=True))
    return Painted(said["kind"], pages, said["active"])


def _read(answer: Answer) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first part as an object; a child that died has taken too much, or is at a picture that breaks the decoder."""
    if answer.failure is not None:
        code = BrokenPicture.code if answer.failure is Failure.DIED else TooHard.code
        return {"refused": code}, {}
    said: dict[str, Any] = json.loads(answer.parts[0])
    return said, said.get("facts", {})


def paint_asked(data: bytes, _asked: dict[str, Any]) -> list[bytes]:
    """In the child: what it is, then one JPEG a page; or why it is refused."""
    try:
        kind, pages, active = _paint(data)
    except _Stop as stop:
        return [json.dumps({"refused": stop.code, "facts": stop.facts}).encode()]
    said = {"kind": kind, "pages": [(one.width, one.height) for one in pages], "active": active}
    return [json.dumps(said).encode(), *(one.jpeg for one in pages)]


class _Stop(Exception):
    def __init__(self, code: str, **facts: object) -> None:
        self.code, self.facts = code, facts
        super().__init__(code)


def _paint(data: bytes) -> tuple[str, list[Picture], bool]:
    if data.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF")):
        return "picture", [_photograph(data)], False
    if b"%PDF-" in data[:1024]:
        return "pdf", _pdf(data), _ACTIVE.search(data) is not None or _carries_files(data)
    code, what = _other_kind(data)
    raise _Stop(code, **({"what": what} if what else {}))


def _photograph(data: bytes) -> Picture:
    try:
        return clean_picture(data)
    except PictureTooLarge as refusal:
        raise _Stop(TooManyPixels.code, **refusal.facts) from None
    except NotAPicture as refusal:
        from PIL import Image

        if isinstance(refusal.__cause__, Image.DecompressionBombError | MemoryError):
            raise _Stop(TooHard.code) from None
        raise _Stop(BrokenPicture.code) from None
    except Refused:
        raise _Stop(NoReceipt.code, what="是一张动图") from None


def _other_kind(data: bytes) -> tuple[str, str]:
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        return (HeicPicture.code, "") if brand[:2] in (b"he", b"mi", b"ms") else (NoReceipt.code, "是视频或者别的格式")
    if data.startswith(b"PK\x03\x04"):
        return (OfdInvoice.code, "") if b"OFD.xml" in data else (NoReceipt.code, "是表格、文档或者压缩包")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return NoReceipt.code, "是表格或者文档"
    if data.startswith((b"GIF8", b"BM", b"II*\x00", b"MM\x00*")):
        return NoReceipt.code, "是 GIF、BMP 或 TIFF 图"
    if head.startswith((b"<svg", b"<?xml", b"<html", b"<!doctype")):
        return NoReceipt.code, "是网页或者矢量图，不是照片"
    if not data:
        return NoReceipt.code, "是空的"
    return NoReceipt.code, "不是照片，也不是 PDF"


def _open(data: bytes) -> Any:
    import pypdfium2 as pdfium

    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as fault:
        if getattr(fault, "err_code", None) == _PASSWORD or "password" in str(fault).lower():
            raise _Stop(PdfWithPassword.code) from None
        raise _Stop(BrokenPdf.code) from None


def _pdf(data: bytes) -> list[Picture]:
    document = _open(data)
    count = len(document)
    if count > MOST_PAGES:
        raise _Stop(TooManyPages.code, pages=count)
    try:
        pages = [_page(document[index]) for index in range(count)]
    except MemoryError:
        raise _Stop(TooHard.code) from None
    except Exception as fault:  # pdfium fails in many ways on files that were made to break it
        raise _Stop(BrokenPdf.code) from fault
    if not pages:
        raise _Stop(BrokenPdf.code)
    return pages


def _page(page: Any) -> Picture:
    width, height = page.get_size()
    if not (width > 0 and height > 0):
        raise ValueError("a page without size")
    scale = min(_LARGEST_SCALE, LONGEST_SIDE / max(width, height))
    # pdfium draws at least one pixel a side, and only inside what is visible: no page can ask for more than 2400 × 2400.
    return encoded(page.render(scale=scale, fill_color=(255, 255, 255, 255)).to_pil().convert("RGB"))


def _carries_files(data: bytes) -> bool:
    import pypdfium2.raw as pdfium

    document = _open(data)
    return bool(pdfium.FPDFDoc_GetAttachmentCount(document) or pdfium.FPDFDoc_GetJavaScriptActionCount(document))
