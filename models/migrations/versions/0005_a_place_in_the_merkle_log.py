"""Entries leave the queue for a place in the Merkle log; the log has a trail of its own."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _kept(version: str) -> list[str]:
    """The statements of a version for the database at hand."""
    path = Path(__file__).with_name(f"{version}_triggers.json")
    kept: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return kept[op.get_context().dialect.name]


def _drop(trigger: str, table: str) -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
        op.execute(f"DROP FUNCTION {trigger}()")
    else:
        op.execute(f"DROP TRIGGER {trigger}")


def upgrade() -> None:
    op.create_table(
        "leaves",
        sa.Column("leaf_index", NUMBER, autoincrement=False, nullable=False),
        sa.Column("trail", NAME, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["trail", "seq"], ["entries.trail", "entries.seq"], name=op.f("fk_leaves_trail_seq")),
        sa.PrimaryKeyConstraint("leaf_index", name=op.f("pk_leaves")),
        sa.UniqueConstraint("trail", "seq", name=op.f("uq_leaves_trail_seq")),
    )
    op.create_table(
        "logs",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("origin", NAME, nullable=False),
        sa.Column("keys", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logs")),
    )
    _drop("pending_kept", "pending")
    for statement in _kept("0005"):
        op.execute(sa.text(statement))


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM leaves")):
        raise RuntimeError(
            "entries were sealed in the Merkle log: an older program could neither go on with it nor verify it"
        )
    postgres = op.get_context().dialect.name == "postgresql"
    for table in ("logs", "leaves"):
        op.drop_table(table)
    if postgres:
        for statement in _kept("0005"):
            made = statement.split()[2]
            if statement.startswith("CREATE FUNCTION") and made.startswith(("logs_", "leaves_")):
                op.execute(f"DROP FUNCTION {made}")
    _drop("entries_short", "entries")
    _drop("pending_kept", "pending")
    for statement in _kept("0003"):
        # The DO binds all functions to their schema.
        if " pending_kept" in statement or statement.startswith("DO"):
            op.execute(sa.text(statement))
