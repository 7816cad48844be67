"""Replays every trail against the lifecycle it names, and holds the tables of today against what the trails tell."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

import audit
from audit import Fault, Head
from audit.tables import disclosures, entries, lifecycles
from commands.cases import deed
from commands.recording import as_json, as_text
from models.base import Attached, Audited, Base, table_of
from states.lifecycle import Lifecycle, Need, Role
from states.refusal import N_, RefusedError
from states.separation import Deed, Separation, separate

BATCH = 1_000

UNKNOWN_RULES = N_("names a lifecycle that the database does not hold")
WRONG_KIND = N_("names the lifecycle of another kind of subject (“{named}”)")
ILLEGAL = N_("the lifecycle it names does not allow it: {reason}")
NOT_FOLLOWING = N_("starts from the state “{source}”, but the entry before it ended in “{state}”")
NO_ROW = N_("the trail has no row in the table {table}")
OLD_HEAD = N_("the row of {table} points to entry {seq}, the trail ends at another")
OTHER_VALUE = N_("the column “{column}” of {table} says other than the trail")
NO_TRAIL = N_("the row of {table} has no audit entry")
UNTOLD_ROWS = N_("{number} row(s) of {table} stand there without an audit entry")
OTHER_ROW = N_("a row of {table} says other than the trail")


@dataclass
class Told:
    """One trail, folded: the last state, the values of columns, the attached rows."""

    trail: str
    state: str = "new"
    head: Head = audit.GENESIS
    columns: dict[str, Any] = field(default_factory=dict)
    rows: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    committed: dict[str, int] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)


def subjects() -> dict[str, type[Audited]]:
    """Kind → the class of its rows."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return {each.kind: each for each in mapped if issubclass(each, Audited)}


def _attached_tables() -> dict[str, Table]:
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return {each.__tablename__: table_of(each) for each in mapped if issubclass(each, Attached)}


class Replay:
    """Visits entries in order of trail and sequence; memory is bounded by `BATCH` trails."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        stored = connection.execute(select(lifecycles.c.hash, lifecycles.c.declared))
        self._rules = {digest.hex(): Lifecycle.parse(declared) for digest, declared in stored}
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
        told.columns.update(content["facts"].get("set", {}))
        told.committed.update(dict.fromkeys(content["fields"], head.seq))
        for table, rows in content["facts"].get("rows", {}).items():
            for row in rows:
                told.rows[table, _key(table, row)] = row

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
        """Compare the last trails, then look for rows that no trail tells of."""
        yield from self._turn("")
        yield from self._compare()
        for kind, model in self._subjects.items():
            table = table_of(model)
            trail = kind + ":" + table.c.id.cast(entries.c.trail.type)
            lost = select(table.c.id).outerjoin(entries, (entries.c.trail == trail) & (entries.c.seq == 1))
            for (lost_number,) in self._connection.execute(lost.where(entries.c.trail.is_(None))):
                yield Fault(f"{kind}:{lost_number}", 0, NO_TRAIL, {"table": table.name})
        for name, attached in _attached_tables().items():
            stored = self._connection.scalar(select(func.count()).select_from(attached)) or 0
            if stored > self._rows[name]:
                yield Fault(name, 0, UNTOLD_ROWS, {"table": name, "number": stored - self._rows[name]})

    def _compare(self) -> Iterator[Fault]:
        finished, self._finished = self._finished, []
        texts = self._texts(finished)
        by_kind: dict[str, dict[int, Told]] = {}
        for told in finished:
            kind, _, number = told.trail.partition(":")
            by_kind.setdefault(kind, {})[int(number)] = told
        for kind, trails in by_kind.items():
            table = table_of(self._subjects[kind])
            found = {row.id: row for row in self._connection.execute(select(table).where(table.c.id.in_(trails)))}
            for its_number, told in trails.items():
                if its_number not in found:
                    yield Fault(told.trail, told.head.seq, NO_ROW, {"table": table.name})
                else:
                    yield from _differences(told, self._subjects[kind], table, found[its_number], texts)
        yield from self._attached(finished, texts)

    def _texts(self, finished: list[Told]) -> dict[tuple[str, int, str], str]:
        wanted = [told.trail for told in finished if told.committed]
        found = self._connection.execute(select(disclosures).where(disclosures.c.trail.in_(wanted)))
        return {(row.trail, row.seq, row.field): row.value for row in found}

    def _attached(self, finished: list[Told], texts: dict[tuple[str, int, str], str]) -> Iterator[Fault]:
        for told in finished:
            for name, seq in told.committed.items():
                kind, slash, _ = name.partition("/")
                text = texts.get((told.trail, seq, name))
                if slash and text is not None:
                    row = json.loads(text)
                    told.rows[kind, _key(kind, row)] = row
            self._rows.update(name for name, _ in told.rows)
            for (name, _), row in told.rows.items():
                table = Base.metadata.tables[name]
                same = [table.c[key.name] == row[key.name] for key in table.primary_key]
                stored = self._connection.execute(select(table).where(*same)).one_or_none()
                if stored is None or any(as_json(getattr(stored, key)) != value for key, value in row.items()):
                    yield Fault(told.trail, told.head.seq, OTHER_ROW, {"table": name})


def _key(table: str, row: dict[str, Any]) -> str:
    return "/".join(str(row[key.name]) for key in Base.metadata.tables[table].primary_key)


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
            same = text is None or text == as_text(value)  # an erased text proves nothing either way
        else:
            same = told.columns.get(column) == as_json(value)
        if not same:
            yield Fault(told.trail, told.head.seq, OTHER_VALUE, {"table": table.name, "column": column})


def verify(connection: Connection) -> Iterator[Fault | int]:
    """Every fault of bytes, chains, replay and tables; in between the number of entries read so far."""
    replay = Replay(connection)
    yield from audit.verify_entries(connection, replay.visit)
    yield from replay.finish()
