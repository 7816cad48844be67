"""Re-reads every stored byte of the log: hashes, chains, counts, columns, commitments. Trusts no column."""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from operator import methodcaller
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Row, Select, String, func, select, tuple_, type_coerce

from audit.trails.canonical_json import CanonicalError
from audit.trails.commitments import Commitment, opens
from audit.trails.entries import GENESIS, Head, digest, read
from audit.trails.tables import disclosures, entries, leaves, pending

BATCH = 5_000
_COLUMNS = ("trail", "seq", "lifecycle", "action", "source", "state", "at")


@dataclass(frozen=True)
class Fault:
    """Something is off at one entry. `template` with `values` is the sentence (English; translated where shown)."""

    trail: str
    seq: int
    template: str
    values: dict[str, object] = field(default_factory=dict)

    BYTES: ClassVar = "the stored bytes do not give the stored hash: the entry was changed after it was written"
    UNREADABLE: ClassVar = "the stored bytes are not an entry in canonical form"
    CHAIN: ClassVar = "does not follow the entry before it: an entry was removed, replaced or put in between"
    COLUMN: ClassVar = "the column “{column}” says other than the entry's bytes"
    DISCLOSED: ClassVar = "the text disclosed as “{field}” is not what the entry committed to"
    TAKEN: ClassVar = "the text “{field}” was taken away without an act of destruction"
    STRAY: ClassVar = "a text is disclosed as “{field}”, but the entry has no such field"
    ORPHAN: ClassVar = "a disclosed text, or a place in the Merkle log or in the queue, stands without its entry"
    UNQUEUED: ClassVar = "has no place in the Merkle log and does not wait for one"

    def __str__(self) -> str:
        return f"{self.trail}/{self.seq}: {self.template.format(**self.values)}"


@dataclass(frozen=True)
class Remark(Fault):
    """Something to be known about one entry that proves nothing wrong."""


Erasures = dict[tuple[str, int, str], str]
"""Commitments of destroyed texts by trail, sequence and field."""
Visit = Callable[[dict[str, Any], Head, Mapping[str, str]], Iterator[Fault]]
"""Called with each readable entry's content, its head and its disclosed texts, in order of trail and sequence; yields
further faults.
"""


@contextmanager
def tolerant(connection: Connection) -> Iterator[None]:
    """Let SQLite hand out text that is not UTF-8 (as replaced characters), so that it is found, not stumbled over."""
    raw = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or raw is None:
        yield
        return
    before, raw.text_factory = raw.text_factory, methodcaller("decode", errors="replace")
    try:
        yield
    finally:
        raw.text_factory = before


Trails = Select[tuple[str]] | CompoundSelect[tuple[str]]


def touched(size: int) -> Trails:
    """The trails that were written to since the log held so many entries."""
    return select(leaves.c.trail).where(leaves.c.leaf_index >= size).union(select(pending.c.trail))


def verify_entries(
    connection: Connection, visit: Visit | None = None, only: Trails | None = None, *, texts: bool = True
) -> Iterator[Fault | int]:
    """Yield every fault found, and after each batch the number of entries read so far. Constant memory.

    `only`: of these trails, each from its first entry on. `texts`: with what was disclosed to them.
    """
    previous, head, checked = "", GENESIS, 0
    with tolerant(connection):
        erased = erasures(connection) if texts else {}
        with closing(_batches(connection, only)) as batches:
            for batch in batches:
                shown = _shown(connection, batch, only) if texts else {}
                for row in batch:
                    trail, seq, *_ = row
                    if trail != previous:
                        previous, head = trail, GENESIS
                    disclosed = shown.get((trail, seq), [])
                    content = yield from _check(row, head)
                    if content is not None and texts:
                        yield from _check_disclosed(row, content["fields"], disclosed, erased)
                    head = Head(seq if isinstance(seq, int) else head.seq + 1, row.hash)
                    if visit and content is not None:
                        yield from visit(content, head, {each.field: each.value for each in disclosed})
                checked += len(batch)
                yield checked


def erasures(connection: Connection) -> Erasures:
    """Erasures of texts, as the log's own trail tells them."""
    found: Erasures = {}
    acts = select(entries.c.body).where(entries.c.trail.like("log:%"), entries.c.action == "erase")
    for body in connection.scalars(acts):
        try:
            for each in read(body)["facts"]["erased"]:
                found[each["trail"], each["seq"], each["field"]] = each["digest"]
        except (CanonicalError, KeyError, TypeError, AttributeError):
            continue  # such an entry is named itself
    return found


def _batches(connection: Connection, only: Trails | None) -> Generator[Sequence[Row[Any]]]:
    """Rows of `_COLUMNS`, the hash and the bytes."""
    columns = (*entries.c[_COLUMNS[:-1]], _moment(connection.dialect.name).label("at"), *entries.c["hash", "body"])
    ordered = select(*columns).order_by(entries.c.trail, entries.c.seq)
    ordered = ordered if only is None else ordered.where(entries.c.trail.in_(only))
    with connection.execute(ordered.execution_options(yield_per=BATCH)) as rows:
        yield from rows.partitions()


def _moment(dialect: str) -> ColumnElement[str]:
    """The column `at` as text: SQLite may hold a number there and PostgreSQL infinity, which are no moments to us."""
    if dialect == "sqlite":
        return type_coerce(entries.c.at, String)
    shown = func.to_char(func.timezone("UTC", entries.c.at), "YYYY-MM-DD HH24:MI:SS.US AD")
    return func.replace(shown, " AD", "")


def _shown(
    connection: Connection, batch: Sequence[Row[Any]], only: Trails | None
) -> dict[tuple[str, int], list[Commitment]]:
    place = tuple_(disclosures.c.trail, disclosures.c.seq)
    first, last = ((batch[i].trail, batch[i].seq) for i in (0, -1))
    shown: dict[tuple[str, int], list[Commitment]] = defaultdict(list)
    wanted = select(disclosures).where(place >= first, place <= last)
    if only is not None:  # between two that were touched lie many that were not
        wanted = wanted.where(disclosures.c.trail.in_({row.trail for row in batch}))
    for row in connection.execute(wanted):
        shown[row.trail, row.seq].append(Commitment(row.field, row.value, row.salt))
    return shown


def _check(row: Row[Any], head: Head) -> Generator[Fault, None, dict[str, Any] | None]:
    """Faults of one entry; returns its content, or None if it cannot be read."""
    *columns, at, sealed, body = row
    trail, seq, *_ = columns
    body = body if isinstance(body, bytes) else b""
    if digest(body) != sealed:
        yield Fault(trail, seq, Fault.BYTES)
    try:
        content = read(body)
    except CanonicalError:
        yield Fault(trail, seq, Fault.UNREADABLE)
        return None
    if seq != head.seq + 1 or bytes.fromhex(content["prev"] or "") != head.hash:
        yield Fault(trail, seq, Fault.CHAIN)
    stored = (*columns, f"{at}Z".replace(" ", "T"))
    if stored != (told := _column_values(content)):
        for column, has, should in zip(_COLUMNS, stored, told, strict=True):
            if has != should:
                yield Fault(trail, seq, Fault.COLUMN, {"column": column})
    return content


def _check_disclosed(
    row: Row[Any], fields: dict[str, str], shown: list[Commitment], erased: Erasures
) -> Iterator[Fault]:
    for each in shown:
        if each.field not in fields:
            yield Fault(row.trail, row.seq, Fault.STRAY, {"field": each.field})
        elif not _opens(each, fields[each.field]):
            yield Fault(row.trail, row.seq, Fault.DISCLOSED, {"field": each.field})
    if lacking := fields.keys() - {each.field for each in shown}:
        # An erasure names the commitment of what it destroyed; of another text it excuses nothing.
        gone = [each for each in lacking if erased.get((row.trail, row.seq, each)) != fields[each]]
        yield from (Fault(row.trail, row.seq, Fault.TAKEN, {"field": field}) for field in sorted(gone))


def _opens(each: Commitment, promised: str) -> bool:
    try:
        return opens(each, promised)
    except (TypeError, ValueError):  # no text, no salt or no digest at all
        return False


def _column_values(content: dict[str, Any]) -> tuple[object, ...]:
    """The values of `_COLUMNS` in an entry's bytes."""
    moved = (content["action"], content["from"], content["to"], content["at"])
    return (content["trail"], content["seq"], bytes.fromhex(content["lifecycle"]), *moved)


def verify_places(connection: Connection) -> Iterator[Fault]:
    """Texts and places without their entry, and entries that have no place and wait for none."""
    yield from _orphans(connection)
    yield from _unqueued(connection)


def _orphans(connection: Connection) -> Iterator[Fault]:
    for table in (disclosures, pending, leaves):
        lost = (
            select(table.c.trail, table.c.seq)
            .outerjoin(entries, (entries.c.trail == table.c.trail) & (entries.c.seq == table.c.seq))
            .where(entries.c.trail.is_(None), table.c.trail.is_not(None))
            .distinct()
        )
        yield from (Fault(row.trail, row.seq, Fault.ORPHAN) for row in connection.execute(lost))


def _unqueued(connection: Connection) -> Iterator[Fault]:
    """Entries that were taken out of the queue, or out of the log."""
    # EXCEPT, because a join would have SQLite build an index over the whole queue first.
    there = (select(table.c.trail, table.c.seq) for table in (leaves, pending))
    lost = select(entries.c.trail, entries.c.seq).except_(*there)
    yield from (Fault(row.trail, row.seq, Fault.UNQUEUED) for row in connection.execute(lost))


def count(connection: Connection) -> int:
    """The number of entries in the log, for a progress bar."""
    return connection.scalar(select(func.count()).select_from(entries)) or 0
