"""Receipts that tests send: photographs with a place in them, PDFs of every temper. Invented, small, made when asked for."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

PLACE = b"N30.5928"
SECRET = (0.30, 0.40, 0.50, 0.08)
"""Where on the photograph the number stands that nobody may see: left, top, width, height."""
INK = (200, 30, 60)


def photograph(kind: str = "JPEG", size: tuple[int, int] = (900, 1200), *, mark: int = 0) -> bytes:
    """A receipt with a red field in the place of an ID number; with ``mark`` it is another picture."""
    sheet = Image.new("RGB", size, (250, 248, 240))
    pen = ImageDraw.Draw(sheet)
    left, top, width, height = (int(part * whole) for part, whole in zip(SECRET, (*size, *size), strict=True))
    pen.rectangle((left, top, left + width, top + height), fill=INK)
    pen.rectangle((10 + mark, 10, 60 + mark, 60), fill="navy")
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "MyPhone", PLACE.decode()
    exif.get_ifd(0x8825)[1] = "N"
    out = BytesIO()
    more: dict[str, Any] = {"exif": exif}
    sheet.save(out, kind, **more)
    return out.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is very large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


def real_bomb(side: int = 6300) -> bytes:
    """A PNG that stays under the pixels allowed and unpacks to 160 MB."""
    out = BytesIO()
    Image.new("RGBA", (side, side), (1, 2, 3, 200)).save(out, "PNG", compress_level=9)
    return out.getvalue()


def pdf(pages: int = 1, *, more: bytes = b"", catalog: bytes = b"", box: bytes = b"0 0 300 400") -> bytes:
    """A PDF of that many pages, with whatever else stands in it."""
    kids = b" ".join(b"%d 0 R" % (10 + one) for one in range(pages))
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R" + catalog + b">>endobj\n"
    body += b"2 0 obj<</Type/Pages/Kids[" + kids + b"]/Count %d>>endobj\n" % pages
    draw = b"1 0 0 rg 50 50 100 100 re f"
    body += b"3 0 obj<</Length %d>>stream\n" % len(draw) + draw + b"\nendstream endobj\n"
    for one in range(pages):
        body += b"%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 3 0 R>>endobj\n" % (10 + one, box)
    return body + more + b"trailer<</Root 1 0 R/Size 99>>\n%%EOF\n"


def pdf_with_password() -> bytes:
    """Encrypted by reportlab, so that it does not open without a word."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen import canvas

    out = BytesIO()
    page = canvas.Canvas(out, encrypt=StandardEncryption("secret", canPrint=0))
    page.drawString(100, 700, "invoice")
    page.save()
    return out.getvalue()


def gif(frames: int = 3) -> bytes:
    """An animation."""
    pictures = [Image.new("P", (8, 8), one) for one in range(frames)]
    out = BytesIO()
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:])
    return out.getvalue()


def moving_webp() -> bytes:
    """An animation in a kind that is taken when it stands still."""
    pictures = [Image.new("RGB", (8, 8), (one * 60, 0, 0)) for one in range(3)]
    out = BytesIO()
    pictures[0].save(out, "WEBP", save_all=True, append_images=pictures[1:])
    return out.getvalue()


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
