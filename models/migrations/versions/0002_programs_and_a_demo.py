"""Programs go through approval; a demo has a pace."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
ADDED = (
    ("items", "deliverable", NAME),
    ("items", "follows_id", NUMBER),
    ("items", "builds_on_id", NUMBER),
    ("assignments", "waits_for", NUMBER),
    ("protocols", "situation", NAME),
    ("instance", "demo_until", MOMENT),
)
NUMBERS = (("assignments", "to_check", sa.Boolean(), sa.false()), ("instance", "speed", sa.Integer(), sa.text("1")))
TO_CHECK, WAITING = sa.text("to_check"), sa.text("waits_for IS NOT NULL")


def _kept(version: str) -> list[str]:
    """The statements of a version for the database at hand."""
    path = Path(__file__).with_name(f"{version}_triggers.json")
    kept: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return kept[op.get_context().dialect.name]


def _triggers(version: str) -> None:
    """Guards name the columns that they guard, so both are made anew."""
    dialect = op.get_context().dialect.name
    kept = _kept(version)
    for table in ("items", "assignments"):
        name = f"{table}_told"
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if dialect == "postgresql" else ""))
        if dialect == "postgresql":
            op.execute(f"DROP FUNCTION {name}()")
        for statement in kept:
            if f" {name} " in statement or f" {name}() " in statement:
                op.execute(sa.text(statement))
        if dialect == "postgresql":
            op.execute(
                f"DO $$ BEGIN EXECUTE format('ALTER FUNCTION {name}() SET search_path = %I, pg_temp', current_schema());"
                " END $$"
            )


def upgrade() -> None:
    for table, name, kind in ADDED:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    for table, name, flag, default in NUMBERS:
        op.add_column(table, sa.Column(name, flag, nullable=False, server_default=default))
    op.create_index("ix_assignments_to_check", "assignments", ["id"], sqlite_where=TO_CHECK, postgresql_where=TO_CHECK)
    op.create_index(
        "ix_assignments_waits_for", "assignments", ["waits_for"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_table(
        "likenesses",
        sa.Column("assignment_id", NUMBER, nullable=False),
        sa.Column("sha256", NAME, nullable=False),
        sa.Column("item_id", NUMBER, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_likenesses_assignment_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_likenesses_item_id")),
        sa.PrimaryKeyConstraint("assignment_id", "sha256", name=op.f("pk_likenesses")),
    )
    op.create_index(op.f("ix_likenesses_item_id"), "likenesses", ["item_id"], unique=False)
    _triggers("0002")
    _early_databases()


def _early_databases() -> None:
    """What the very first copies of 0001 lacked."""
    if op.get_context().dialect.name == "sqlite":
        legal = next(each for each in _kept("0001") if " entries_legal " in each)
        op.execute(sa.text(legal.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS", 1)))


def downgrade() -> None:
    op.drop_index(op.f("ix_likenesses_item_id"), table_name="likenesses")
    op.drop_table("likenesses")
    op.drop_index("ix_assignments_waits_for", table_name="assignments")
    op.drop_index("ix_assignments_to_check", table_name="assignments")
    # The guards of this version name the columns that go.
    _triggers("0001")
    for table, name, *_ in (*NUMBERS, *ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
