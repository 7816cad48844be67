"""The board counts a million assignments by tallies, and pages and filters them by index."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT_EXECUTOR = sa.text("state IN ('assigned', 'returned')")


def _kept() -> list[str]:
    """The statements of this version for the database at hand."""
    path = Path(__file__).with_name("0007_triggers.json")
    kept: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return kept[op.get_context().dialect.name]


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("item_id", NUMBER, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_tallies_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tallies")),
    )
    op.create_index(op.f("ix_tallies_item_id"), "tallies", ["item_id"], unique=False)
    op.execute(
        "INSERT INTO tallies (item_id, state, due, number) "
        "SELECT item_id, state, due, count(*) FROM assignments GROUP BY item_id, state, due"
    )
    for statement in _kept():
        op.execute(sa.text(statement))
    op.drop_index("ix_assignments_organisation_id", table_name="assignments")
    of_organisation = ["organisation_id", "state", "due", "item_id", "waits_for"]
    op.create_index("ix_assignments_of_organisation", "assignments", of_organisation)
    op.create_index("ix_assignments_standing", "assignments", ["item_id", "state", "due", "waits_for"])
    op.create_index(
        "ix_assignments_overdue",
        "assignments",
        ["due", "organisation_id", "waits_for"],
        sqlite_where=_AT_EXECUTOR,
        postgresql_where=_AT_EXECUTOR,
    )
    for column in ("assignee_id", "reviewer_id"):
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            op.f(f"ix_assignments_{column}"), "assignments", [column], sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    postgres = op.get_context().dialect.name == "postgresql"
    for name in ("assignments_tallied", "assignments_tallied_again"):
        op.execute(f"DROP TRIGGER {name}" + (" ON assignments" if postgres else ""))
        if postgres:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("tallies")
    for name in ("of_organisation", "standing", "overdue", "assignee_id", "reviewer_id"):
        op.drop_index(f"ix_assignments_{name}", table_name="assignments")
    op.create_index(op.f("ix_assignments_organisation_id"), "assignments", ["organisation_id"], unique=False)
