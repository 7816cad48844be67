"""People sign in: passwords, sessions, invitations, failures."""

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
GUARDED = ("sessions", "invitations")


def _kept(version: str) -> list[str]:
    """The statements of a version for the database at hand."""
    path = Path(__file__).with_name(f"{version}_triggers.json")
    kept: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return kept[op.get_context().dialect.name]


def _is_of(statement: str, name: str) -> bool:
    return statement.startswith("CREATE") and statement.split()[2].removesuffix("()") == name


def _accounts_told(version: str) -> None:
    """The guard names the columns that it guards, so it is made anew."""
    postgresql = op.get_context().dialect.name == "postgresql"
    op.execute("DROP TRIGGER accounts_told" + (" ON accounts" if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION accounts_told()")
    for statement in _kept(version):
        if _is_of(statement, "accounts_told"):
            op.execute(sa.text(statement))


def _bind() -> None:
    """All functions of triggers to their schema."""
    for statement in _kept("0004"):
        if statement.startswith("DO"):
            op.execute(sa.text(statement))


def upgrade() -> None:
    op.add_column("accounts", sa.Column("credential", NAME, nullable=True))
    _tables()
    _accounts_told("0004")
    for statement in _kept("0004"):
        if statement.startswith("CREATE") and not _is_of(statement, "accounts_told"):
            op.execute(sa.text(statement))
    _bind()


def _tables() -> None:
    op.create_table(
        "failures",
        sa.Column("key", NAME, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_failures")),
    )
    op.create_table(
        "passwords",
        sa.Column("account_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("hash", NAME, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_passwords_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_passwords")),
    )
    op.create_table("sessions", *_secret("sessions", *_SESSION))
    op.create_table("invitations", *_secret("invitations", *_INVITATION))
    for table in GUARDED:
        op.create_index(op.f(f"ix_{table}_account_id"), table, ["account_id"], unique=False)


_SESSION = (
    ("began_at", MOMENT, False),
    ("until", MOMENT, False),
    ("ended_at", MOMENT, True),
    ("browser", NAME, False),
    ("address", NAME, False),
)
_INVITATION = (("until", MOMENT, False), ("used_at", MOMENT, True))


def _secret(table: str, *more: tuple[str, sa.types.TypeEngine[Any], bool]) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("secret", NAME, nullable=False),
        *(sa.Column(name, kind, nullable=nullable) for name, kind, nullable in more),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f(f"fk_{table}_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("secret", name=op.f(f"uq_{table}_secret")),
    ]


def downgrade() -> None:
    postgresql = op.get_context().dialect.name == "postgresql"
    for table in ("sessions", "invitations", "passwords", "failures"):
        op.drop_table(table)
    if postgresql:
        for statement in _kept("0004"):
            if statement.startswith("CREATE FUNCTION") and not _is_of(statement, "accounts_told"):
                op.execute("DROP FUNCTION " + statement.split()[2])
    _accounts_told("0001")
    if postgresql:
        _bind()
    op.execute("ALTER TABLE accounts DROP COLUMN credential")
