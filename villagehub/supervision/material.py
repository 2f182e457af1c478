"""What a village sends with an answer: a photograph is painted anew, a PDF or a workbook is kept as it is; offices only."""

from pathlib import PurePosixPath
from typing import Final

from werkzeug.datastructures import FileStorage

from villagehub.config import Settings
from villagehub.files.painting import photograph_confined
from villagehub.kernel.canonical import one_line
from villagehub.kernel.masking import hide_numbers
from villagehub.kernel.refused import Refused
from villagehub.storage.vault import vault_of
from villagehub.supervision.audits import Material

_DOCUMENTS: Final = {".pdf": (b"%PDF-",), ".xlsx": (b"PK\x03\x04",), ".xls": (b"\xd0\xcf\x11\xe0",)}
_PICTURES: Final = (".jpg", ".jpeg", ".png", ".webp")


class WrongMaterial(Refused):
    """Neither a picture nor a document that is taken."""

    code = "wrong_material"
    message = "这个文件没有收下：它不是照片、PDF 或 Excel 表格，或者打不开。"
    fix = "请传 JPG、PNG 照片，或 PDF、xlsx、xls 文件；您写的说明还在框里，选好文件再交一次。"
    status = 422


def take_material(sent: FileStorage | None, settings: Settings) -> Material | None:
    """Puts what was sent into the vault; None where nothing was. Raises WrongMaterial, NotAPicture …, DiskAlmostFull."""
    if sent is None or not sent.filename:
        return None
    raw, name = sent.read(), PurePosixPath(sent.filename.replace("\\", "/")).name
    ending = PurePosixPath(name).suffix.lower()
    if ending in _PICTURES:
        raw, ending = photograph_confined(raw).jpeg, ".jpg"
    elif not any(raw.startswith(mark) for mark in _DOCUMENTS.get(ending, ())):
        raise WrongMaterial()
    stem = hide_numbers(one_line(PurePosixPath(name).stem)).replace("/", "")[:60] or "材料"
    return Material(vault_of(settings).keep(raw), f"{stem}{ending}", len(raw))
