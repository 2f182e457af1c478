"""A village's bundle: a zip that is a Frictionless data package, with the digest of every file in its manifest.

One CSV for each list that the village shows now; of lists of persons only the totals. Money is whole fen. The file is the
same, byte for byte, as long as the village publishes nothing.
"""

import csv
import io
import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy.orm import Session

from villagehub.kernel.clock import rfc3339
from villagehub.public.last_clean import must_fit
from villagehub.public.open_data import NO_LIST, column_of, publication_json, row_json
from villagehub.public.published import Publication, newest
from villagehub.public.twins import safe
from villagehub.public.village import Village
from villagehub.sections.base import Field, Kind

_TYPES: Final = {
    Kind.MONEY: "integer",
    Kind.WHOLE: "integer",
    Kind.DATE: "date",
    Kind.YES_NO: "boolean",
}
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""Zip files know no earlier one; every file inside carries it, so that the same content has the same bytes."""
_TOTALS: Final = ("number", "title", "section", "entity", "group", "period", "subject", "kind", "published_at", "seal")
README: Final = """{name}公开数据

publications.csv 是每一号公开的合计；其余每个 .csv 是村里现在公开着的一份账表。金额都是整数，单位是分。
里面有 {lists} 份账表，{rows} 行；另有 {withheld} 份没有放进来，是哪几号、为什么，写在 datapackage.json 的 withheld 里。
个人名单不在里面，只有合计。会被表格软件当成公式的文字，前面加了一个撇号（'）。datapackage.json 写着每个文件的列、行数和 SHA-256。
财务收支、合同的列和 Fiscal Data Package、OCDS 怎么对照，写在网站的 /mapping 页上。
"""


def make_bundle(session: Session, village: Village) -> bytes:
    """The zip's bytes."""
    for one in newest(village.publications):
        must_fit(
            one
        )  # the whole or nothing: who keeps the file must not take an account in alarm for one that is not there
    files: dict[str, bytes] = {}
    resources = [_publications(village, files)]
    withheld = []
    for one in newest(village.publications):
        if one.hidden or one.section.persons or one.aggregate:
            withheld.append({"number": one.number, "title": one.title, "why": one.hidden or NO_LIST})
        else:
            resources.append(_rows(session, village, one, files))
    facts = village.facts
    package = {
        "profile": "tabular-data-package",
        "name": f"village-{facts.code}",
        "title": f"{facts.name}公开数据",
        "description": "村里公开的账表，和网页上的一样。金额单位：分。个人名单只有合计。",
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": resources,
        "withheld": withheld,
    }
    if village.publications:
        package["created"] = rfc3339(village.publications[0].published_at)
    files["datapackage.json"] = json.dumps(package, ensure_ascii=False, indent=1).encode()
    told = README.format(
        name=facts.name,
        lists=len(resources) - 1,
        rows=sum(one["rows"] for one in resources[1:]),
        withheld=len(withheld),
    )
    files["README.txt"] = told.encode("utf-8-sig")
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = ZipInfo(path, _FIRST_DAY)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, files[path])
    return out.getvalue()


def _publications(village: Village, files: dict[str, bytes]) -> dict[str, Any]:
    """All publications with their totals; what is hidden has only its number and the word why."""
    made = [publication_json(one, village.facts.code, superseded_by=None) for one in village.publications]
    sums = sorted({name for one in made for name in one["totals"]})
    lines = (
        [*(one[name] for name in _TOTALS), one["hidden"], *(one["totals"].get(name, "") for name in sums)]
        for one in made
    )
    fields = [
        {"name": "number", "type": "integer"},
        *({"name": name, "type": "string"} for name in (*_TOTALS[1:], "hidden")),
        *({"name": name, "type": "integer"} for name in sums),
    ]
    return _resource("publications", "publications.csv", "每一号公开", fields, lines, files, key="number")


def _rows(session: Session, village: Village, one: Publication, files: dict[str, bytes]) -> dict[str, Any]:
    fields = one.section.public_fields
    rows = [row_json(one.section, item) for item in village.items(session, one.id)]
    name = f"n{one.number}-{one.section.name}"
    described = [{"name": "no", "type": "integer", "title": "编号"}, *(_field(field) for field in fields)]
    lines = ([row["no"], *(_cell(row.get(column_of(field))) for field in fields)] for row in rows)
    resource = _resource(name, f"{name}.csv", one.title, described, lines, files, key="no")
    return resource | {"number": one.number, "seal": one.seal}


def _field(field: Field) -> dict[str, Any]:
    unit = "（分）" if field.kind is Kind.MONEY else ""
    made: dict[str, Any] = {
        "name": column_of(field),
        "type": _TYPES.get(field.kind, "string"),
        "title": f"{field.heading}{unit}",
    }
    if field.choices and field.kind is not Kind.YES_NO:
        made["labels"] = {one.key: one.label for one in field.choices}
    return made


def _cell(value: Any) -> str | int:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value if isinstance(value, int) else safe(str(value))


def _resource(
    name: str,
    path: str,
    title: str,
    fields: list[dict[str, Any]],
    lines: Iterable[list[Any]],
    files: dict[str, bytes],
    *,
    key: str,
) -> dict[str, Any]:
    text, rows = io.StringIO(newline=""), list(lines)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([one["name"] for one in fields])
    writer.writerows(rows)
    raw = files[path] = text.getvalue().encode()
    return {
        "name": name,
        "path": path,
        "title": title,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(raw),
        "rows": len(rows),
        "hash": f"sha256:{sha256(raw).hexdigest()}",
        "schema": {"fields": fields, "primaryKey": [key], "missingValues": [""]},
    }
