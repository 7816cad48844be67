"""Programs act by tokens, and what they were answered is kept for a while."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _kept() -> list[str]:
    """The statements of this version for the database at hand."""
    path = Path(__file__).with_name("0006_triggers.json")
    kept: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return kept[op.get_context().dialect.name]


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("secret", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("scopes", NAME, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_tokens_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("secret", name=op.f("uq_tokens_secret")),
    )
    op.create_index(op.f("ix_tokens_account_id"), "tokens", ["account_id"], unique=False)
    op.create_table(
        "replies",
        sa.Column("account_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("request", NAME, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", NAME, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_replies_account_id")),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_replies")),
    )
    op.create_index(op.f("ix_replies_at"), "replies", ["at"], unique=False)
    for statement in _kept():
        op.execute(sa.text(statement))


def downgrade() -> None:
    for table in ("replies", "tokens"):
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        for statement in _kept():
            if statement.startswith("CREATE FUNCTION"):
                op.execute("DROP FUNCTION " + statement.split()[2])
