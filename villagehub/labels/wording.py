"""The words of a poster: plain Chinese, read from a metre away. Pure.

The nine things name what the pages show today; things that are still to come are not promised on paper that hangs for years.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from villagehub.config import Settings
from villagehub.kernel.codes import grouped
from villagehub.kernel.refused import Refused
from villagehub.labels.queries import CodeFacts
from villagehub.labels.targets import TargetKind
from villagehub.sections import SECTIONS

STEPS: Final = (("打开微信", ""), ("点右上角 +", "再点“扫一扫”"), ("对准左边的码", "不用关注，不用下载"))
THINGS: Final = (
    "钱从哪来、花到哪",
    "一笔一笔的明细",
    "集体房子、设备",
    "各项补贴发给谁",
    "自己的补贴有没有",
    "干部管什么事",
    "有事该找谁",
    "账由谁看过、签字",
    "哪里改过、为什么",
)
DEMO: Final = "演示数据"
DEMO_LINE: Final = "演示数据：村名、人名、账目都是编的，不要张贴"
MOST_BOARD: Final = 20


class BadBoard(Refused):
    """A board's number is a short text on one line."""

    code = "bad_board"
    message = "公开栏编号太长，海报上写不下。"
    fix = f"请写 {MOST_BOARD} 个字以内，例如 G-01。"
    status = 422


def checked_board(text: str) -> str:
    """The number of the board that the poster is for, on one line; may be empty. Raises BadBoard."""
    board = " ".join(text.split())
    if len(board) > MOST_BOARD:
        raise BadBoard()
    return board


@dataclass(frozen=True, slots=True)
class PosterWords:
    """Everything that is written on one poster."""

    place: str
    headline: str
    summary: str
    """One sentence on the section; empty on the village's own poster."""
    typed: str
    """The code in groups."""
    site: str
    """The domain in words."""
    fake: tuple[str, ...]
    offline: tuple[str, ...]
    footer: str
    help_line: str
    title: str
    """The PDF's title."""
    demo: bool

    def checked_texts(self) -> list[tuple[str, str]]:
        """What may hold characters that no font has, each with the words for where it stands."""
        return [
            ("村名", self.place),
            ("标题", self.headline + self.summary),
            ("小心假码", "".join(self.fake) + self.site),
            ("不方便用手机", "".join(self.offline)),
            ("海报最下面一行", self.footer + self.help_line),
        ]


def site_of(base_url: str) -> str:
    """The address as people read it: host name, with the port where there is one."""
    return urlsplit(base_url).netloc.lower()


def words_of(code: CodeFacts, settings: Settings, *, board: str, today: date) -> PosterWords:
    """The words of the poster that carries this code."""
    village, target = code.village, code.target
    whole = target.kind is TargetKind.VILLAGE
    number = f"公开栏 {board}" if board else "公开栏＿＿＿号"
    about = "村里的账" if whole else target.words
    return PosterWords(
        place=f"{village.township_name} {village.name} · 码上公开",
        headline=f"扫一扫 {about}随时看",
        summary="" if whole else SECTIONS[target.section].what,
        typed=grouped(code.code),
        site=site_of(code.base_url),
        fake=(f"第一行应是“{village.name}”。", "要钱、要密码的是假的。"),
        offline=("到村委会看纸质版，可以请人念。", f"办事咨询 {settings.hotline}"),
        footer=f"{number} · 编号 {grouped(code.code)} · {today.year}年{today.month}月印",
        help_line=" · ".join(part for part in (settings.operator, f"反映干部问题 {settings.discipline_line}") if part),
        title=f"{village.name} 公开栏海报（{target.words}）",
        demo=settings.demo,
    )
