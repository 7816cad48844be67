"""The first schema."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TRIGGERS = json.loads(Path(__file__).with_name("0001_triggers.json").read_text(encoding="utf-8"))


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("kind", NAME, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_counters")),
    )
    op.create_table(
        "groups",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("aliases", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("name", name=op.f("uq_groups_name")),
    )
    op.create_table(
        "instance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock", NAME, nullable=False),
        sa.Column("demo_at", MOMENT, nullable=True),
        sa.Column("real_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("clock IN ('system', 'test', 'demo')", name=op.f("ck_instance_clock")),
        sa.CheckConstraint("id = 1", name=op.f("ck_instance_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    op.create_table(
        "lifecycles",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("declared", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_lifecycles")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "messages",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("recipient", NAME, nullable=False),
        sa.Column("subject", NAME, nullable=False),
        sa.Column("text", NAME, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("failure", NAME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_next_attempt_at"), "messages", ["next_attempt_at"], unique=False)
    op.create_table(
        "organisations",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("superior_id", NUMBER, nullable=True),
        sa.Column("email", NAME, nullable=True),
        sa.Column("head_name", NAME, nullable=True),
        sa.ForeignKeyConstraint(["superior_id"], ["organisations.id"], name=op.f("fk_organisations_superior_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("name", name=op.f("uq_organisations_name")),
    )
    op.create_index(op.f("ix_organisations_superior_id"), "organisations", ["superior_id"], unique=False)
    op.create_table(
        "policies",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", NAME, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
    )
    op.create_table(
        "sweeps",
        sa.Column("name", NAME, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sweeps")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("login", NAME, nullable=False),
        sa.Column("role", NAME, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("organisation_id", NUMBER, nullable=True),
        sa.Column("name", NAME, nullable=True),
        sa.Column("email", NAME, nullable=True),
        sa.CheckConstraint(
            "role IN ('registrar', 'executor', 'reviewer', 'controller', 'leader', 'admin', 'system')",
            name=op.f("ck_accounts_role"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_accounts_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["accounts.id"], name=op.f("fk_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
    )
    op.create_index(op.f("ix_accounts_organisation_id"), "accounts", ["organisation_id"], unique=False)
    op.create_table(
        "edges",
        sa.Column("lifecycle", sa.LargeBinary(), nullable=False),
        sa.Column("action", NAME, nullable=False),
        sa.Column("source", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.ForeignKeyConstraint(["lifecycle"], ["lifecycles.hash"], name=op.f("fk_edges_lifecycle")),
        sa.PrimaryKeyConstraint("lifecycle", "action", "source", "state", name=op.f("pk_edges")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "memberships",
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("organisation_id", NUMBER, nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_memberships_group_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_memberships_organisation_id")),
        sa.PrimaryKeyConstraint("group_id", "organisation_id", name=op.f("pk_memberships")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_memberships_organisation_id"), "memberships", ["organisation_id"], unique=False)
    op.create_table(
        "protocols",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("number", NAME, nullable=True),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("title", NAME, nullable=True),
        sa.Column("place", NAME, nullable=True),
        sa.Column("body", NAME, nullable=True),
        sa.Column("signatory", NAME, nullable=True),
        sa.Column("filename", NAME, nullable=False),
        sa.Column("source_hash", NAME, nullable=False),
        sa.Column("content_hash", NAME, nullable=False),
        sa.Column("department_id", NUMBER, nullable=False),
        sa.Column("supersedes_id", NUMBER, nullable=True),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("expanded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["organisations.id"], name=op.f("fk_protocols_department_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["protocols.id"], name=op.f("fk_protocols_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocols")),
    )
    op.create_index(
        "uq_protocols_content_hash",
        "protocols",
        ["content_hash"],
        unique=True,
        sqlite_where=sa.text("state = 'under_control'"),
        postgresql_where=sa.text("state = 'under_control'"),
    )
    op.create_index(
        "uq_protocols_source_hash",
        "protocols",
        ["source_hash"],
        unique=True,
        sqlite_where=sa.text("state = 'under_control'"),
        postgresql_where=sa.text("state = 'under_control'"),
    )
    op.create_table(
        "entries",
        sa.Column("trail", NAME, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("lifecycle", sa.LargeBinary(), nullable=False),
        sa.Column("action", NAME, nullable=False),
        sa.Column("source", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lifecycle", "action", "source", "state"],
            ["edges.lifecycle", "edges.action", "edges.source", "edges.state"],
            name=op.f("fk_entries_lifecycle_action_source_state"),
        ),
        sa.PrimaryKeyConstraint("trail", "seq", name=op.f("pk_entries")),
    )
    op.create_index(op.f("ix_entries_at"), "entries", ["at"], unique=False)
    op.create_table(
        "items",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("protocol_id", NUMBER, nullable=False),
        sa.Column("number", NAME, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", NAME, nullable=False),
        sa.Column("modality", NAME, nullable=False),
        sa.Column("deadline", JSON, nullable=False),
        sa.Column("addressees", JSON, nullable=False),
        sa.Column("co_executors", JSON, nullable=False),
        sa.Column("contacts", JSON, nullable=False),
        sa.Column("form_columns", JSON, nullable=True),
        sa.Column("span", JSON, nullable=False),
        sa.Column("derivation", JSON, nullable=True),
        sa.Column("recurs", NAME, nullable=True),
        sa.Column("run_id", NAME, nullable=True),
        sa.Column("published", NAME, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["protocol_id"], ["protocols.id"], name=op.f("fk_items_protocol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    op.create_index(op.f("ix_items_protocol_id"), "items", ["protocol_id"], unique=False)
    op.create_table(
        "substitutions",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("absent_id", NUMBER, nullable=False),
        sa.Column("substitute_id", NUMBER, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["absent_id"], ["accounts.id"], name=op.f("fk_substitutions_absent_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["accounts.id"], name=op.f("fk_substitutions_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitutions")),
    )
    op.create_index(op.f("ix_substitutions_absent_id"), "substitutions", ["absent_id"], unique=False)
    op.create_table(
        "addressings",
        sa.Column("item_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_addressings_group_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_addressings_item_id")),
        sa.PrimaryKeyConstraint("item_id", "group_id", name=op.f("pk_addressings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "assignments",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("item_id", NUMBER, nullable=False),
        sa.Column("organisation_id", NUMBER, nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("due", MOMENT, nullable=True),
        sa.Column("derivation", JSON, nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("report_version", sa.Integer(), nullable=False),
        sa.Column("assignee_id", NUMBER, nullable=True),
        sa.Column("reviewer_id", NUMBER, nullable=True),
        sa.Column("review_due", MOMENT, nullable=True),
        sa.Column("extension_asked", sa.Date(), nullable=True),
        sa.Column("asked_late", sa.Boolean(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("next_check_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('assigned', 'submitted', 'reviewed', 'returned', 'accepted', 'withdrawn')",
            name=op.f("ck_assignments_state"),
        ),
        sa.ForeignKeyConstraint(["assignee_id"], ["accounts.id"], name=op.f("fk_assignments_assignee_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_assignments_item_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_assignments_organisation_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["accounts.id"], name=op.f("fk_assignments_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint(
            "item_id", "organisation_id", "period", name=op.f("uq_assignments_item_id_organisation_id_period")
        ),
    )
    op.create_index(
        "ix_assignments_next_check_at",
        "assignments",
        ["next_check_at"],
        unique=False,
        sqlite_where=sa.text("next_check_at IS NOT NULL"),
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_assignments_organisation_id"), "assignments", ["organisation_id"], unique=False)
    op.create_table(
        "disclosures",
        sa.Column("trail", NAME, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", NAME, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trail", "seq"], ["entries.trail", "entries.seq"], name=op.f("fk_disclosures_trail_seq")
        ),
        sa.PrimaryKeyConstraint("trail", "seq", "field", name=op.f("pk_disclosures")),
    )
    op.create_table(
        "pending",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("trail", NAME, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["trail", "seq"], ["entries.trail", "entries.seq"], name=op.f("fk_pending_trail_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "notices",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("assignment_id", NUMBER, nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("recipient", NAME, nullable=False),
        sa.Column("action", NAME, nullable=False),
        sa.Column("rung", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("send_after", MOMENT, nullable=False),
        sa.Column("message_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_notices_assignment_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_notices_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "assignment_id", "entry", "recipient", name=op.f("uq_notices_assignment_id_entry_recipient")
        ),
    )
    op.create_index(op.f("ix_notices_message_id"), "notices", ["message_id"], unique=False)
    op.create_index(
        "ix_notices_waiting",
        "notices",
        ["send_after"],
        unique=False,
        sqlite_where=sa.text("message_id IS NULL"),
        postgresql_where=sa.text("message_id IS NULL"),
    )
    for statement in TRIGGERS[op.get_context().dialect.name]:
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_index(
        "ix_notices_waiting",
        table_name="notices",
        sqlite_where=sa.text("message_id IS NULL"),
        postgresql_where=sa.text("message_id IS NULL"),
    )
    op.drop_index(op.f("ix_notices_message_id"), table_name="notices")
    op.drop_table("notices")
    op.drop_table("pending")
    op.drop_table("disclosures")
    op.drop_index(op.f("ix_assignments_organisation_id"), table_name="assignments")
    op.drop_index(
        "ix_assignments_next_check_at",
        table_name="assignments",
        sqlite_where=sa.text("next_check_at IS NOT NULL"),
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.drop_table("assignments")
    op.drop_table("addressings")
    op.drop_index(op.f("ix_substitutions_absent_id"), table_name="substitutions")
    op.drop_table("substitutions")
    op.drop_index(op.f("ix_items_protocol_id"), table_name="items")
    op.drop_table("items")
    op.drop_index(op.f("ix_entries_at"), table_name="entries")
    op.drop_table("entries")
    op.drop_index(
        "uq_protocols_source_hash",
        table_name="protocols",
        sqlite_where=sa.text("state = 'under_control'"),
        postgresql_where=sa.text("state = 'under_control'"),
    )
    op.drop_index(
        "uq_protocols_content_hash",
        table_name="protocols",
        sqlite_where=sa.text("state = 'under_control'"),
        postgresql_where=sa.text("state = 'under_control'"),
    )
    op.drop_table("protocols")
    op.drop_index(op.f("ix_memberships_organisation_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_table("edges")
    op.drop_index(op.f("ix_accounts_organisation_id"), table_name="accounts")
    op.drop_table("accounts")
    op.drop_table("sweeps")
    op.drop_table("policies")
    op.drop_index(op.f("ix_organisations_superior_id"), table_name="organisations")
    op.drop_table("organisations")
    op.drop_index(op.f("ix_messages_next_attempt_at"), table_name="messages")
    op.drop_table("messages")
    op.drop_table("lifecycles")
    op.drop_table("instance")
    op.drop_table("groups")
    op.drop_table("counters")
    if op.get_context().dialect.name == "postgresql":
        for statement in TRIGGERS["postgresql"]:
            if statement.startswith("CREATE FUNCTION"):
                op.execute("DROP FUNCTION " + statement.split()[2])
