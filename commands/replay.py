"""Replays every trail against the lifecycle it names, and holds the tables of today against what the trails tell."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, String, Table, cast, func, literal_column, select

import audit
from audit import Fault, Head
from audit.tables import disclosures, entries, lifecycles
from audit.verification import tolerant
from commands.cases import deed
from commands.recording import as_json, as_text
from models.base import Attached, Audited, Base, table_of
from states.lifecycle import Lifecycle, Need, Role
from states.refusal import N_, RefusedError
from states.separation import Deed, Separation, separate
from states.subjects import KNOWN

BATCH = 1_000

UNKNOWN_RULES = N_("names a lifecycle that the database does not hold, or that no version of this program had")
FOREIGN_RULES = N_("the database holds a lifecycle that no version of this program had, or bytes that are not its own")
UNKNOWN_SUBJECT = N_("is the trail of no subject that there can be")
STRANGE = N_("tells of columns or rows in a way that this program never does")
WRONG_KIND = N_("names the lifecycle of another kind of subject (“{named}”)")
ILLEGAL = N_("the lifecycle it names does not allow it: {reason}")
NOT_FOLLOWING = N_("starts from the state “{source}”, but the entry before it ended in “{state}”")
NO_ROW = N_("the trail has no row in the table {table}")
OLD_HEAD = N_("the row of {table} points to entry {seq}, the trail ends at another")
OTHER_VALUE = N_("the column “{column}” of {table} says other than the trail")
UNPROVEN = N_("the column “{column}” of {table} holds a text that nothing proves: it was erased from the trail")
UNREADABLE_ROW = N_("the row of {table} holds something that its columns can't hold")
NO_TRAIL = N_("the row of {table} has no audit entry")
UNTOLD_ROWS = N_("{number} row(s) of {table} stand there without an audit entry")
OTHER_ROW = N_("a row of {table} says other than the trail")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A row attached to a trail, as the entry `seq` told it."""

    seq: int
    table: str
    columns: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, ...]:
        """The table and the primary key. Raises KeyError where the trail tells none."""
        keys = _attached()[self.table][1].primary_key
        return (self.table, *(str(self.columns[key.name]) for key in keys))


@dataclass
class Told:
    """One trail, folded: the last state, the values of columns, the attached rows."""

    trail: str
    state: str = "new"
    head: Head = audit.GENESIS
    columns: dict[str, Any] = field(default_factory=dict)
    rows: dict[tuple[str, ...], Attachment] = field(default_factory=dict)
    committed: dict[str, int] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)

    def add(self, row: Attachment) -> None:
        """A row told again replaces what was told of it before."""
        self.rows[row.key] = row


def subjects() -> dict[str, type[Audited]]:
    """Kind → the class of its rows."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return {each.kind: each for each in mapped if issubclass(each, Audited)}


@cache
def _attached() -> dict[str, tuple[type[Attached], Table]]:
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return {each.__tablename__: (each, table_of(each)) for each in mapped if issubclass(each, Attached)}


class Replay:
    """Visits entries in order of trail and sequence; memory is bounded by `BATCH` trails."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rules, self._foreign = _rules(connection)
        self._subjects = subjects()
        self._told = Told("")
        self._finished: list[Told] = []
        self._rows: Counter[str] = Counter()

    def visit(self, content: dict[str, Any], head: Head) -> Iterator[Fault]:
        """Replay one entry."""
        if content["trail"] != self._told.trail:
            yield from self._turn(content["trail"])
        told = self._told
        yield from self._judge(told, content)
        told.state, told.head = content["to"], head
        told.committed.update(dict.fromkeys(content["fields"], head.seq))
        try:
            told.columns.update(content["facts"].get("set", {}))
            for table, rows in content["facts"].get("rows", {}).items():
                for row in rows:
                    told.add(Attachment(head.seq, table, row))
        except (AttributeError, KeyError, TypeError, ValueError):
            yield Fault(content["trail"], head.seq, STRANGE)

    def _judge(self, told: Told, content: dict[str, Any]) -> Iterator[Fault]:
        place = (content["trail"], content["seq"])
        if content["from"] != told.state:
            yield Fault(*place, NOT_FOLLOWING, {"source": content["from"], "state": told.state})
        rules = self._rules.get(content["lifecycle"])
        if rules is None:
            yield Fault(*place, UNKNOWN_RULES)
            return
        if rules.name != content["trail"].partition(":")[0]:
            yield Fault(*place, WRONG_KIND, {"named": rules.name})
            return
        try:
            _check(rules, content, told.deeds)
        except (RefusedError, ValueError, KeyError) as error:
            yield Fault(*place, ILLEGAL, {"reason": str(error)})
        if content["action"] in ("submit", "review"):
            told.deeds.append(deed(content))

    def _turn(self, trail: str) -> Iterator[Fault]:
        if self._told.trail:
            self._finished.append(self._told)
        self._told = Told(trail)
        if len(self._finished) >= BATCH:
            yield from self._compare()

    def finish(self) -> Iterator[Fault]:
        """Compare the last trails, then look for rows and rules that no trail accounts for."""
        yield from self._turn("")
        yield from self._compare()
        yield from (Fault(f"lifecycle:{digest.hex()[:16]}", 0, FOREIGN_RULES) for digest in self._foreign)
        for kind, model in self._subjects.items():
            table = table_of(model)
            trail = kind + ":" + table.c.id.cast(entries.c.trail.type)
            lost = select(table.c.id).outerjoin(entries, (entries.c.trail == trail) & (entries.c.seq == 1))
            for (lost_number,) in self._connection.execute(lost.where(entries.c.trail.is_(None))):
                yield Fault(f"{kind}:{lost_number}", 0, NO_TRAIL, {"table": table.name})
        for name, (_, attached) in _attached().items():
            stored = self._connection.scalar(select(func.count()).select_from(attached)) or 0
            if stored > self._rows[name]:
                yield Fault(name, 0, UNTOLD_ROWS, {"table": name, "number": stored - self._rows[name]})

    def _compare(self) -> Iterator[Fault]:
        finished, self._finished = self._finished, []
        texts = self._texts(finished)
        by_kind: dict[str, dict[int, Told]] = {}
        for told in finished:
            kind, _, number = told.trail.partition(":")
            # One spelling only: `1_0` is ten to int() as well, and would hide the trail of ten.
            if kind in self._subjects and _NUMBER.fullmatch(number):
                by_kind.setdefault(kind, {})[int(number)] = told
            else:
                yield Fault(told.trail, told.head.seq, UNKNOWN_SUBJECT)
        for kind, trails in by_kind.items():
            table = table_of(self._subjects[kind])
            found = {row.id: row for row in self._read(table, trails)}
            for its_number, told in trails.items():
                place = (told.trail, told.head.seq)
                if its_number in found:
                    yield from _differences(told, self._subjects[kind], table, found[its_number], texts)
                elif self._connection.scalar(select(table.c.id).where(table.c.id == its_number)):
                    yield Fault(*place, UNREADABLE_ROW, {"table": table.name})
                else:
                    yield Fault(*place, NO_ROW, {"table": table.name})
        for told in finished:
            yield from self._compare_attached(told, texts)

    def _read(self, table: Table, numbers: Iterable[int]) -> list[Row[Any]]:
        """The rows that can be read: SQLite keeps in a column whatever it is given."""
        wanted = list(numbers)
        try:
            return list(self._connection.execute(select(table).where(table.c.id.in_(wanted))))
        except (TypeError, ValueError):
            if len(wanted) == 1:
                return []
            return [row for number in wanted for row in self._read(table, [number])]

    def _texts(self, finished: list[Told]) -> dict[tuple[str, int, str], str]:
        wanted = [told.trail for told in finished if told.committed]
        found = self._connection.execute(select(disclosures).where(disclosures.c.trail.in_(wanted)))
        return {(row.trail, row.seq, row.field): row.value for row in found}

    def _compare_attached(self, told: Told, texts: dict[tuple[str, int, str], str]) -> Iterator[Fault]:
        for name, seq in told.committed.items():
            table, slash, _ = name.partition("/")
            text = texts.get((told.trail, seq, name))
            if slash and text is not None:
                try:
                    told.add(Attachment(seq, table, json.loads(text)))
                except (KeyError, TypeError, ValueError):
                    yield Fault(told.trail, seq, STRANGE)
        for row in told.rows.values():
            if self._stands(told.trail, row):
                self._rows[row.table] += 1
            else:
                yield Fault(told.trail, row.seq, OTHER_ROW, {"table": row.table})

    def _stands(self, trail: str, row: Attachment) -> bool:
        """Whether the row is in the table as told, by this entry and in this trail."""
        model, table = _attached()[row.table]
        its_trail = literal_column(model.trail_of.format(row=table.name)).label("its_trail")
        same = [cast(table.c[key.name], String) == str(row.columns[key.name]) for key in table.primary_key]
        try:
            stored = self._connection.execute(select(table, its_trail).where(*same)).one_or_none()
        except (TypeError, ValueError):
            return False
        if stored is None or (stored.its_trail, stored.seq) != (trail, row.seq):
            return False
        return all(
            hasattr(stored, name) and as_json(getattr(stored, name)) == row.columns[name] for name in row.columns
        )


_NUMBER = re.compile("[1-9][0-9]{0,17}")


def _rules(connection: Connection) -> tuple[dict[str, Lifecycle], list[bytes]]:
    """Lifecycles by hash (hex), and the hashes of those that can't be trusted."""
    rules, foreign = {}, []
    for digest, declared in connection.execute(select(lifecycles.c.hash, lifecycles.c.declared)):
        if digest in KNOWN and hashlib.sha256(declared).digest() == digest:
            rules[digest.hex()] = Lifecycle.parse(declared)
        else:
            foreign.append(digest)
    return rules, foreign


def _check(rules: Lifecycle, content: dict[str, Any], deeds: list[Deed]) -> None:
    state = rules.move(content["from"], content["action"], Role(content["role"]))
    if state != content["to"]:
        raise ValueError(f"{content['action']} leads to {state}, not to {content['to']}")
    if Need.SEPARATION in rules.edge(content["action"]).needs:
        separate(Separation(content["facts"]["separation"]), deeds, deed(content))


def _differences(
    told: Told, model: type[Audited], table: Table, row: Row[Any], texts: dict[tuple[str, int, str], str]
) -> Iterator[Fault]:
    if (row.seq, row.entry_hash, row.state) != (told.head.seq, told.head.hash, told.state):
        yield Fault(told.trail, told.head.seq, OLD_HEAD, {"table": table.name, "seq": row.seq})
    free = {"id", "state", "seq", "entry_hash", *model.unguarded}
    for column in (each.name for each in table.columns if each.name not in free):
        value = getattr(row, column)
        if column in model.committed:
            text = texts.get((told.trail, told.committed.get(column, 0), column))
            if text is None and value is not None:
                yield Fault(told.trail, told.head.seq, UNPROVEN, {"table": table.name, "column": column})
            same = text is None or text == as_text(value)
        else:
            same = told.columns.get(column) == as_json(value)
        if not same:
            yield Fault(told.trail, told.head.seq, OTHER_VALUE, {"table": table.name, "column": column})


def verify(connection: Connection) -> Iterator[Fault | int]:
    """Every fault of bytes, chains, replay and tables; in between the number of entries read so far."""
    with tolerant(connection):
        replay = Replay(connection)
        yield from audit.verify_entries(connection, replay.visit)
        yield from replay.finish()
