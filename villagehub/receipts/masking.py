"""Boxes drawn over a picture, read from a form and burnt into a new file: what was under them is nowhere in its bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Final

from villagehub.kernel.refused import Refused

MOST_BOXES: Final = 60
WHOLE: Final = 1000
"""Boxes are kept in thousandths of the picture; forms speak in percent."""
WIDEST: Final = 1080
LARGEST: Final = 100 * 1024
"""Bytes of a public picture, where the paper lets it: villagers load it on a weak line."""
_QUALITIES: Final = (80, 70, 60, 50, 40)


class BadBox(Refused):
    """A box that is not inside the picture."""

    code = "bad_box"
    message = "第 {place} 个框写得不对：{what}。"
    fix = "四个数都写 0 到 100：从左边、从上边量多少，宽多少，高多少。填过的都还在。"
    status = 422


class NoBoxes(Refused):
    """Nothing was drawn, and nobody said that nothing needs hiding."""

    code = "no_boxes"
    message = "还没有画框。"
    fix = "在图上按住拖一个框；确实没有要遮的，点“没有要遮的”。"
    status = 422


class BoxesDrawn(Refused):
    """Somebody said that nothing needs hiding, and had drawn boxes: one of the two is a slip."""

    code = "boxes_drawn"
    message = "图上画着 {count} 个框，又点了“没有要遮的”，所以没有存。"
    fix = "要遮，点“遮好了，存下来”；真的没有要遮的，先把框都删掉，再点一次。"
    status = 422


class TooManyBoxes(Refused):
    """More than anybody draws."""

    code = "too_many_boxes"
    message = "框太多了，最多 60 个。"
    fix = "几个小框可以合成一个大框。"
    status = 422


@dataclass(frozen=True, slots=True)
class Box:
    """Left, top, width and height in thousandths of the picture."""

    left: int
    top: int
    width: int
    height: int

    def as_list(self) -> list[int]:
        """As it is stored."""
        return [self.left, self.top, self.width, self.height]


@dataclass(frozen=True, slots=True)
class PublicPicture:
    """The file that may become public."""

    jpeg: bytes
    width: int
    height: int
    sha256: str
    sm3: str


def read_boxes(typed: Sequence[Sequence[str]]) -> tuple[Box, ...]:
    """Boxes as typed, four percentages each; lines left empty are passed over. Raises BadBox, TooManyBoxes."""
    boxes = [
        _box(place, [one.strip() for one in four])
        for place, four in enumerate(typed, start=1)
        if any(one.strip() for one in four)
    ]
    if len(boxes) > MOST_BOXES:
        raise TooManyBoxes()
    return tuple(boxes)


def _box(place: int, four: list[str]) -> Box:
    names = ("左", "上", "宽", "高")
    values = []
    for name, text in zip(names, four, strict=True):
        thousandths = _thousandths(text)
        if thousandths is None:
            raise BadBox(place=place, what=f"“{name}”要写 0 到 100 的数")
        values.append(thousandths)
    left, top, width, height = values
    if width < 1 or height < 1:
        raise BadBox(place=place, what="宽和高要大于 0")
    if left >= WHOLE or top >= WHOLE:
        raise BadBox(place=place, what="框在图的外面")
    return Box(left, top, min(width, WHOLE - left), min(height, WHOLE - top))


def _thousandths(text: str) -> int | None:
    """``12.5`` → 125; more decimals are cut off, for a box need not be finer."""
    whole, _, part = text.replace("％", "%").removesuffix("%").replace("。", ".").partition(".")
    if not (
        whole.isascii() and whole.isdigit() and len(whole) < 4 and (part == "" or (part.isascii() and part.isdigit()))
    ):
        return None
    value = int(whole) * 10 + int(part[:1] or 0)
    return value if value <= WHOLE else None


def burn(jpeg: bytes, boxes: Sequence[Box]) -> PublicPicture:
    """Paints the boxes black over the full picture, then makes it small: no pixel from under them is mixed in."""
    from cryptography.hazmat.primitives import hashes
    from PIL import Image, ImageDraw

    with Image.open(BytesIO(jpeg), formats=("JPEG",)) as found:
        sheet = found.convert("RGB")
    pen = ImageDraw.Draw(sheet)
    for one in boxes:
        # Rounded outwards: a box never covers less than it showed.
        right = -(-(one.left + one.width) * sheet.width // WHOLE)
        bottom = -(-(one.top + one.height) * sheet.height // WHOLE)
        pen.rectangle((one.left * sheet.width // WHOLE, one.top * sheet.height // WHOLE, right, bottom), fill="black")
    sheet.thumbnail((WIDEST, WIDEST * 3), Image.Resampling.LANCZOS)
    small = _small(sheet)
    digest = hashes.Hash(hashes.SM3())
    digest.update(small)
    return PublicPicture(small, sheet.width, sheet.height, sha256(small).hexdigest(), digest.finalize().hex())


def _small(sheet: object) -> bytes:
    raw = b""
    for quality in _QUALITIES:
        out = BytesIO()
        sheet.save(out, "JPEG", quality=quality, optimize=True)  # type: ignore[attr-defined]
        raw = out.getvalue()
        if len(raw) <= LARGEST:
            break
    return raw
