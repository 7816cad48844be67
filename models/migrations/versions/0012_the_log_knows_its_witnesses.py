"""The log knows its witnesses, and an empty place of it can be filled by the entry that tells of that."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _kept(version: str) -> dict[str, list[str]]:
    """The statements of a version for the database at hand, by the trigger that they make."""
    path = Path(__file__).with_name(f"{version}_triggers.json")
    statements: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    named: dict[str, list[str]] = {}
    for each in statements[op.get_context().dialect.name]:
        if each.startswith("CREATE"):
            named.setdefault(each.split()[2].removesuffix("()"), []).append(each)
    return named


def _before() -> dict[str, list[str]]:
    return {name: statements for name, statements in _kept("0005").items() if name in _kept("0012")}


def _drop(named: dict[str, list[str]]) -> None:
    for name, statements in named.items():
        if op.get_context().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON {statements[-1].partition(' ON ')[2].split()[0]}")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")


def _make(named: dict[str, list[str]]) -> None:
    for statements in named.values():
        for each in statements:
            op.execute(sa.text(each))
    if op.get_context().dialect.name == "postgresql":
        _bind(named)


def _bind(named: dict[str, list[str]]) -> None:
    """Functions look for tables in their own schema: a client's temporary table would deceive them."""
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    for name in named:
        op.execute(f"ALTER FUNCTION {name}() SET search_path = {schema}, pg_temp")


def upgrade() -> None:
    op.add_column("logs", sa.Column("witnesses", NAME, nullable=True))
    _drop(_before())
    _make(_kept("0012"))


def downgrade() -> None:
    _drop(_kept("0012"))
    op.execute("ALTER TABLE logs DROP COLUMN witnesses")
    _make(_before())
