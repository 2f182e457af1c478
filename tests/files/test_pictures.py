"""A photograph that is sent in: only the picture stays, and what is no photograph is refused in words."""

import struct
import subprocess
import sys
import zlib
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from villagehub.files.pictures import LONGEST_SIDE, clean_picture
from villagehub.kernel.refused import Refused

PLACE = "N30.5928"
PEAK = """
import re, sys
from pathlib import Path
from villagehub.files.pictures import clean_picture
import PIL.Image, PIL.PngImagePlugin, PIL.JpegImagePlugin, PIL.WebPImagePlugin, PIL.ImageOps
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
raw = sys.stdin.buffer.read()
before = peak()
clean_picture(raw)
print(peak() - before)
"""


def photograph(kind: str = "JPEG", size: tuple[int, int] = (800, 600), **more: object) -> bytes:
    """A sheet half white, half black."""
    sheet = Image.new("RGB", size, "white")
    sheet.paste("black", (0, 0, size[0] // 2, size[1]))
    out = BytesIO()
    sheet.save(out, kind, **more)  # type: ignore[arg-type]
    return out.getvalue()


def with_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x9286] = orientation, "MyPhone", PLACE
    exif.get_ifd(0x8825)[1] = "N"
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_and_when_it_was_taken_is_gone(kind: str) -> None:
    more: dict[str, object] = {"exif": with_exif()}
    if kind == "JPEG":
        more["comment"] = f"taken at {PLACE}"
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Author", PLACE)
        more["pnginfo"] = info
    raw = photograph(kind, **more) + b"<script>hello</script>"
    assert PLACE.encode() in raw

    kept = clean_picture(raw).jpeg

    for words in (PLACE.encode(), b"MyPhone", b"Exif", b"script"):
        assert words not in kept
    seen = Image.open(BytesIO(kept))
    assert (seen.format, dict(seen.getexif()), seen.info.get("comment")) == ("JPEG", {}, None)


def test_a_phone_held_sideways_gives_an_upright_sheet() -> None:
    kept = clean_picture(photograph(exif=with_exif(6)))
    assert (kept.width, kept.height) == (600, 800)
    seen = Image.open(BytesIO(kept.jpeg))
    assert seen.getpixel((300, 10))[0] < 60 < 200 < seen.getpixel((300, 790))[0]


def test_a_large_photograph_becomes_small_and_keeps_its_shape() -> None:
    kept = clean_picture(photograph(size=(5000, 2500)))
    assert (kept.width, kept.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)


def test_what_is_transparent_becomes_white_paper() -> None:
    out = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(BytesIO(clean_picture(out.getvalue()).jpeg)).getpixel((5, 5)) == (255, 255, 255)


def moving(kind: str) -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


def a_png_that_claims(width: int, height: int) -> bytes:
    """A head of a few bytes that promises a huge picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def in_printers_colours() -> bytes:
    out = BytesIO()
    Image.new("CMYK", (4100, 4000)).save(out, "JPEG")
    return out.getvalue()


def test_a_small_file_with_many_pixels_takes_little_memory_for_a_moment_only() -> None:
    """In a process of its own, whose peak is then that of this picture."""
    out = BytesIO()
    Image.new("RGBA", (4000, 4000)).save(out, "PNG")
    assert len(out.getvalue()) < 200_000
    done = subprocess.run([sys.executable, "-c", PEAK], input=out.getvalue(), capture_output=True, check=True)
    assert int(done.stdout) < 220_000, "kilobytes; the pixels alone are 64,000"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "no_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
        (b"%PDF-1.7", "not_a_picture"),
        (photograph("GIF"), "not_a_picture"),
        (photograph("BMP"), "not_a_picture"),
        (photograph()[:900], "not_a_picture"),
        (moving("WEBP"), "moving_picture"),
        (moving("PNG"), "moving_picture"),
        (a_png_that_claims(8000, 6000), "picture_too_large"),
        (a_png_that_claims(4100, 4000), "picture_too_large"),
        (photograph("JPEG", (4100, 4000), progressive=True), "picture_too_large"),
        (photograph("WEBP", (4100, 4000)), "picture_too_large"),
        (in_printers_colours(), "picture_too_large"),
        (a_png_that_claims(100_000, 100_000), "not_a_picture"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_is_no_photograph_is_refused_in_words(raw: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        clean_picture(raw)
    assert refused.value.code == code
    assert refused.value.next_step
