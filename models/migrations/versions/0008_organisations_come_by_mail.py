"""Organisations act by links from letters, opened by mailed codes; files are found by their hashes."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _kept() -> list[str]:
    """The statements of this version for the database at hand."""
    path = Path(__file__).with_name("0008_triggers.json")
    kept: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return kept[op.get_context().dialect.name]


def upgrade() -> None:
    op.create_table(
        "codes",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("assignment_id", NUMBER, nullable=False),
        sa.Column("secret", NAME, nullable=False),
        sa.Column("mailed_to", NAME, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("session_id", NUMBER, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_codes_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codes")),
        sa.UniqueConstraint("secret", name=op.f("uq_codes_secret")),
    )
    for column in ("account_id", "session_id"):
        op.create_index(op.f(f"ix_codes_{column}"), "codes", [column], unique=False)
    op.add_column("messages", sa.Column("link", NAME, nullable=True))
    op.add_column("messages", sa.Column("secret", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_messages_link", "messages", ["link"], unique=True)
    op.create_index(op.f("ix_likenesses_sha256"), "likenesses", ["sha256"], unique=False)
    for statement in _kept():
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_index("ix_likenesses_sha256", table_name="likenesses")
    op.drop_index("ix_messages_link", table_name="messages")
    for column in ("link", "secret"):
        op.execute(f"ALTER TABLE messages DROP COLUMN {column}")
    op.drop_table("codes")
    if op.get_context().dialect.name == "postgresql":
        for statement in _kept():
            if statement.startswith("CREATE FUNCTION"):
                op.execute("DROP FUNCTION " + statement.split()[2])
