"""How tests make posters and look at them: by the room's own verbs, and by a reader of pictures that is not ours."""

from io import BytesIO
from pathlib import Path

import pypdfium2
import zxingcpp
from flask import current_app
from PIL import Image
from world import COUNTY, NOW

from villagehub.labels.actions import mint, retire
from villagehub.labels.making import Poster, make_poster
from villagehub.labels.queries import find_code
from villagehub.labels.targets import HOME, Target, section_target
from villagehub.places.queries import VillageFacts, read_village
from villagehub.storage import reading, unit_of_work

FONTS = Path(__file__).parents[2] / "static" / "fonts"
SITE = "https://cun.example.cn"


def village_of(code: str) -> VillageFacts:
    """The village; needs an application context."""
    with reading() as session:
        return read_village(session, code)


def a_poster(code: str, section: str = "", board: str = "G-01") -> Poster:
    """The village's poster at the application's address."""
    settings = current_app.extensions["villagehub"]
    return make_poster(village_of(code), section_target(section), settings=settings, board=board, now=NOW)


def picture_of(pdf: bytes, dpi: int = 150) -> Image.Image:
    """The PDF's only page."""
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    image: Image.Image = document[0].render(scale=dpi / 72).to_pil().convert("RGB")
    document.close()
    return image


def text_in(pdf: bytes) -> str:
    """What a reader gets who selects everything and copies it."""
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage().get_text_range()
    document.close()
    return str(text)


def codes_in(image: Image.Image) -> list[str]:
    """Every QR code in the picture."""
    return [one.text for one in zxingcpp.read_barcodes(image) if "QR" in str(one.format)]


def opened(png: bytes) -> Image.Image:
    """A PNG file as a picture."""
    return Image.open(BytesIO(png))


def minted(target: Target = HOME, base_url: str = SITE, village: str = COUNTY.village, case: str = "upper") -> str:
    with unit_of_work() as session:
        village_id = read_village(session, village).id
        return mint(session, village_id, target, base_url=base_url, case=case, now=NOW).code


def retired(code: str, reason: str = "公开栏搬到了村部") -> None:
    with unit_of_work() as session:
        retire(session, find_code(session, code), reason, actor=None, channel="cli:test", now=NOW)
