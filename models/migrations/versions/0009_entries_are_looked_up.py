"""Entries of a whole archive are looked up by index: by time, by action, by who acted, by words that they disclose.

And so is what waits for the ministry.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ACTOR = "substring(encode(body, 'escape'), '\"actor\":([0-9]+),')"
_FOR = "substring(encode(body, 'escape'), '\"for\":([0-9]+),')"
_ON_POSTGRESQL = (
    f"CREATE INDEX ix_entries_actor ON entries ({_ACTOR}, at)",
    f"CREATE INDEX ix_entries_for ON entries ({_FOR}, at) WHERE {_FOR} IS NOT NULL",
    "CREATE INDEX ix_disclosures_words ON disclosures USING gin (to_tsvector('simple', left(value, 100000)))",
)
_OF_PERSONS = {f"ix_assignments_{column}": column for column in ("assignee_id", "reviewer_id")}
_OF_ASSIGNMENTS = (
    ("ix_assignments_at_ministry", ["state", "review_due", "id"], "state IN ('submitted', 'reviewed')"),
    ("ix_assignments_to_review", ["reviewer_id", "review_due", "id"], "state = 'submitted'"),
    ("ix_assignments_nobodys", ["review_due", "id"], "state = 'submitted' AND reviewer_id IS NULL"),
    ("ix_assignments_extension_asked", ["extension_asked"], "extension_asked IS NOT NULL"),
    *(
        (name, [column, "state", "due", "item_id", "waits_for", "id"], f"{column} IS NOT NULL")
        for name, column in _OF_PERSONS.items()
    ),
)
_NAMES = ("ix_entries_actor", "ix_entries_for", "ix_disclosures_words")


def _is_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"


def upgrade() -> None:
    op.drop_index("ix_entries_at", table_name="entries")
    op.create_index("ix_entries_at", "entries", ["at", "trail", "seq"])
    op.create_index("ix_entries_action", "entries", ["action", "at", "trail", "seq"])
    for name in _OF_PERSONS:
        op.drop_index(name, table_name="assignments")
    for name, columns, where in _OF_ASSIGNMENTS:
        op.create_index(name, "assignments", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    if _is_postgresql():
        for statement in _ON_POSTGRESQL:
            op.execute(statement)


def downgrade() -> None:
    if _is_postgresql():
        for name in _NAMES:
            op.execute(f"DROP INDEX {name}")
    for name, *_ in _OF_ASSIGNMENTS:
        op.drop_index(name, table_name="assignments")
    for name, column in _OF_PERSONS.items():
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(name, "assignments", [column], sqlite_where=where, postgresql_where=where)
    op.drop_index("ix_entries_action", table_name="entries")
    op.drop_index("ix_entries_at", table_name="entries")
    op.create_index("ix_entries_at", "entries", ["at"])
