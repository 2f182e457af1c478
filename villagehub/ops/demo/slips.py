"""Receipts as they lie in a village's drawer: drawn, photographed a little crooked, with an ID number that nobody may see.

All of it is invented; the same entry always gives the same picture.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from villagehub.kernel.money import yuan
from villagehub.kernel.period import day_words
from villagehub.labels.fonts import FILES, REGULAR
from villagehub.ops.demo.entry import Entry
from villagehub.ops.demo.names import dice
from villagehub.ops.demo.villages import DemoVillage
from villagehub.receipts.masking import Box

_WIDE, _TALL = 1240, 900
_INK: Final = (42, 44, 58)
_RED: Final = (168, 40, 36)
_PAPER: Final = (248, 244, 228)
_TABLE: Final = (116, 92, 70)
_PERSONS: Final = (Box(300, 548, 580, 148), Box(715, 725, 100, 125))
"""What the clerk hides: the receiver's name and ID number, and the mark of the thumb; what each of them is stays legible."""
_FIRMS: Final = (Box(300, 606, 580, 84),)
"""Of a firm's invoice its account at the bank alone: who was paid stands in the list anyway."""
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
    by_hand: bool
    """Villagers have signed for it; else a firm has made it out."""


def slip_words(village: DemoVillage, entry: Entry) -> SlipWords:
    """What stands on the paper for this payment; its payee says whether villagers signed or a firm made it out."""
    return SlipWords(
        voucher=entry.voucher,
        day=day_words(entry.day),
        payer=village.full_name,
        payee=entry.payee,
        what=entry.summary,
        fen=entry.fen,
        by_hand=entry.payee in (*village.labourers, village.officers.deputy) or entry.payee.endswith(("人", "户")),
    )


def covers_of(words: SlipWords) -> tuple[Box, ...]:
    """What the clerk hides on its photograph."""
    return _PERSONS if words.by_hand else _FIRMS


def draw_slip(words: SlipWords, fonts: Path) -> bytes:
    """The photograph of villagers' receipt or of a firm's invoice, as JPEG with the camera's name in it."""
    from PIL import Image, ImageDraw, ImageFont

    die = dice(words.voucher, words.what, words.fen, "slip")
    sheet = Image.new("RGB", (_WIDE, _TALL), _PAPER)
    pen = ImageDraw.Draw(sheet)

    face = ImageFont.truetype(str(fonts / FILES[REGULAR]), 42)
    faces = {size: face.font_variant(size=size) for size in (30, 34, 36, 42, 60)}

    def write(x: int, y: int, text: str, size: int, colour: tuple[int, int, int] = _INK) -> None:
        pen.text((x, y), text, font=faces[size], fill=colour)

    if words.by_hand:
        title, sign = "收 款 收 据", "收款人签名、手印"
        number = f"9901011970{die.randint(1, 12):02d}{die.randint(1, 28):02d}{die.randint(1000, 9999)}"
        labels = ("今收到", "交　来", "收款人", "身份证号")
    else:
        title, sign = "销 售 发 票", "销售方盖章"
        number = f"0000 9901 {die.randint(1000, 9999)} {die.randint(1000, 9999)}"
        labels = ("购买方", "项　目", "销售方", "开户账号")

    pen.rectangle((60, 60, _WIDE - 60, _TALL - 60), outline=_RED, width=4)
    write(470, 90, title, 60, _RED)
    write(820, 180, f"No {die.randint(1000000, 9999999)}", 34, _RED)
    write(130, 190, words.day, 36)
    for place, (label, value) in enumerate(
        (
            (labels[0], words.payer),
            (labels[1], words.what[:19]),
            ("金　额", f"{yuan(words.fen)} 元"),
            (labels[2], words.payee),
            (labels[3], number),
        )
    ):
        write(140, 265 + place * 78, label, 42)
        write(_VALUES, 265 + place * 78, value, 42)
        pen.line((130, 325 + place * 78, _WIDE - 120, 325 + place * 78), fill=_RED, width=2)
    write(140, 700, f"凭证号 {words.voucher}", 34)
    write(640, 700, sign, 30)
    pen.ellipse((930, 690, 1010, 780), outline=_RED, width=10)
    photo = Image.new("RGB", (_WIDE + 120, _TALL + 120), _TABLE)
    turned = sheet.rotate(die.randint(-8, 8) / 10, expand=True, resample=Image.Resampling.BICUBIC, fillcolor=_TABLE)
    photo.paste(turned, ((photo.width - turned.width) // 2, (photo.height - turned.height) // 2))
    exif = Image.Exif()
    exif[0x010F] = "DemoPhone"
    out = BytesIO()
    photo.save(out, "JPEG", quality=80, exif=exif)
    return out.getvalue()
