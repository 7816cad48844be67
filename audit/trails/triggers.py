"""Triggers that refuse what is not audited, for both databases. A DBA can drop them: verification sees that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audit.trails.entries import ENTRY_BYTES


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuse an operation on a row when `condition` (SQL over NEW and OLD, `≠` for a null-safe inequality) holds.

    `replacing` is refused on SQLite besides: its OR REPLACE deletes the rows in its way without firing a trigger,
    and its foreign keys hold only for clients that ask for them.
    """

    name: str
    table: str
    operation: str  # INSERT, UPDATE or DELETE
    condition: str  # empty: refused on SQLite only
    sentence: str
    replacing: str = ""
    only_when: str = ""  # a part of `condition` that PostgreSQL can judge without calling the trigger's function

    def render(self, dialect: str) -> Iterator[str]:
        """The DDL statements for `sqlite` or `postgresql`."""
        sentence = self.sentence.replace("'", "''")
        if dialect == "sqlite":
            refused = " OR ".join(f"({each})" for each in (self.replacing, self.condition) if each)
            condition = refused.replace("≠", "IS NOT")
            yield (
                f"CREATE TRIGGER {self.name} BEFORE {self.operation} ON {self.table} "
                f"BEGIN SELECT RAISE(ABORT, '{sentence}') WHERE {condition}; END"
            )
            return
        if not self.condition:
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
            f"FOR EACH ROW {f'WHEN ({self.only_when}) ' if self.only_when else ''}EXECUTE FUNCTION {self.name}()"
        )


def kept(table: str) -> list[Guard]:
    """Rows of the table are never deleted."""
    return [Guard(f"{table}_kept", table, "DELETE", "1 = 1", f"rows of {table} are never deleted")]


def unchanged(table: str) -> list[Guard]:
    """Rows of the table are never changed or deleted."""
    return [*changeless(table), *kept(table)]


def changeless(table: str) -> list[Guard]:
    """Rows of the table are never changed."""
    return [Guard(f"{table}_unchanged", table, "UPDATE", "1 = 1", f"rows of {table} are never changed")]


def never_replaced(table: str, *key: str) -> Guard:
    """A row with the key of another never takes its place. The table has no rowid, or that would be one more key."""
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    taken = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
    return Guard(f"{table}_not_replaced", table, "INSERT", "", f"rows of {table} are never replaced", taken)


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
    "NEW.seq <> 1 AND NOT EXISTS (SELECT 1 FROM entries WHERE trail = NEW.trail AND seq = NEW.seq - 1)",
    "an entry follows the last entry of its trail",
    # A rowid given by the client might be another entry's, which OR REPLACE would then delete. Here it shows as -1
    # unless given. Without a rowid sweeps would write five times slower (measured), so entries keep theirs.
    "NEW.rowid <> -1 OR EXISTS (SELECT 1 FROM entries WHERE trail = NEW.trail AND seq = NEW.seq)",
    "NEW.seq <> 1",
)

_LEGAL = Guard(
    "entries_legal",
    "entries",
    "INSERT",
    "",
    "an entry takes an edge of the lifecycle it names",
    "NOT EXISTS (SELECT 1 FROM edges WHERE lifecycle = NEW.lifecycle AND action = NEW.action "
    "AND source = NEW.source AND state = NEW.state)",
)

_SHORT = Guard(
    "entries_short",
    "entries",
    "INSERT",
    f"length(NEW.body) > {ENTRY_BYTES}",
    "an entry is too long for the Merkle log",
)

_QUEUED = Guard(
    "pending_numbered",
    "pending",
    "INSERT",
    "",
    "a place in the queue is not chosen",
    "NEW.id <> -1",  # -1: not given. OR REPLACE on another's number would delete that entry's place
)

_SEALED_FIRST = Guard(
    "pending_kept",
    "pending",
    "DELETE",
    "NOT EXISTS (SELECT 1 FROM leaves WHERE trail = OLD.trail AND seq = OLD.seq)",
    "an entry leaves the queue for a place in the Merkle log",
)

_FILLED = Guard(
    "leaves_unchanged",
    "leaves",
    "UPDATE",
    "OLD.trail IS NOT NULL OR NEW.leaf_index <> OLD.leaf_index OR NOT EXISTS (SELECT 1 FROM entries "
    "JOIN pending ON pending.trail = entries.trail AND pending.seq = entries.seq "
    "WHERE entries.trail = NEW.trail AND entries.seq = NEW.seq AND entries.action = 'fill_place')",
    "rows of leaves are never changed",  # but for an empty place, which the entry takes that tells of it
    "EXISTS (SELECT 1 FROM leaves WHERE trail = NEW.trail AND seq = NEW.seq)",
)

_NEXT_PLACE = Guard(
    "leaves_contiguous",
    "leaves",
    "INSERT",
    "NEW.leaf_index <> (SELECT coalesce(max(leaf_index) + 1, 0) FROM leaves)",
    "a place in the Merkle log follows the last one",
    "EXISTS (SELECT 1 FROM leaves WHERE trail = NEW.trail AND seq = NEW.seq)",
)

_OCCUPIED = Guard(
    "leaves_occupied",
    "leaves",
    "INSERT",
    "(NEW.trail IS NULL OR NEW.seq IS NULL) AND NOT EXISTS (SELECT 1 FROM pending JOIN entries "
    "ON entries.trail = pending.trail AND entries.seq = pending.seq WHERE entries.action = 'resume')",
    "a place in the Merkle log is taken by an entry",  # or lost, as the entry says by which a restored log goes on
    "NEW.trail IS NOT NULL AND NOT EXISTS (SELECT 1 FROM entries WHERE trail = NEW.trail AND seq = NEW.seq)",
    "NEW.trail IS NULL OR NEW.seq IS NULL",
)

GUARDS: Sequence[Guard] = (
    *unchanged("lifecycles"),
    never_replaced("lifecycles", "hash"),
    *unchanged("edges"),
    never_replaced("edges", "lifecycle", "action", "source", "state"),
    *unchanged("entries"),
    _CONTIGUOUS,
    _LEGAL,
    _SHORT,
    *changeless("pending"),
    _SEALED_FIRST,
    _QUEUED,
    _FILLED,
    *kept("leaves"),
    _NEXT_PLACE,
    _OCCUPIED,
)


def queueing(dialect: str) -> Iterator[str]:
    """Every entry, whoever writes it, waits in `pending` for the Merkle log."""
    queue = "INSERT INTO pending (trail, seq) VALUES (NEW.trail, NEW.seq);"
    if dialect == "sqlite":
        given = "SELECT RAISE(ABORT, 'an entry does not choose its rowid') WHERE NEW.rowid < 1;"
        yield f"CREATE TRIGGER entries_queued AFTER INSERT ON entries BEGIN {given} {queue} END"
        return
    yield (f"CREATE FUNCTION entries_queued() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {queue} RETURN NULL; END $$")
    yield "CREATE TRIGGER entries_queued AFTER INSERT ON entries FOR EACH ROW EXECUTE FUNCTION entries_queued()"


def binding(dialect: str) -> Iterator[str]:
    """Bind the triggers' functions to their schema: a client's own temporary table `entries` would deceive them."""
    if dialect == "postgresql":
        yield (
            "DO $$ DECLARE guard text; BEGIN FOR guard IN SELECT DISTINCT tgfoid::regproc::text FROM pg_trigger "
            "JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace LOOP "
            "EXECUTE format('ALTER FUNCTION %s() SET search_path = %I, pg_temp', guard, current_schema()); "
            "END LOOP; END $$"
        )
