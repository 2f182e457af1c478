"""Which table is guarded how (decision 10): the one place to read. The SQL of both engines is made from this table.

Words used here. *Sealed*: the row belongs to a published version, or its table is sealed from birth. A sealed row is never
deleted, and SQLite's REPLACE counts as the deletion of whatever it would push out, through every unique key. *Frozen*:
these columns never change, from birth; a table's other columns then always may. Where nothing is frozen, nothing changes
once the row is sealed. *Belongs*: the row names its version, and may neither enter nor leave a published one. *Door*: what
an ``erasure`` record lets become null.
"""

from dataclasses import dataclass
from typing import Final

PREFIX: Final = "vh_"
"""Every trigger and function of ours begins so; nothing else in the database does."""

FAMILY: Final = "已公开的内容不能改动"
"""How every refusal begins, on both engines."""

MENDING: Final = "要改请在系统里起草更正，审核后重新公开。"
ERASING: Final = "要隐去个人信息，请在系统里办理隐去登记。"
KEEPING: Final = "这里只能添加，不能改写或删除；要补充请另记一条。"

BORN_DRAFT: Final = f"{FAMILY}：新版本只能从草稿开始，不能一写下就是已公开（version）。请先存草稿，再送审、公开。"
STEP_SKIPPED: Final = f"{FAMILY}：版本不能跳过审核的步骤（version）。请按草稿、送审、审核、公开的顺序办。"
UNFINISHED: Final = f"{FAMILY}：公开时编号、封存记录、公开人和时间要齐全（version）。请在系统里点“公开”。"
NO_TRUNCATE: Final = f"{FAMILY}：这张表不能清空。{MENDING}"
"""Only PostgreSQL has TRUNCATE."""

STEPS: Final = (
    ("draft", "submitted"),
    ("draft", "abandoned"),
    ("submitted", "returned"),
    ("submitted", "reviewed"),
    ("submitted", "draft"),
    ("submitted", "abandoned"),
    ("returned", "draft"),
    ("returned", "abandoned"),
    ("reviewed", "published"),
    ("reviewed", "returned"),
    ("reviewed", "abandoned"),
)
"""The steps of ``disclosures.stages.NEXT_STAGES``, said again here because storage imports no room; a test compares them."""

PUBLISHED_WITH: Final = ("number", "leaf_id", "rows_root", "published_at", "published_by")
"""What a version must carry in the moment in which it is published."""


@dataclass(frozen=True, slots=True)
class Seal:
    """When a row counts as sealed: when one of the stages that ``stages`` selects is ``published``.

    ``{x}`` stands for the row; the version is always called ``v``, so that PostgreSQL can lock it. None: from birth.
    """

    stages: str | None


FROM_BIRTH: Final = Seal(None)
OWN_STAGE: Final = Seal("SELECT {x}.stage")
ITS_VERSION: Final = Seal('SELECT v.stage FROM "version" v WHERE v.id = {x}.version_id')
LINKED_ROW: Final = Seal(
    'SELECT v.stage FROM "version_row" l JOIN "version" v ON v.id = l.version_id WHERE l.row_id = {x}.id'
)
LINKED_FACE: Final = Seal(
    'SELECT v.stage FROM "version_row" l JOIN "version" v ON v.id = l.version_id WHERE l.row_face_id = {x}.id'
)
ITS_VERSIONS: Final = Seal('SELECT v.stage FROM "version" v WHERE v.disclosure_id = {x}.id')
ITS_ROWS: Final = Seal(
    'SELECT v.stage FROM "row" r JOIN "version_row" l ON l.row_id = r.id JOIN "version" v ON v.id = l.version_id'
    " WHERE r.thing_id = {x}.id"
)
OF_VILLAGE: Final = Seal('SELECT v.stage FROM "version" v WHERE v.village_id = {x}.id')


@dataclass(frozen=True, slots=True)
class Door:
    """What may become null once ``erasure_id`` names an erasure whose target is this row (or its version).

    All other columns must stay equal. Keys are compared one by one: none may come or go.
    """

    what: str
    """``row``, ``version`` or ``vote``, as ``erasure_target.what`` has it."""
    target: str
    """The column that holds the target's id."""
    texts: tuple[str, ...] = ()
    """JSON objects whose text values may become null."""
    keys: tuple[str, ...] = ()
    """The only keys of ``texts`` of which that is so; empty: all."""
    sealed_fields: tuple[str, ...] = ()
    """JSON objects of ``{name: {value, salt, commitment}}``: text values and salts may become null."""
    whole: tuple[str, ...] = ()
    """Columns that may become null as a whole."""
    whole_named: str = ""
    """For ``texts`` that are ``whole`` too: only where the row's ``name`` is this; empty: everywhere."""
    blank: tuple[str, ...] = ()
    """Text columns that may become empty."""

    @property
    def opened(self) -> tuple[str, ...]:
        """Every column that the door lets change."""
        return tuple(dict.fromkeys((*self.texts, *self.sealed_fields, *self.whole, *self.blank, "erasure_id")))


ALL_COLUMNS: Final = ("*",)


@dataclass(frozen=True, slots=True)
class Guard:
    """How one table is guarded."""

    table: str
    what: str
    """What the table holds, in the refusal's words."""
    seal: Seal
    frozen: tuple[str, ...] = ()
    belongs: bool = False
    door: Door | None = None
    staged: bool = False
    """The table of versions: born a draft, published only in order and complete."""
    advice: str = MENDING

    @property
    def refusal(self) -> str:
        """The sentence that the database answers."""
        return f"{FAMILY}：{self.what}（{self.table}）。{self.advice}"


GUARDS: Final = (
    # The published version itself, and what is sealed with it.
    Guard(
        "version",
        "这个版本已经公开封存",
        OWN_STAGE,
        staged=True,
        door=Door("version", "id", blank=("reason",)),
    ),
    Guard("version_row", "这一行属于已公开的版本", ITS_VERSION, belongs=True),
    Guard(
        "version_fact",
        "更正原因和审核意见已随版本封存",
        ITS_VERSION,
        belongs=True,
        # The reason goes whole; of a review only the words of the objection: who voted how stays.
        door=Door(
            "version",
            "version_id",
            texts=("value",),
            keys=("objection",),
            whole=("value", "salt"),
            whole_named="reason",
        ),
        advice=ERASING,
    ),
    Guard("version_author", "谁登记过已随版本封存", ITS_VERSION, belongs=True),
    Guard(
        "vote",
        "审核签字已随版本封存",
        ITS_VERSION,
        belongs=True,
        door=Door("vote", "id", blank=("objection",)),
    ),
    Guard("recusal", "回避记录已随版本封存", ITS_VERSION, belongs=True),
    Guard("version_receipt", "票据的图片已随版本封存", ITS_VERSION, belongs=True),
    Guard("version_voucher", "票据的说明已随版本封存", ITS_VERSION, belongs=True),
    # Rows and faces never change once written; what no published version links may still be deleted.
    Guard(
        "row",
        "台账行写下后不改写，公开后不删除",
        LINKED_ROW,
        frozen=ALL_COLUMNS,
        door=Door("row", "id", texts=("facts",), whole=("counterparty",)),
    ),
    Guard(
        "row_face",
        "公开的内容写下后不改写，公开后不删除",
        LINKED_FACE,
        frozen=ALL_COLUMNS,
        door=Door("row", "row_id", sealed_fields=("fields",)),
    ),
    # What they hang on: never pointed elsewhere, never taken away from under them.
    Guard("disclosure", "公开事项不改名目，公开后不删除", ITS_VERSIONS, frozen=ALL_COLUMNS),
    Guard("thing", "事项的编号和归属不改，公开后不删除", ITS_ROWS, frozen=ALL_COLUMNS),
    Guard("place", "这个村已经有公开的内容，不能删除", OF_VILLAGE, frozen=("id",), advice="合并、更名请在系统里登记。"),
    # What hangs on paper for years: never deleted, never pointed elsewhere (print.md).
    Guard(
        "code",
        "印出去的码不删除，也不改指别处",
        FROM_BIRTH,
        frozen=(
            *("id", "code", "village_id", "target_kind", "target_ref", "base_url"),
            *("edition", "payload", "level", "version", "matrix", "minted_at"),
        ),
        advice="不用了请登记停用：villagehub codes retire。",
    ),
    # Records: only ever added to.
    Guard("waiver", "批准过的延期", FROM_BIRTH, advice=KEEPING),
    Guard("hide", "撤下的记录", FROM_BIRTH, advice=KEEPING),
    Guard("hide_event", "撤下以后的决定", FROM_BIRTH, advice=KEEPING),
    Guard("redaction", "隐去的申请", FROM_BIRTH, advice=KEEPING),
    Guard("redaction_item", "申请隐去的范围", FROM_BIRTH, advice=KEEPING),
    Guard("redaction_event", "隐去的决定", FROM_BIRTH, advice=KEEPING),
    Guard("audit", "镇里的审看", FROM_BIRTH, advice=KEEPING),
    Guard("audit_event", "审看的经过", FROM_BIRTH, advice=KEEPING),
    Guard("leaf", "封存记录", FROM_BIRTH, advice=KEEPING),
    Guard("log_entry", "日志里的位置", FROM_BIRTH, advice=KEEPING),
    Guard("log_tree", "签过名的日志", FROM_BIRTH, advice=KEEPING),
    Guard("key_change", "换钥匙的提议", FROM_BIRTH, advice=KEEPING),
    Guard("key_change_event", "换钥匙的决定", FROM_BIRTH, advice=KEEPING),
    Guard("journal", "操作记录", FROM_BIRTH, advice=KEEPING),
    Guard("erasure", "隐去登记", FROM_BIRTH, advice=KEEPING),
    Guard("erasure_target", "隐去登记的范围", FROM_BIRTH, advice=KEEPING),
    Guard("vault_replacement", "原件替换记录", FROM_BIRTH, advice=KEEPING),
    Guard("signed_sheet", "审核表的照片", FROM_BIRTH, advice=KEEPING),
    Guard("signed_sheet_vote", "从审核表录入的签字", FROM_BIRTH, advice=KEEPING),
    Guard("receipt_file", "传来的票据", FROM_BIRTH, advice=KEEPING),
    Guard("receipt_page", "票据的图片", FROM_BIRTH, advice=KEEPING),
    Guard("receipt_mask", "遮挡好的票据图片", FROM_BIRTH, advice=KEEPING),
    Guard("late_receipt", "公开以后补传的票据", FROM_BIRTH, advice=KEEPING),
)

TRUNCATE_ONLY: Final = ("person",)
"""Tables that are not guarded row by row, but whose TRUNCATE … CASCADE would reach a guarded one."""
