"""A symbol is small enough for worn paper, says exactly its address, and is the same as bits, PNG and SVG."""

import re
from xml.etree import ElementTree

import pytest
from paper import codes_in, opened
from PIL import Image, ImageDraw

from villagehub.kernel.codes import new_code
from villagehub.labels.rules import address_warnings, dense_warning
from villagehub.labels.symbol import QUIET, as_png, as_svg, make_symbol, payload_of
from villagehub.labels.targets import Target, TargetKind, UnknownTarget, read_target, section_target
from villagehub.public.address import read_address
from villagehub.sections import SECTIONS

LONGEST = "https://" + "a" * 18 + ".gov.cn" + ".x"


@pytest.mark.parametrize(
    ("base_url", "version"),
    [("https://cun.example.cn", 3), (LONGEST, 3), (LONGEST + "y", 4), ("http://127.0.0.1:8000", 3), ("http://a.cn", 3)],
)
def test_a_host_of_27_characters_still_gives_version_3(base_url, version):
    assert make_symbol(payload_of(base_url, "7K3M9P2Q8", case="upper")).version == version
    assert bool(dense_warning(base_url, case="upper")) == (version > 3)


def test_lower_case_needs_a_larger_symbol_for_the_same_address():
    upper, lower = (payload_of("https://cun.example.cn", "7K3M9P2Q8", case=case) for case in ("upper", "lower"))
    assert (upper, lower) == ("HTTPS://CUN.EXAMPLE.CN/C/7K3M9P2Q8", "https://cun.example.cn/c/7k3m9p2q8")
    assert make_symbol(lower).version > make_symbol(upper).version


@pytest.mark.parametrize("base_url", ["https://cun.example.cn", "http://192.168.1.20:8000", "http://[fd00::1]:8000"])
def test_png_and_svg_are_read_as_the_address_and_keep_four_modules_white(base_url):
    payload = payload_of(base_url, new_code(), case="upper")
    symbol = make_symbol(payload)
    png = opened(as_png(symbol))
    assert png.mode == "1"
    assert codes_in(png.convert("L")) == [payload]
    drawn = drawn_from(as_svg(symbol))
    assert codes_in(drawn) == [payload]
    for picture in (png.convert("L"), drawn):
        white = QUIET * picture.width // (symbol.side + 2 * QUIET)
        inner = (white, white, picture.width - white, picture.height - white)
        rim = picture.copy()
        rim.paste(255, inner)
        assert rim.getextrema() == (255, 255)
        assert picture.crop(inner).getpixel((0, 0)) == 0, "the corner mark begins where the white ends"


def drawn_from(svg: bytes, pixels: int = 8) -> Image.Image:
    """The SVG's squares, drawn by nothing of ours."""
    root = ElementTree.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    picture = Image.new("L", (side * pixels, side * pixels), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", root[1].attrib["d"]):
        left, top = int(x) * pixels, int(y) * pixels
        draw.rectangle((left, top, left + int(width) * pixels - 1, top + pixels - 1), fill=0)
    return picture


@pytest.mark.parametrize(
    ("base_url", "said"),
    [
        ("http://127.0.0.1:8000", "只在这台机器上"),
        ("http://localhost", "只在这台机器上"),
        ("http://192.168.1.20:8000", "同一个网里"),
        ("https://gongkai.shengzhi.xianqu.example.gov.cn", "27 个字"),
    ],
)
def test_an_address_that_phones_cannot_use_well_is_warned_of(base_url, said):
    assert said in "".join(address_warnings(base_url, case="upper"))
    assert address_warnings("https://cun.example.cn", case="upper") == []


EVERY = [
    section_target(""),
    *(section_target(name) for name in SECTIONS),
    Target(TargetKind.SECTION, "finance", "collective"),
    Target(TargetKind.SECTION, "finance", "group", "3"),
]


@pytest.mark.parametrize("target", EVERY, ids=lambda one: one.ref or "village")
def test_a_target_is_read_back_as_it_was_stored_and_leads_to_an_address_that_pages_understand(target):
    assert read_target(target.kind.value, target.ref) == target
    path = target.path("990101100201")
    rest = path.removeprefix("/v/990101100201").lstrip("/")
    if rest:
        address = read_address(rest)
        assert (address.entity, address.group_no, address.section) == (target.entity, target.group_no, target.section)
        assert address.path("990101100201") == path


@pytest.mark.parametrize(
    ("kind", "ref"), [("asset", "committee/assets/12"), ("section", "committee/nothing"), ("", "")]
)
def test_a_target_from_a_newer_program_is_not_guessed_at(kind, ref):
    with pytest.raises(UnknownTarget):
        read_target(kind, ref)
