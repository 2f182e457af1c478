"""The words of a 公开榜 and of an 审核表, from one version's facts. Pure; raises where rows and totals do not agree."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from villagehub.config import Settings
from villagehub.disclosures.stages import VersionKind
from villagehub.disclosures.wording import day_shown, heading_of, shown, total_shown, total_words, words_of_totals
from villagehub.kernel.codes import grouped
from villagehub.kernel.money import yuan
from villagehub.kernel.period import day_words
from villagehub.kernel.refused import Refused
from villagehub.labels.queries import CodeFacts
from villagehub.labels.sheet_facts import SheetFacts, SheetRow
from villagehub.labels.table import Column, Line
from villagehub.labels.wording import site_of
from villagehub.sections.base import BoardColumn, Field, Kind, Names, Section, Shape

MARGIN: Final = 15.0
_NUMBER_WIDE: Final = 12.0
_RIGHT: Final = (Kind.MONEY, Kind.DECIMAL, Kind.WHOLE)


_BESIDE_PROOF: Final = (
    "供核验用",
    "看账请扫大码。这个小码只用来核对这张纸。",
    "小码里是这一号的校验码和日志的签名。",
    "以后想查网上的有没有改过，拿它来核对。",
)


class DoesNotAdd(Refused):
    """The rows on the sheet do not add up to the totals that were published with them."""

    code = "does_not_add"
    message = "“{title}”的明细加起来和合计对不上：{name}明细是 {rows} 元，合计是 {total} 元。没有打印。"
    fix = "这不应该发生。请把这句话告诉系统管理员，先不要张贴。"
    status = 500


@dataclass(frozen=True, slots=True)
class SheetWords:
    """Everything that is written on one sheet."""

    place: str
    title: str
    mark: str
    """A word in a frame beside the place: 演示数据, 审核用，不张贴."""
    facts: tuple[str, ...]
    """Lines under the title."""
    wide: bool
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    sums: Mapping[str, str]
    """By a column's total what stands under the last row."""
    notes: tuple[str, ...]
    """What is said in place of rows, and about the version."""
    balances: tuple[tuple[str, str], ...]
    seals: tuple[tuple[str, str], ...]
    signed: tuple[str, ...]
    members: tuple[str, ...]
    """审核表: a line to sign for each."""
    places: tuple[str, ...]
    """公开榜: who signs by hand."""
    beside_code: tuple[str, ...]
    beside_proof: tuple[str, ...]
    typed: str
    footer: str
    pdf_title: str

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the paper in mm."""
        return (297.0, 210.0) if self.wide else (210.0, 297.0)

    def checked_texts(self) -> Iterator[tuple[str, str]]:
        """All that will be drawn, each text with the words for where it stands."""
        yield "标题", self.place + self.title + self.mark + "".join(self.facts)
        for line in self.lines:
            yield f"编号 {line.cells[0]} 那一行", "".join(line.cells) + line.more
        yield "说明", "".join(self.notes)
        yield "签字", "".join((*self.signed, *self.members))
        yield "页脚", self.footer + "".join((*self.beside_code, *self.beside_proof))


def words_of_sheet(facts: SheetFacts, code: CodeFacts, settings: Settings, *, today: date) -> SheetWords:
    """The 公开榜 of a published version, the 审核表 of one that waits; raises DoesNotAdd."""
    section = facts.section
    columns = _columns(section)
    lines = tuple(_line(section, one, facts.period.last) for one in facts.rows)
    _compare(facts, lines)
    site = site_of(code.base_url)
    name = "公开榜" if facts.published else "审核表"
    marks = [*(["演示数据"] if settings.demo else []), *([] if facts.published else ["审核用，不要张贴"])]
    return SheetWords(
        place=f"{facts.village.township_name} {facts.village.name} · {name}",
        title=facts.title,
        mark=" · ".join(marks),
        facts=_under_title(facts),
        wide=section.board_wide,
        columns=columns,
        lines=lines,
        sums={one.total: yuan(facts.totals.get(one.total, 0)) for one in columns if one.total},
        notes=_notes(facts),
        balances=_balances(facts),
        seals=_seals(facts),
        signed=tuple(
            f"{one.post or facts.body} {one.name}：{'同意' if one.agrees else f'不同意，{one.objection}'}（{one.how}）"
            for one in facts.signed
        ),
        members=() if facts.published else facts.members,
        places=("制表", "审核", "负责人") if facts.published else ("送审（报账员）",),
        beside_code=("扫码看明细" if facts.published else "公开以后扫码看", grouped(code.code), site),
        beside_proof=_BESIDE_PROOF,
        typed=grouped(code.code),
        footer=" · ".join(
            (
                f"扫出来第一行应是“{facts.village.name}”，网址 {site}，要钱、要密码的是假的",
                f"编号 {grouped(code.code)}",
                f"办事咨询 {settings.hotline}",
                f"{today.year}年{today.month}月印",
            )
        ),
        pdf_title=f"{facts.village.name} {facts.title} {name}",
    )


def _columns(section: Section) -> tuple[Column, ...]:
    whole = (297.0 if section.board_wide else 210.0) - 2 * MARGIN
    free = [one for one in section.board if not one.width]
    share = (whole - _NUMBER_WIDE - sum(one.width for one in section.board)) / max(1, len(free))
    found = [Column("编号", MARGIN, _NUMBER_WIDE)]
    for one in section.board:
        last, of = found[-1], section.field_named(one.field)
        heading = one.heading or heading_of(of)
        found.append(Column(heading, last.x + last.width, one.width or share, of.kind in _RIGHT, one.total))
    return tuple(found)


def _line(section: Section, row: SheetRow, beside: date) -> Line:
    if row.erased and not any(row.values.get(one.field) for one in section.board):
        return Line((str(row.number), *("" for _ in section.board)), "内容已按规定撤下")
    own = {one.field for one in section.board} | ({"direction"} if section.shape is Shape.FLOW else set())
    more = [
        f"{one.heading} {_text(one, row.values.get(one.name), beside)}"
        for one in section.public_fields
        if one.name not in own and row.values.get(one.name) not in (None, "")
    ]
    if row.proof:
        more.append(f"票据：{row.proof}")
    if row.aside:
        more.append(f"回避：{'、'.join(row.aside)}")
    return Line(
        (str(row.number), *(_cell(section, one, row.values, beside) for one in section.board)),
        " · ".join(more),
        _sums(section, row.values),
    )


def _cell(section: Section, column: BoardColumn, values: Mapping[str, Any], beside: date) -> str:
    if column.direction and values.get("direction") != column.direction:
        return ""
    return _text(section.field_named(column.field), values.get(column.field), beside)


def _text(of: Field, value: Any, beside: date) -> str:
    if of.kind is Kind.DATE and value:
        return day_words(date.fromisoformat(str(value)), beside=beside)
    return day_shown(str(value)) if of.kind is Kind.PARTIAL_DATE and value else shown(of, value)


def _sums(section: Section, values: Mapping[str, Any]) -> Mapping[str, int]:
    """What the row adds to each total, by the section's own reckoning; nothing where its amount has been erased."""
    if section.shape is Shape.FLOW and values.get("amount") is None:
        return {}
    return section.totals([dict(values)])


def _compare(facts: SheetFacts, lines: tuple[Line, ...]) -> None:
    if not lines or any(one.erased for one in facts.rows):
        return
    for column in facts.section.board:
        found = sum(one.sums.get(column.total, 0) for one in lines)
        meant = facts.totals.get(column.total, 0)
        if column.total and found != meant:
            raise DoesNotAdd(title=facts.title, name=total_words(column.total), rows=yuan(found), total=yuan(meant))


def _under_title(facts: SheetFacts) -> tuple[str, ...]:
    many = f"{len(facts.rows)} 行" if facts.rows else ""
    if facts.published and facts.day:
        corrects = f"更正第 {facts.corrects} 号公开" if facts.corrects else ""
        return (" · ".join(filter(None, (f"第 {facts.number} 号公开", f"{day_words(facts.day)}公开", corrects, many))),)
    corrects = f"更正第 {facts.corrects} 号公开，原因：{facts.reason}" if facts.corrects else ""
    return tuple(
        filter(None, (f"送{facts.body}审核 · {many or '没有明细'} · 要 {facts.votes_needed} 人以上同意", corrects))
    )


def _notes(facts: SheetFacts) -> tuple[str, ...]:
    notes = []
    if facts.corrected_by:
        notes.append(f"这一份已由第 {facts.corrected_by} 号公开更正，不要再张贴。请打印第 {facts.corrected_by} 号。")
    if facts.kind is VersionKind.NIL:
        notes.append(f"{facts.period.label}没有这类事项。")
    elif facts.kind is VersionKind.WITHDRAWAL:
        notes.append("这一份已撤下，不再列明细。")
    elif facts.published and facts.aggregate:
        few = "rows" not in facts.totals
        notes.append("为保护个人信息，只公开人数和合计。" + ("人数少于5人，合计也不写。" if few else ""))
    elif facts.expired:
        gone = "名单公开期已满，姓名不再列出，只写合计。" if facts.section.persons else "公示期已满，内容不再列出。"
        notes.append(gone)
    if facts.published and facts.corrects and facts.reason:
        notes.append(f"更正原因：{facts.reason}")
    if facts.receipts and facts.kind is not VersionKind.WITHDRAWAL:
        where = "扫码看" if facts.published else "在网页上看"
        counted = [f"{words} {count} {'张' if words == '图片' else '笔'}" for words, count in facts.receipts]
        notes.append(f"票据：{'；'.join(counted)}。" + (f"图片{where}。" if facts.receipts[0][0] == "图片" else ""))
    if not facts.published and any(one.names is not Names.SHOW for one in facts.section.public_fields):
        notes.append("这张表上的姓名是原样，公开时会按规定隐去一部分。")
    return tuple(notes)


def _balances(facts: SheetFacts) -> tuple[tuple[str, str], ...]:
    """Totals and balances in the order in which people reckon; empty for a nil return of a register."""
    if facts.kind is VersionKind.WITHDRAWAL:
        return ()
    named = {**facts.totals, **{name: value for name, value in facts.balances.items() if value is not None}}
    found = []
    for name, words in words_of_totals().items():
        if name in named:
            value = int(named[name])
            if name == "rows":
                found.append(("人数", f"{value} 人") if facts.section.persons else (words, f"{value} 行"))
            else:
                found.append((words, total_shown(name, value)))
    return tuple(found)


def _seals(facts: SheetFacts) -> tuple[tuple[str, str], ...]:
    if not facts.published:
        return (("本表内容码", facts.seal),)
    mine = (f"本次（第 {facts.number} 号）防改码", facts.seal)
    if facts.previous is None:
        return (mine, ("上一次", "没有，这是第一次公开"))
    return (mine, (f"上一次（第 {facts.previous[0]} 号）防改码", facts.previous[1]))
