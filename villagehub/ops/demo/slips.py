"""Receipts as they lie in a village's drawer: drawn, photographed a little crooked, with an ID number that nobody may see.

All of it is invented; the same entry always gives the same picture.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from villagehub.kernel.money import yuan
from villagehub.labels.fonts import FILES, REGULAR
from villagehub.ops.demo.names import dice
from villagehub.receipts.masking import Box

_WIDE, _TALL = 1240, 900
_INK: Final = (42, 44, 58)
_RED: Final = (168, 40, 36)
_PAPER: Final = (248, 244, 228)
_TABLE: Final = (116, 92, 70)
COVERS: Final = (Box(300, 548, 580, 148), Box(715, 725, 100, 125))
"""What the clerk hides: the receiver's name and ID number, and the mark of the thumb; what each of them is stays legible."""
_VALUES: Final = 360
"""Where what is filled in begins, right of the longest label: a box over it cuts no label."""


@dataclass(frozen=True, slots=True)
class SlipWords:
    """What stands on a receipt."""

    voucher: str
    day: str
    payer: str
    payee: str
    what: str
    fen: int


def draw_slip(words: SlipWords, fonts: Path) -> bytes:
    """The photograph of a receipt, as JPEG with the camera's name in it."""
    from PIL import Image, ImageDraw, ImageFont

    die = dice(words.voucher, words.what, words.fen, "slip")
    sheet = Image.new("RGB", (_WIDE, _TALL), _PAPER)
    pen = ImageDraw.Draw(sheet)

    def write(x: int, y: int, text: str, size: int, colour: tuple[int, int, int] = _INK) -> None:
        pen.text((x, y), text, font=ImageFont.truetype(str(fonts / FILES[REGULAR]), size), fill=colour)

    pen.rectangle((60, 60, _WIDE - 60, _TALL - 60), outline=_RED, width=4)
    write(470, 90, "收 款 收 据", 60, _RED)
    write(820, 180, f"No {die.randint(1000000, 9999999)}", 34, _RED)
    write(130, 190, words.day, 36)
    for place, (label, value) in enumerate(
        (
            ("今收到", words.payer),
            ("交　来", words.what[:19]),
            ("金　额", f"{yuan(words.fen)} 元"),
            ("收款人", words.payee),
            ("身份证号", f"9901011970{die.randint(1, 12):02d}{die.randint(1, 28):02d}{die.randint(1000, 9999)}"),
        )
    ):
        write(140, 265 + place * 78, label, 42)
        write(_VALUES, 265 + place * 78, value, 42)
        pen.line((130, 325 + place * 78, _WIDE - 120, 325 + place * 78), fill=_RED, width=2)
    write(140, 700, f"凭证号 {words.voucher}", 34)
    write(640, 700, "收款人签名、手印", 30)
    pen.ellipse((930, 690, 1010, 780), outline=_RED, width=10)
    photo = Image.new("RGB", (_WIDE + 120, _TALL + 120), _TABLE)
    turned = sheet.rotate(die.randint(-8, 8) / 10, expand=True, resample=Image.Resampling.BICUBIC, fillcolor=_TABLE)
    photo.paste(turned, ((photo.width - turned.width) // 2, (photo.height - turned.height) // 2))
    exif = Image.Exif()
    exif[0x010F] = "DemoPhone"
    out = BytesIO()
    photo.save(out, "JPEG", quality=80, exif=exif)
    return out.getvalue()
