"""Holds the tables of today against what the trails tell of them."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Row,
    String,
    Table,
    func,
    literal_column,
    select,
    type_coerce,
)

from audit.trails.canonical_json import CanonicalError, canonical
from audit.trails.tables import disclosures, entries
from audit.trails.verify import Fault
from commands.recording.changes import as_json, as_text
from commands.recording.stored_entries import STUMBLING
from commands.recording.trail_fold import STRANGE, FoldedTrail, Line, attached, subjects
from models.base import Audited, table_of
from states.refusal import N_

UNKNOWN_SUBJECT = N_("is the trail of no subject that there can be")
NO_ROW = N_("the trail has no row in the table {table}")
NOT_ALONE = N_("{number} rows of {table} have this number")
OLD_HEAD = N_("the row of {table} points to entry {seq}, the trail ends at another")
OTHER_VALUE = N_("the column “{column}” of {table} says other than the trail")
UNPROVEN = N_("the column “{column}” of {table} holds a text that nothing proves: it was erased from the trail")
UNREADABLE_ROW = N_("the row of {table} holds something that its columns can't hold")
NO_TRAIL = N_("the row of {table} has no audit entry")
UNTOLD_ROWS = N_("{number} row(s) of {table} stand there without an audit entry")
OTHER_ROW = N_("a row of {table} says other than the trail")

Texts = Mapping[tuple[str, int, str], str]
"""Disclosed texts by trail, sequence and field."""

_NUMBER = re.compile("[1-9][0-9]{0,17}")


class Comparison:
    """Compares batches of folded trails, and remembers how many attached rows they account for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._subjects = subjects()
        self._accounted: Counter[str] = Counter()

    def compare(self, trails: Iterable[FoldedTrail]) -> Iterator[Fault]:
        """Every difference between these trails and the rows they tell of."""
        by_kind: dict[str, dict[int, FoldedTrail]] = {}
        for told in trails:
            kind, _, number = told.trail.partition(":")
            # One spelling only: to int() `1_0` is ten as well, and would stand in for the trail of ten.
            if kind in self._subjects and _NUMBER.fullmatch(number):
                by_kind.setdefault(kind, {})[int(number)] = told
            else:
                yield Fault(told.trail, told.head.seq, UNKNOWN_SUBJECT)
        for kind, numbered in by_kind.items():
            texts = self._texts(numbered.values())
            yield from self._compare_rows(self._subjects[kind], numbered, texts)
            for told in numbered.values():
                yield from self._compare_attached(told, texts)

    def unaccounted(self, *, whole: bool) -> Iterator[Fault]:
        """Rows that no trail tells of; attached ones only when the whole log was compared."""
        for kind, model in self._subjects.items():
            table = table_of(model)
            trail = kind + ":" + table.c.id.cast(entries.c.trail.type)
            lost = select(table.c.id).outerjoin(entries, (entries.c.trail == trail) & (entries.c.seq == 1))
            for (number,) in self._connection.execute(lost.where(entries.c.trail.is_(None))):
                yield Fault(f"{kind}:{number}", 0, NO_TRAIL, {"table": table.name})
        for name, (_, table) in attached().items() if whole else ():
            stored = self._connection.scalar(select(func.count()).select_from(table)) or 0
            if stored > self._accounted[name]:
                yield Fault(name, 0, UNTOLD_ROWS, {"table": name, "number": stored - self._accounted[name]})

    def _texts(self, trails: Iterable[FoldedTrail]) -> Texts:
        wanted = [told.trail for told in trails if told.committed]
        found = self._connection.execute(select(disclosures).where(disclosures.c.trail.in_(wanted)))
        return {(row.trail, row.seq, row.field): row.value for row in found}

    def _compare_rows(self, model: type[Audited], trails: Mapping[int, FoldedTrail], texts: Texts) -> Iterator[Fault]:
        table = table_of(model)
        there = set(self._connection.scalars(select(table.c.id).where(table.c.id.in_(trails))))
        read = self._read(table, list(there))
        found = {row.id: row for row in read}
        for number, times in Counter(row.id for row in read).items() if len(read) > len(found) else ():
            if times > 1:
                told_of: dict[str, object] = {"table": table.name, "number": times}
                yield Fault(trails[number].trail, trails[number].head.seq, NOT_ALONE, told_of)
        for number, told in trails.items():
            if number in found:
                yield from _differences(told, model, table, found[number], texts)
            else:
                missing = UNREADABLE_ROW if number in there else NO_ROW
                yield Fault(told.trail, told.head.seq, missing, {"table": table.name})

    def _read(self, table: Table, numbers: list[int]) -> list[Row[Any]]:
        """The rows that can be read; SQLite keeps in a column whatever it is given."""
        # SQLite knows no booleans and would show as true what is neither.
        columns = [type_coerce(each, Integer).label(each.name) if self._raw(each) else each for each in table.columns]
        try:
            return list(self._connection.execute(select(*columns).where(table.c.id.in_(numbers))))
        except STUMBLING:
            if len(numbers) == 1:
                return []
            return [row for number in numbers for row in self._read(table, [number])]

    def _raw(self, column: Column[Any]) -> bool:
        return isinstance(column.type, Boolean) and self._connection.dialect.name == "sqlite"

    def _compare_attached(self, told: FoldedTrail, texts: Texts) -> Iterator[Fault]:
        for name, seq in told.committed.items():
            table, slash, _ = name.partition("/")
            text = texts.get((told.trail, seq, name))
            if slash and text is not None:
                try:
                    told.add(Line(seq, table, json.loads(text)))
                except (KeyError, *STUMBLING):
                    yield Fault(told.trail, seq, STRANGE)
        for line in told.lines.values():
            if self._stands(told.trail, line):
                self._accounted[line.table] += 1
            else:
                yield Fault(told.trail, line.seq, OTHER_ROW, {"table": line.table})

    def _stands(self, trail: str, line: Line) -> bool:
        """Whether the row is there as told, by this entry and in this trail."""
        model, table = attached()[line.table]
        its_trail: ColumnElement[str] = literal_column(model.trail_of(table.name), String)
        same = [table.c[key.name] == line.columns[key.name] for key in table.primary_key]
        try:
            stored = self._connection.execute(select(table, its_trail.label("its_trail")).where(*same)).one_or_none()
        except STUMBLING:
            return False
        if stored is None or (stored.its_trail, stored.seq) != (trail, line.seq):
            return False
        return all(
            hasattr(stored, name) and alike(as_json(getattr(stored, name)), told) for name, told in line.columns.items()
        )


def alike(one: Any, other: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether two values are the same; lists and objects as they are written, because to Python true is one."""
    return one == other and (not isinstance(one, dict | list) or canonical(one) == canonical(other))


def _differences(told: FoldedTrail, model: type[Audited], table: Table, row: Row[Any], texts: Texts) -> Iterator[Fault]:
    place = (told.trail, told.head.seq)
    if (row.seq, row.entry_hash, row.state) != (told.head.seq, told.head.hash, told.state):
        yield Fault(*place, OLD_HEAD, {"table": table.name, "seq": row.seq})
    free = {"id", "state", "seq", "entry_hash", *model.unguarded}
    for column in (each.name for each in table.columns if each.name not in free):
        value = getattr(row, column)
        told_of: dict[str, object] = {"table": table.name, "column": column}
        if column not in model.committed:
            if not alike(told.columns.get(column), as_json(value)):
                yield Fault(*place, OTHER_VALUE, told_of)
            continue
        text = texts.get((told.trail, told.committed.get(column, 0), column))
        if text is None and value is not None:
            yield Fault(*place, UNPROVEN, told_of)
        elif text is not None and text != _as_text(value):
            yield Fault(*place, OTHER_VALUE, told_of)


def _as_text(value: object) -> str | None:
    try:
        return as_text(value)
    except CanonicalError:
        return None
