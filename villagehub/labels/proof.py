"""Proof-reading: the finished PDF is looked at as a camera would, and every code on it is read, before anybody gets it.

Two things must hold, else the sheet is refused: the page shows exactly the codes that were meant, each with its quiet zone,
and each code survives at least light damage of every kind. How much more it survives is its margin, shown to the operator.
"""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

from villagehub.kernel.refused import Refused
from villagehub.labels.damage import DAMAGES, MODULE_PIXELS
from villagehub.labels.poster import Placed, Sheet
from villagehub.labels.symbol import QUIET

if TYPE_CHECKING:
    from PIL.Image import Image

_DPI: Final = 200
_DOTS: Final = 5
"""Dots of a module of a fine square."""
_ONE_AT_A_TIME: Final = threading.Lock()
"""PDFium is not made for several threads."""


class Unreadable(Refused):
    """A code on the finished sheet could not be read back, or reads as something else."""

    code = "unreadable"
    message = "做好的 PDF 里，{name}没有通过检查：{why}。文件没有给出。"
    fix = "请再做一次；还是这样，请系统管理员停用这个码（villagehub codes retire），再做就会换上新码。"
    status = 500


@dataclass(frozen=True, slots=True)
class Margin:
    """How much damage one code survived: by kind, steps passed and steps tried."""

    name: str
    payload: str
    passed: dict[str, tuple[int, int]]

    @property
    def words(self) -> str:
        """For the operator: 大码：模糊 4/4，歪斜 4/4 …"""
        return f"{self.name}：" + "，".join(f"{kind} {held}/{tried}" for kind, (held, tried) in self.passed.items())


def proof_read(sheet: Sheet, *, modules: int | Mapping[str, int], tried: int | None = None) -> tuple[Margin, ...]:
    """Reads every code of the sheet back from its raster; ``modules`` is the side of the symbols, where they differ by payload.
    Where one symbol is printed many times, ``tried`` says how many prints of a page are damaged too. Raises Unreadable.
    """
    margins: list[Margin] = []
    for number in range(sheet.pages):
        placed = [one for one in sheet.codes if one.page == number]
        dpi = _dpi_for(placed)
        page = rasterise(sheet.pdf, page=number, dpi=dpi)
        _compare(page, placed, sheet.name)
        margins += [
            _margin_of(page, one, one.modules or (modules if isinstance(modules, int) else modules[one.payload]), dpi)
            for one in placed[:tried]
        ]
    return tuple(margins)


def _dpi_for(placed: Sequence[Placed]) -> int:
    """A phone comes nearer to a square of many modules: at least five dots a module."""
    fine = [25.4 * _DOTS * one.modules / one.side for one in placed if one.modules]
    return max([_DPI, *(ceil(one) for one in fine)])


def rasterise(pdf: bytes, *, page: int = 0, dpi: int = _DPI) -> "Image":
    """One page in grey, as a camera sees it."""
    import pypdfium2

    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        try:
            image: Image = document[page].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
        finally:
            document.close()
    return image


def read_all(image: "Image") -> list[str]:
    """The text of every QR code in the picture."""
    import zxingcpp

    only_qr = zxingcpp.barcode_formats_from_str("QRCode")
    return [one.text for one in zxingcpp.read_barcodes(image, formats=only_qr) if one.valid]


def _compare(page: "Image", placed: Sequence[Placed], name: str) -> None:
    found, meant = Counter(read_all(page)), Counter(one.payload for one in placed)
    if found != meant:
        raise Unreadable(name=name, why=f"应读出 {meant.total()} 个码，读出 {(found & meant).total()} 个对的")


def _margin_of(page: "Image", placed: Placed, modules: int, dpi: int) -> Margin:
    picture = _cut_out(page, placed, modules, dpi)
    if read_all(picture) != [placed.payload]:
        raise Unreadable(name=placed.name, why="读不出来")
    passed: dict[str, tuple[int, int]] = {}
    for damage in DAMAGES:
        held = 0
        for step in damage.steps:
            if read_all(damage.apply(picture, step)) != [placed.payload]:
                break
            held += 1
        if not held and not placed.spare:
            raise Unreadable(name=placed.name, why=f"稍微{damage.name}就读不出来")
        passed[damage.name] = (held, len(damage.steps))
    return Margin(placed.name, placed.payload, passed)


def _cut_out(page: "Image", placed: Placed, modules: int, dpi: int) -> "Image":
    """The code with its quiet zone, at so many pixels a module. Marks in the quiet zone are in the picture too."""
    from PIL import Image as Pictures

    quiet = placed.side / modules * QUIET
    dots = dpi / 25.4
    area = [placed.x - quiet, placed.top - quiet, placed.x + placed.side + quiet, placed.top + placed.side + quiet]
    cut = page.crop((round(area[0] * dots), round(area[1] * dots), round(area[2] * dots), round(area[3] * dots)))
    if not any(cut.histogram()[:100]):
        raise Unreadable(name=placed.name, why="这里没有印出码")
    side = (modules + 2 * QUIET) * MODULE_PIXELS
    return cut.resize((side, side), Pictures.Resampling.BOX if side < cut.width else Pictures.Resampling.BICUBIC)
