"""All tables of the first release.

Types are written out, not taken from the models: a migration must do the same thing in ten years.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "generation",
        sa.Column("village_id", BIG, autoincrement=False, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.PrimaryKeyConstraint("village_id", name=op.f("pk_generation")),
    )
    op.create_table(
        "journal",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("actor_id", BIG, nullable=True),
        sa.Column("actor_name", sa.String(80), nullable=False),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("subject_kind", sa.String(24), nullable=False),
        sa.Column("subject_id", BIG, nullable=True),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("village_id", "seq", name=op.f("uq_journal_village_id_seq")),
    )
    op.create_table(
        "journal_head",
        sa.Column("village_id", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("village_id", name=op.f("pk_journal_head")),
    )
    op.create_table(
        "leaf",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaf")),
        sa.UniqueConstraint("hash", name=op.f("uq_leaf_hash")),
    )
    op.create_table(
        "page_dirty",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("marked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_dirty")),
    )
    op.create_index(op.f("ix_page_dirty_village_id"), "page_dirty", ["village_id", "id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("login", sa.String(40), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_table(
        "place",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("placeholder", sa.Boolean(), nullable=False),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("merged_into_id", BIG, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("level IN ('county', 'township', 'village')", name=op.f("ck_place_level")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("code", name=op.f("uq_place_code")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["place.id"], name=op.f("fk_place_merged_into_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["place.id"], name=op.f("fk_place_parent_id")),
    )
    op.create_index(op.f("ix_place_parent_id"), "place", ["parent_id"], unique=False)
    op.create_table(
        "sign_in_throttle",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", BIG, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("open_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_throttle")),
    )
    op.create_index(op.f("ix_sign_in_throttle_last_at"), "sign_in_throttle", ["last_at"], unique=False)
    op.create_table(
        "vault_file",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_vault_file")),
    )
    op.create_table(
        "vault_replacement",
        sa.Column("old_sha256", sa.String(64), nullable=False),
        sa.Column("new_sha256", sa.String(64), nullable=False),
        sa.Column("erasure_id", BIG, nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("old_sha256", name=op.f("pk_vault_replacement")),
    )
    op.create_table(
        "account_cadence",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("entity", sa.String(12), nullable=False),
        sa.Column("group_no", sa.String(8), nullable=False),
        sa.Column("section", sa.String(24), nullable=False),
        sa.Column("year", BIG, nullable=False),
        sa.Column("cadence", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_cadence")),
        sa.UniqueConstraint(
            "village_id",
            "entity",
            "group_no",
            "section",
            "year",
            name=op.f("uq_account_cadence_village_id_entity_group_no_section_year"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_account_cadence_village_id")),
    )
    op.create_table(
        "appointment",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("place_id", BIG, nullable=True),
        sa.Column("entity", sa.String(12), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("until_date", sa.Date(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("granted_by", BIG, nullable=True),
        sa.CheckConstraint("entity IN ('', 'committee', 'collective', 'group')", name=op.f("ck_appointment_entity")),
        sa.CheckConstraint("(place_id IS NULL) = (role = 'administrator')", name=op.f("ck_appointment_place")),
        sa.CheckConstraint(
            "role IN ('clerk', 'committee_member', 'committee_chair', 'village_head', 'township_supervisor',"
            " 'auditor', 'county', 'administrator')",
            name=op.f("ck_appointment_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.ForeignKeyConstraint(["granted_by"], ["person.id"], name=op.f("fk_appointment_granted_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appointment_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_appointment_place_id")),
    )
    op.create_index(op.f("ix_appointment_person_id"), "appointment", ["person_id"], unique=False)
    op.create_index(op.f("ix_appointment_place_role"), "appointment", ["place_id", "role"], unique=False)
    op.create_table(
        "disclosure",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("entity", sa.String(12), nullable=False),
        sa.Column("group_no", sa.String(8), nullable=False),
        sa.Column("section", sa.String(24), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("entity IN ('committee', 'collective', 'group')", name=op.f("ck_disclosure_entity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sa.UniqueConstraint(
            "village_id",
            "entity",
            "group_no",
            "section",
            "period",
            "subject",
            name=op.f("uq_disclosure_village_id_entity_group_no_section_period_subject"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_disclosure_village_id")),
    )
    op.create_table(
        "due_rule",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("place_id", BIG, nullable=True),
        sa.Column("section", sa.String(24), nullable=False),
        sa.Column("cadence", sa.String(8), nullable=False),
        sa.Column("days_after", BIG, nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_rule")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_due_rule_place_id")),
    )
    op.create_table(
        "erasure",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("seconded_by", BIG, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('expiry', 'redaction')", name=op.f("ck_erasure_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_erasure_decided_by")),
        sa.ForeignKeyConstraint(["seconded_by"], ["person.id"], name=op.f("fk_erasure_seconded_by")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_erasure_village_id")),
    )
    op.create_table(
        "place_code",
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("place_id", BIG, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_place_code")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_code_place_id")),
    )
    op.create_index(op.f("ix_place_code_place_id"), "place_code", ["place_id"], unique=False)
    op.create_table(
        "sign_in_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_session")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id")),
    )
    op.create_index(op.f("ix_sign_in_session_person_id"), "sign_in_session", ["person_id"], unique=False)
    op.create_table(
        "thing",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("entity", sa.String(12), nullable=False),
        sa.Column("group_no", sa.String(8), nullable=False),
        sa.Column("section", sa.String(24), nullable=False),
        sa.Column("natural_key", sa.String(160), nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thing")),
        sa.UniqueConstraint(
            "village_id",
            "entity",
            "group_no",
            "section",
            "natural_key",
            name=op.f("uq_thing_village_id_entity_group_no_section_natural_key"),
        ),
        sa.UniqueConstraint("village_id", "number", name=op.f("uq_thing_village_id_number")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_thing_village_id")),
    )
    op.create_table(
        "village_counter",
        sa.Column("village_id", BIG, autoincrement=False, nullable=False),
        sa.Column("publication", BIG, nullable=False),
        sa.Column("thing", BIG, nullable=False),
        sa.PrimaryKeyConstraint("village_id", name=op.f("pk_village_counter")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_village_counter_village_id")),
    )
    op.create_table(
        "village_group",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("number", sa.String(8), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_group")),
        sa.UniqueConstraint("village_id", "number", name=op.f("uq_village_group_village_id_number")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_village_group_village_id")),
    )
    op.create_table(
        "waiver",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("section", sa.String(24), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", BIG, nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
        sa.ForeignKeyConstraint(["granted_by"], ["person.id"], name=op.f("fk_waiver_granted_by")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_waiver_village_id")),
    )
    op.create_index(op.f("ix_waiver_village_id"), "waiver", ["village_id"], unique=False)
    op.create_table(
        "erasure_target",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("erasure_id", BIG, nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("target_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_target")),
        sa.UniqueConstraint(
            "erasure_id", "what", "target_id", name=op.f("uq_erasure_target_erasure_id_what_target_id")
        ),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure.id"], name=op.f("fk_erasure_target_erasure_id")),
    )
    op.create_table(
        "row",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("thing_id", BIG, nullable=False),
        sa.Column("section", sa.String(24), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("direction", sa.String(3), nullable=True),
        sa.Column("amount_fen", BIG, nullable=True),
        sa.Column("category", sa.String(80), nullable=True),
        sa.Column("counterparty", sa.Text(), nullable=True),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("source_sha256", sa.String(64), nullable=True),
        sa.Column("source_sheet", sa.Text(), nullable=True),
        sa.Column("source_row", BIG, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("erasure_id", BIG, nullable=True),
        sa.CheckConstraint("direction IS NULL OR direction IN ('in', 'out')", name=op.f("ck_row_direction")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row")),
        sa.ForeignKeyConstraint(["thing_id"], ["thing.id"], name=op.f("fk_row_thing_id")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_row_village_id")),
    )
    op.create_index(op.f("ix_row_thing_id"), "row", ["thing_id"], unique=False)
    op.create_index(
        op.f("ix_row_village_section_day"), "row", ["village_id", "section", "occurred_on", "id"], unique=False
    )
    op.create_table(
        "version",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("disclosure_id", BIG, nullable=False),
        sa.Column("stage", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("number", BIG, nullable=True),
        sa.Column("supersedes_id", BIG, nullable=True),
        sa.Column("reason_code", sa.String(24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("drafted_by", BIG, nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("opening_fen", BIG, nullable=True),
        sa.Column("closing_fen", BIG, nullable=True),
        sa.Column("bank_fen", BIG, nullable=True),
        sa.Column("cash_fen", BIG, nullable=True),
        sa.Column("totals", JSON, nullable=False),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("votes_needed", BIG, nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("submitted_by", BIG, nullable=True),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("published_by", BIG, nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("rows_root", sa.LargeBinary(), nullable=True),
        sa.Column("facts_root", sa.LargeBinary(), nullable=True),
        sa.Column("leaf_id", BIG, nullable=True),
        sa.Column("upload_id", BIG, nullable=True),
        sa.CheckConstraint("kind IN ('full', 'nil', 'correction', 'withdrawal')", name=op.f("ck_version_kind")),
        sa.CheckConstraint("(stage = 'published') = (number IS NOT NULL)", name=op.f("ck_version_numbered")),
        sa.CheckConstraint(
            "stage IN ('draft', 'submitted', 'returned', 'reviewed', 'published', 'abandoned')",
            name=op.f("ck_version_stage"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
        sa.UniqueConstraint("village_id", "number", name=op.f("uq_version_village_id_number")),
        sa.ForeignKeyConstraint(["disclosure_id"], ["disclosure.id"], name=op.f("fk_version_disclosure_id")),
        sa.ForeignKeyConstraint(["drafted_by"], ["person.id"], name=op.f("fk_version_drafted_by")),
        sa.ForeignKeyConstraint(["leaf_id"], ["leaf.id"], name=op.f("fk_version_leaf_id")),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_version_published_by")),
        sa.ForeignKeyConstraint(["submitted_by"], ["person.id"], name=op.f("fk_version_submitted_by")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["version.id"], name=op.f("fk_version_supersedes_id")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_version_village_id")),
    )
    op.create_index(op.f("ix_version_disclosure_id"), "version", ["disclosure_id"], unique=False)
    op.create_index(op.f("ix_version_village_stage"), "version", ["village_id", "stage"], unique=False)
    op.create_index(
        op.f("uq_version_open"),
        "version",
        ["disclosure_id"],
        unique=True,
        sqlite_where=sa.text("stage IN ('draft', 'submitted', 'returned', 'reviewed')"),
        postgresql_where=sa.text("stage IN ('draft', 'submitted', 'returned', 'reviewed')"),
    )
    op.create_table(
        "recusal",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("thing_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.UniqueConstraint(
            "version_id", "thing_id", "person_id", name=op.f("uq_recusal_version_id_thing_id_person_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recusal_person_id")),
        sa.ForeignKeyConstraint(["thing_id"], ["thing.id"], name=op.f("fk_recusal_thing_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_recusal_version_id")),
    )
    op.create_table(
        "row_face",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("row_id", BIG, nullable=False),
        sa.Column("rules_version", BIG, nullable=False),
        sa.Column("clear", JSON, nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("erasure_id", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_face")),
        sa.ForeignKeyConstraint(["row_id"], ["row.id"], name=op.f("fk_row_face_row_id")),
    )
    op.create_index(op.f("ix_row_face_row_id"), "row_face", ["row_id"], unique=False)
    op.create_table(
        "row_match",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("row_id", BIG, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("hmac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_match")),
        sa.UniqueConstraint("row_id", "kind", "hmac", name=op.f("uq_row_match_row_id_kind_hmac")),
        sa.ForeignKeyConstraint(["row_id"], ["row.id"], name=op.f("fk_row_match_row_id")),
    )
    op.create_index(op.f("ix_row_match_hmac"), "row_match", ["kind", "hmac"], unique=False)
    op.create_table(
        "upload",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("entity", sa.String(12), nullable=False),
        sa.Column("group_no", sa.String(8), nullable=False),
        sa.Column("section", sa.String(24), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.Column("confirmations", JSON, nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("uploaded_by", BIG, nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("accepted_by", BIG, nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("version_id", BIG, nullable=True),
        sa.Column("changes", JSON, nullable=False),
        sa.CheckConstraint("state IN ('received', 'checked', 'accepted', 'abandoned')", name=op.f("ck_upload_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.ForeignKeyConstraint(["accepted_by"], ["person.id"], name=op.f("fk_upload_accepted_by")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_upload_uploaded_by")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_upload_version_id")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_upload_village_id")),
    )
    op.create_index(op.f("ix_upload_sha256"), "upload", ["sha256"], unique=False)
    op.create_index(op.f("ix_upload_village_id"), "upload", ["village_id", "id"], unique=False)
    op.create_table(
        "version_author",
        sa.Column("version_id", BIG, autoincrement=False, nullable=False),
        sa.Column("person_id", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("version_id", "person_id", name=op.f("pk_version_author")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_version_author_person_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_version_author_version_id")),
    )
    op.create_table(
        "version_fact",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("value", JSON, nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("erasure_id", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_fact")),
        sa.UniqueConstraint("version_id", "name", name=op.f("uq_version_fact_version_id_name")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_version_fact_version_id")),
    )
    op.create_table(
        "vote",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("post", sa.String(40), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("entered_by", BIG, nullable=True),
        sa.Column("cast_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        sa.UniqueConstraint("version_id", "digest", "person_id", name=op.f("uq_vote_version_id_digest_person_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_vote_entered_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_vote_person_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_vote_version_id")),
    )
    op.create_table(
        "version_row",
        sa.Column("version_id", BIG, autoincrement=False, nullable=False),
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("row_id", BIG, nullable=False),
        sa.Column("row_face_id", BIG, nullable=True),
        sa.Column("source_row", BIG, nullable=True),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_version_row")),
        sa.UniqueConstraint("version_id", "row_id", name=op.f("uq_version_row_version_id_row_id")),
        sa.ForeignKeyConstraint(["row_face_id"], ["row_face.id"], name=op.f("fk_version_row_row_face_id")),
        sa.ForeignKeyConstraint(["row_id"], ["row.id"], name=op.f("fk_version_row_row_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_version_row_version_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_version_row_row_id"), "version_row", ["row_id"], unique=False)

    op.create_table(
        "stored_page",
        sa.Column("path", sa.String(400), nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("generation", BIG, nullable=False),
        sa.Column("etag", sa.String(80), nullable=False),
        sa.Column("content_type", sa.String(80), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("built_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_stored_page")),
    )
    op.create_index(op.f("ix_stored_page_village_id"), "stored_page", ["village_id"], unique=False)

    op.create_table(
        "code",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(9), nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("target_kind", sa.String(16), nullable=False),
        sa.Column("target_ref", sa.String(200), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("edition", BIG, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("level", sa.String(1), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("matrix", sa.LargeBinary(), nullable=False),
        sa.Column("minted_at", MOMENT, nullable=False),
        sa.Column("batch", sa.String(40), nullable=False),
        sa.Column("printed_at", MOMENT, nullable=True),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("became", sa.String(200), nullable=False),
        sa.CheckConstraint("level IN ('L', 'M', 'Q', 'H')", name=op.f("ck_code_level")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code")),
        sa.UniqueConstraint("code", name=op.f("uq_code_code")),
        sa.UniqueConstraint(
            "village_id",
            "target_kind",
            "target_ref",
            "base_url",
            "edition",
            name=op.f("uq_code_village_id_target_kind_target_ref_base_url_edition"),
        ),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_code_village_id")),
    )


def downgrade() -> None:
    op.drop_table("code")
    op.drop_table("stored_page")
    op.drop_table("version_row")
    op.drop_table("vote")
    op.drop_table("version_fact")
    op.drop_table("version_author")
    op.drop_table("upload")
    op.drop_table("row_match")
    op.drop_table("row_face")
    op.drop_table("recusal")
    op.drop_table("version")
    op.drop_table("row")
    op.drop_table("erasure_target")
    op.drop_table("waiver")
    op.drop_table("village_group")
    op.drop_table("village_counter")
    op.drop_table("thing")
    op.drop_table("sign_in_session")
    op.drop_table("place_code")
    op.drop_table("erasure")
    op.drop_table("due_rule")
    op.drop_table("disclosure")
    op.drop_table("appointment")
    op.drop_table("account_cadence")
    op.drop_table("vault_replacement")
    op.drop_table("vault_file")
    op.drop_table("sign_in_throttle")
    op.drop_table("place")
    op.drop_table("person")
    op.drop_table("page_dirty")
    op.drop_table("leaf")
    op.drop_table("journal_head")
    op.drop_table("journal")
    op.drop_table("generation")
