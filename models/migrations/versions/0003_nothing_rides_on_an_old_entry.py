"""Attached rows come before their subject reaches the entry; the clock is fixed; nothing leaves the queue."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _kept(version: str) -> list[str]:
    """The statements of a version for the database at hand."""
    path = Path(__file__).with_name(f"{version}_triggers.json")
    kept: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return kept[op.get_context().dialect.name]


def _named(statements: list[str]) -> dict[str, list[str]]:
    """Statements by the trigger that they make; on PostgreSQL each has a function of its name."""
    named: dict[str, list[str]] = {}
    for each in statements:
        if each.startswith("CREATE"):
            named.setdefault(each.split()[2].removesuffix("()"), []).append(each)
    return named


def _drop(name: str, statements: list[str]) -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {name} ON {statements[-1].partition(' ON ')[2].split()[0]}")
        op.execute(f"DROP FUNCTION {name}()")
    else:
        op.execute(f"DROP TRIGGER {name}")


def _exchange(old: dict[str, list[str]], new: dict[str, list[str]]) -> None:
    for name, statements in old.items():
        _drop(name, statements)
    for statements in new.values():
        for each in statements:
            op.execute(sa.text(each))
    for each in _kept("0003"):
        if each.startswith("DO"):  # binds all functions to their schema
            op.execute(sa.text(each))


def _both() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What these guards were before (the latest version of each), and what they are now."""
    new = _named(_kept("0003"))
    before = _named(_kept("0001")) | _named(_kept("0002"))
    return {name: before[name] for name in new if name in before}, new


def upgrade() -> None:
    old, new = _both()
    _exchange(old, new)


def downgrade() -> None:
    old, new = _both()
    _exchange(new, old)
