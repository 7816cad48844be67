"""Triggers that refuse what is not audited, for both databases. A DBA can drop them: verification sees that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuse an operation on a row when `condition` (SQL over NEW and OLD, `≠` for a null-safe inequality) holds."""

    name: str
    table: str
    operation: str  # INSERT, UPDATE or DELETE
    condition: str
    sentence: str

    def render(self, dialect: str) -> Iterator[str]:
        """The DDL statements for `sqlite` or `postgresql`."""
        sentence = self.sentence.replace("'", "''")
        if dialect == "sqlite":
            condition = self.condition.replace("≠", "IS NOT")
            yield (
                f"CREATE TRIGGER {self.name} BEFORE {self.operation} ON {self.table} "
                f"BEGIN SELECT RAISE(ABORT, '{sentence}') WHERE {condition}; END"
            )
            return
        condition = self.condition.replace("≠", "IS DISTINCT FROM")
        row = "OLD" if self.operation == "DELETE" else "NEW"
        yield (
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '{sentence.replace('%', '%%')}' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
        )
        yield (
            f"CREATE TRIGGER {self.name} BEFORE {self.operation} ON {self.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {self.name}()"
        )


def kept(table: str) -> list[Guard]:
    """Rows of the table are never deleted."""
    return [Guard(f"{table}_kept", table, "DELETE", "1 = 1", f"rows of {table} are never deleted")]


def unchanged(table: str) -> list[Guard]:
    """Rows of the table are never changed or deleted."""
    sentence = f"rows of {table} are never changed"
    return [Guard(f"{table}_unchanged", table, "UPDATE", "1 = 1", sentence), *kept(table)]


def emptying(table: str, dialect: str) -> Iterator[str]:
    """TRUNCATE fires no row trigger on PostgreSQL; SQLite has no TRUNCATE."""
    if dialect == "postgresql":
        yield (
            f"CREATE FUNCTION {table}_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{table} is never emptied'; END $$"
        )
        yield (
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_not_emptied()"
        )


_CONTIGUOUS = Guard(
    "entries_contiguous",
    "entries",
    "INSERT",
    # The first half also stops SQLite's INSERT OR REPLACE, which deletes without firing a trigger.
    "EXISTS (SELECT 1 FROM entries WHERE trail = NEW.trail AND seq = NEW.seq) OR (NEW.seq <> 1 AND NOT EXISTS "
    "(SELECT 1 FROM entries WHERE trail = NEW.trail AND seq = NEW.seq - 1))",
    "an entry follows the last entry of its trail",
)

GUARDS: Sequence[Guard] = (
    *unchanged("lifecycles"),
    *unchanged("edges"),
    *unchanged("entries"),
    _CONTIGUOUS,
)


def queueing(dialect: str) -> Iterator[str]:
    """Every entry, whoever writes it, waits in `pending` for the Merkle log."""
    queue = "INSERT INTO pending (trail, seq) VALUES (NEW.trail, NEW.seq);"
    if dialect == "sqlite":
        yield f"CREATE TRIGGER entries_queued AFTER INSERT ON entries BEGIN {queue} END"
        return
    yield (f"CREATE FUNCTION entries_queued() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {queue} RETURN NULL; END $$")
    yield "CREATE TRIGGER entries_queued AFTER INSERT ON entries FOR EACH ROW EXECUTE FUNCTION entries_queued()"
