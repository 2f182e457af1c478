"""Lists and versions as a terminal shows them, and as objects for scripts. Pure."""

from typing import Any

from villagehub.disclosures.at_keyboard import NEXT_WORDS
from villagehub.disclosures.one_version import VersionPage
from villagehub.disclosures.queries import Line
from villagehub.disclosures.stages import Stage
from villagehub.kernel.clock import SHANGHAI, rfc3339


def line_words(one: Line, *, waits: bool) -> str:
    """One version on one line: its id first, for the next command."""
    number = f"第 {one.number} 号" if one.number else ""
    votes = one.votes_words if one.stage is Stage.SUBMITTED else ""
    kind = "" if one.kind == "full" else one.kind_words
    parts = (one.stage_words, kind, number, votes, f"{one.rows} 行", one.due_words)
    return f"{'*' if waits else ' '} {one.version_id:>4}  {one.village_name}《{one.title}》  {'，'.join(filter(None, parts))}"


def line_object(one: Line, *, waits: bool) -> dict[str, Any]:
    """The same for scripts; names and codes are stable."""
    return {
        "version": one.version_id,
        "title": one.title,
        "village": one.village_code,
        "stage": one.stage.value,
        "kind": one.kind.value,
        "number": one.number,
        "hidden": bool(one.hidden),
        "rows": one.rows,
        "due": one.due.day.isoformat() if one.due else None,
        "votes": one.votes,
        "votes_needed": one.votes_needed,
        "waits_for_me": waits,
    }


def page_words(page: VersionPage) -> list[str]:
    """One version in full, line by line."""
    number = f"，第 {page.number} 号公开" if page.number else ""
    lines = [
        f"版本 {page.id}《{page.title}》{page.village.name}：{page.kind_words}，{page.stage_words}{number}",
        *([f"更正第 {page.corrects} 号公开。原因：{page.reason or '还没有写'}"] if page.corrects else []),
        *([f"退回的原因：{page.return_reason}"] if page.return_reason and page.stage is Stage.RETURNED else []),
        *([f"应公开的日子：{page.due.day.isoformat()}（{page.due_words}）"] if page.due and page.due_words else []),
        "　".join(f"{words} {value}" for words, value in page.totals),
    ]
    for row in page.rows:
        cells = "；".join(f"{cell.heading.words} {cell.text}" for cell in row.cells if cell.text)
        where = f"（原表第 {row.source_row} 行）" if row.source_row else ""
        aside = f"　回避：{'、'.join(row.aside)}" if row.aside else ""
        lines.append(f"  编号 {row.number}{where}：{cells}{aside}")
    if page.pages > 1:
        lines.append(f"  第 {page.page} 页，共 {page.pages} 页，{page.rows_total} 行。看别的页：--page N")
    for change in page.changes:
        what = "；".join(f"{heading} {before or '空'} → {after or '空'}" for heading, before, after in change.fields)
        kind = {"changed": "改动", "new": "新增", "gone": "去掉"}[change.kind]
        lines.append(f"  {kind} 编号 {change.number}：{what}")
    for vote in page.votes:
        said = "同意" if vote.agrees else f"不同意：{vote.objection}"
        lines.append(
            f"签字：{vote.name}（{vote.post}）{said}{how_signed(vote.on_paper, vote.on_behalf, vote.entered_by)}"
        )
    if page.stage is Stage.SUBMITTED:
        lines.append(f"还差 {page.votes_missing} 人签字。还没签的：{'、'.join(page.unsigned) or '没有了'}。")
    for one in reversed(page.history):
        day = one.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        lines.append(f"经过：{day} {one.name}{'（命令行代为操作）' if one.on_behalf else ''} {one.words}")
    if page.stage in NEXT_WORDS:
        lines.append(f"下一步：{NEXT_WORDS[page.stage].format(id=page.id)}")
    for step in page.steps.values():
        if step.refusal:
            lines.append(f"这个账号现在不能{step.verb}：{step.refusal.sentence}")
    return lines


def how_signed(on_paper: bool, on_behalf: bool, entered_by: str = "") -> str:
    """A signature is never shown as what it was not (decision 18)."""
    if on_paper and entered_by:
        return f"，纸上签字，由{entered_by}录入"
    return "，纸上签字" if on_paper else "，命令行代为操作" if on_behalf else ""


def page_object(page: VersionPage) -> dict[str, Any]:
    """The same for scripts; money in whole fen, times in UTC, names and codes stable."""
    return {
        "version": page.id,
        "title": page.title,
        "village": page.village.code,
        "section": page.section,
        "period": page.period,
        "entity": page.entity,
        "group": page.group_no,
        "stage": page.stage.value,
        "kind": page.kind.value,
        "number": page.number,
        "corrects": page.corrects,
        "reason": page.reason,
        "return_reason": page.return_reason,
        "revision": page.revision,
        "balances": dict(page.balances),
        "rows_total": page.rows_total,
        "rows": [
            {
                "number": row.number,
                "source_row": row.source_row,
                "headline": row.headline,
                "cells": {cell.heading.name: cell.text for cell in row.cells},
            }
            for row in page.rows
        ],
        "votes": [
            {"name": one.name, "agrees": one.agrees, "objection": one.objection, "on_behalf": one.on_behalf}
            for one in page.votes
        ],
        "votes_missing": page.votes_missing,
        "may": [name for name in page.steps if page.may(name)],
        "history": [
            {"at": rfc3339(one.at), "name": one.name, "on_behalf": one.on_behalf, "words": one.words}
            for one in page.history
        ],
    }
