"""Photographs that people send in: decoded, made small, and written anew, so that nothing but the picture itself is kept.

A phone writes into a photograph where and when it was taken, and whose phone it is; a file named ``.jpg`` may hold a second
picture, a page or a program. None of that passes: the pixels are painted onto a fresh sheet and encoded once more.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from villagehub.kernel.refused import Refused

if TYPE_CHECKING:
    from PIL import Image

KINDS: Final = ("JPEG", "PNG", "WEBP")
MOST_PIXELS: Final = 40_000_000
MOST_HELD_WHOLE: Final = 16_000_000
"""Of a kind that is held whole in memory before it can be made small: a few kilobytes of it can claim any number of pixels.
Screenshots and scans of a sheet have fewer than this; a camera's photograph is a plain JPEG.
"""
LONGEST_SIDE: Final = 2400
"""A sheet of A4 photographed whole stays readable at this size, and takes a few hundred kilobytes."""

_QUALITY: Final = 82


class NoPicture(Refused):
    """Nothing was chosen to send."""

    code = "no_picture"
    message = "还没有选照片。"
    fix = "请拍一张，或从相册里选一张，再保存。"
    status = 422


class NotAPicture(Refused):
    """The bytes are no picture that can be opened, or of a kind that is not taken."""

    code = "not_a_picture"
    message = "这张照片打不开，没有收下。"
    fix = "请用手机重新拍一张，存成 JPG、PNG 或 WEBP。苹果手机请在“设置、相机、格式”里选“兼容性最佳”。"
    status = 422


class PictureTooLarge(Refused):
    """More pixels than a photograph of a sheet needs; it was not even decoded."""

    code = "picture_too_large"
    message = "这张照片太大（{width}×{height}），没有收下。"
    fix = "请用普通的拍照模式再拍一张，不要用高像素或全景。"
    status = 422


class MovingPicture(Refused):
    """An animation shows different things at different times."""

    code = "moving_picture"
    message = "这是一张动图，没有收下。"
    fix = "请拍一张普通照片。"
    status = 422


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is nothing but a picture."""

    jpeg: bytes
    width: int
    height: int


def clean_picture(raw: bytes, *, longest: int = LONGEST_SIDE) -> Picture:
    """The photograph upright, at most ``longest`` pixels a side, as a JPEG without EXIF, GPS, comments or profiles.

    Raises NoPicture, NotAPicture, PictureTooLarge, MovingPicture.
    """
    from PIL import Image

    if not raw:
        raise NoPicture()
    try:
        with Image.open(BytesIO(raw), formats=KINDS) as found:
            return _painted(found, longest)
    except Refused:
        raise
    except Exception as fault:  # decoders fail in many ways on bytes that were made to break them
        raise NotAPicture() from fault


def _painted(found: "Image.Image", longest: int) -> Picture:
    from PIL import Image, ImageOps

    width, height = found.size
    small_at_once = found.format == "JPEG" and found.mode in ("RGB", "L") and not found.info.get("progressive")
    if width * height > (MOST_PIXELS if small_at_once else MOST_HELD_WHOLE):
        raise PictureTooLarge(width=width, height=height)
    # A phone's JPEG may carry a second picture behind the first (depth, brightness): only the first one is painted.
    if found.format in ("PNG", "WEBP") and getattr(found, "n_frames", 1) > 1:
        raise MovingPicture()
    found.draft("RGB", (longest, longest))  # a JPEG is decoded small at once
    found.load()
    found.thumbnail(
        (longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0
    )  # small first: turning it would hold it twice
    upright = ImageOps.exif_transpose(found)
    sheet = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        sheet.paste(seen, mask=seen.getchannel("A"))
    else:
        sheet.paste(upright.convert("RGB"))
    return encoded(sheet)


def encoded(sheet: "Image.Image") -> Picture:
    """A sheet of our own as a JPEG."""
    out = BytesIO()
    sheet.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return Picture(out.getvalue(), *sheet.size)
