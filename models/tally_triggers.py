"""Triggers that count assignments as they change, so that nobody needs to count a million of them to draw a page.

On PostgreSQL each statement adds rows of its own, because writers who added to the same row would wait for each other.
SQLite has one writer at a time.
"""

from collections.abc import Iterator

_SAME = "item_id = {row}.item_id AND state = {row}.state AND due IS {row}.due"
_CHANGED = "NEW.item_id IS NOT OLD.item_id OR NEW.state IS NOT OLD.state OR NEW.due IS NOT OLD.due"
_ADDED = "SELECT item_id, state, due, 1 AS number FROM added"
_GONE = "SELECT item_id, state, due, -1 FROM gone"


def statements(dialect: str) -> Iterator[str]:
    """The DDL statements for `sqlite` or `postgresql`."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def _sqlite() -> Iterator[str]:
    added = _stepped("NEW", 1)
    yield f"CREATE TRIGGER assignments_tallied AFTER INSERT ON assignments BEGIN {added} END"
    moved = f"{_stepped('OLD', -1)} {added}"
    yield (
        "CREATE TRIGGER assignments_tallied_again AFTER UPDATE OF item_id, state, due ON assignments "
        f"WHEN {_CHANGED} BEGIN {moved} END"
    )


def _stepped(row: str, step: int) -> str:
    same = _SAME.format(row=row)
    return (
        f"INSERT INTO tallies (item_id, state, due, number) SELECT {row}.item_id, {row}.state, {row}.due, 0 "
        f"WHERE NOT EXISTS (SELECT 1 FROM tallies WHERE {same}); "
        f"UPDATE tallies SET number = number + {step} WHERE {same};"
    )


def _postgresql() -> Iterator[str]:
    for name, event, tables, rows in (
        ("assignments_tallied", "INSERT", "NEW TABLE AS added", _ADDED),
        (
            "assignments_tallied_again",
            "UPDATE",
            "OLD TABLE AS gone NEW TABLE AS added",
            f"{_ADDED} UNION ALL {_GONE}",
        ),
    ):
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "INSERT INTO tallies (item_id, state, due, number) SELECT item_id, state, due, sum(number) "
            f"FROM ({rows}) AS changed GROUP BY item_id, state, due HAVING sum(number) <> 0; RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER {name} AFTER {event} ON assignments REFERENCING {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
