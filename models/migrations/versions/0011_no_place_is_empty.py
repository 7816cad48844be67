"""A place in the Merkle log is taken by an entry: a plain client could stop the sealing by one that is empty."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _kept() -> list[str]:
    """The statements of this version for the database at hand."""
    path = Path(__file__).with_name("0011_triggers.json")
    kept: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return kept[op.get_context().dialect.name]


def upgrade() -> None:
    for statement in _kept():
        op.execute(sa.text(statement))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP TRIGGER leaves_occupied ON leaves")
        op.execute("DROP FUNCTION leaves_occupied()")
    else:
        op.execute("DROP TRIGGER leaves_occupied")
