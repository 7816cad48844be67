"""The one door of writing: a change becomes an audit entry and a row, in the transaction that is open.

Nothing else may store entries (an import contract says so); a row that moves without one is refused by the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, Table, Update, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from audit.trails.entries import ENTRY_BYTES, GENESIS, Entry, Head, Record, TooLongError
from audit.trails.entries import seal as seal_record
from audit.trails.entry_store import store
from audit.trails.lookup import trail_of
from audit.trails.tables import entries
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.recording.changes import Change, facts_and_texts
from models.base import Attached, Audited, table_of
from models.instance import Counter
from models.outbox import Notice
from states.actions import Action
from states.lifecycle import NEW
from states.refusal import TooLargeError
from states.subjects import LIFECYCLES, Kind, Subject

log = structlog.get_logger("poruchenie")


class EntryTooLongError(TooLargeError):
    """More than one entry of the audit log takes."""

    template = (
        "This would make an entry of {length} bytes in the audit log, where {most} are the most. Nothing was done: "
        "do it in parts (a shorter list, a protocol with fewer items)."
    )


@dataclass(frozen=True, slots=True)
class TrailState:
    """The state of a subject's trail before an action: that of its row, its newest entry, and that entry's moment
    (None: not read yet).
    """

    model: type[Audited]
    number: int
    state: str
    head: Head
    at: datetime | None = None

    @classmethod
    def of(cls, row: Audited, at: datetime | None = None) -> "TrailState":
        """Of a row as read (and locked)."""
        return cls(type(row), row.id, row.state, Head(row.seq, row.entry_hash), at)

    @classmethod
    def of_columns(cls, model: type[Audited], row: Row[Any]) -> "TrailState":
        """Of a row read column by column: `id`, `state`, `seq` and `entry_hash` among them, perhaps `told_at`."""
        return cls(model, row.id, row.state, Head(row.seq, row.entry_hash), getattr(row, "told_at", None))

    @classmethod
    def new(cls, model: type[Audited], number: int) -> "TrailState":
        """Of a subject that its first entry makes."""
        return cls(model, number, NEW, GENESIS)

    def after(self, entry: Entry) -> "TrailState":
        """Once an entry was added."""
        return TrailState(self.model, self.number, entry.record.state, entry.head, entry.record.at)

    @property
    def subject(self) -> Subject:
        """The subject of the trail."""
        return Subject(Kind(self.model.kind), self.number)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of one row among many: its new entries in order (perhaps none), columns, notices."""

    before: TrailState
    entries: Sequence[Entry]
    columns: Mapping[str, Any]
    notices: Sequence[Mapping[str, Any]] = field(default=())


def numbers(session: Session, kind: str, count: int = 1) -> range:
    """The next `count` numbers of a kind of row. Holds the counter until the transaction ends."""
    upsert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    bump = upsert(Counter).values(kind=kind, last=count)
    raised = bump.on_conflict_do_update(index_elements=[Counter.kind], set_={"last": Counter.last + count})
    last = session.scalars(raised.returning(Counter.last)).one()
    return range(last - count + 1, last + 1)


def record(tx: Transaction, actor: Actor, row: Audited | TrailState, action: Action, change: Change) -> Entry:
    """Take one action on one subject: its entry, what is attached to its row, its row, its log line.

    The row is locked by the caller; `TrailState.new` begins a trail. Raises what `seal` raises.
    """
    before = row if isinstance(row, TrailState) else TrailState.of(row)
    tx.take_time()
    entry = seal(tx, actor, before, action, change)
    store(tx.session, [entry])
    if before.head == GENESIS:
        _insert(tx.session, before, entry, change)
    else:
        _attach(tx.session, entry, change.attached)
        _update(tx.session, before, {**change.columns, **head_columns(entry)})
    _log([entry])
    return entry


def record_many(tx: Transaction, steps: Sequence[Step]) -> None:
    """Write all entries, then all rows (of one class, all new or all known), then all notices, set-based.

    The steps must change the same columns.
    """
    written = [entry for step in steps for entry in step.entries]
    store(tx.session, written)
    for moved in (True, False):
        _write_rows(tx.session, [step for step in steps if bool(step.entries) is moved])
    if notices := [dict(notice) for step in steps for notice in step.notices]:
        tx.session.execute(insert(table_of(Notice)), notices)
    _log(written)


def seal(tx: Transaction, actor: Actor, before: TrailState, action: Action, change: Change) -> Entry:
    """The entry of one action on one subject, never of a time before the entry that it follows. Writes nothing.

    Raises what Lifecycle.move raises, and EntryTooLongError.
    """
    if (followed := newest_at(tx, before)) is not None:
        tx.not_before(followed)
    lifecycle = LIFECYCLES[before.model.kind]
    facts, fields = facts_and_texts(before.model, change)
    channel, _, detail = actor.channel.partition(":")
    if channel == "cli" and detail:
        fields["channel"] = actor.channel  # an operating system's user is a person's name
    else:
        channel = actor.channel
    written = Record(
        trail=before.subject.trail,
        lifecycle=lifecycle.hash,
        action=action.value,
        source=before.state,
        state=lifecycle.move(before.state, action, actor.role),
        actor=actor.account,
        person=actor.person,
        role=actor.role,
        channel=channel,
        at=tx.now,
        actor_for=actor.instead_of,
        facts=facts,
        fields=fields,
    )
    try:
        return seal_record(written, before.head)
    except TooLongError as error:
        raise EntryTooLongError(length=error.length, most=ENTRY_BYTES) from error


def newest_of(model: type[Audited]) -> ColumnElement[bool]:
    """Entries that are the newest of their subject's trail, for a join with its row."""
    return (entries.c.trail == trail_of(model.kind, model.id)) & (entries.c.seq == model.seq)


def newest_at(tx: Transaction, before: TrailState) -> datetime | None:
    """The moment of the newest entry of a trail; None for a trail that begins."""
    if before.at is not None or before.head == GENESIS:
        return before.at
    newest = select(entries.c.at).where(entries.c.trail == before.subject.trail, entries.c.seq == before.head.seq)
    at: datetime | None = tx.session.scalar(newest)
    return at


def _write_rows(session: Session, steps: Sequence[Step]) -> None:
    if not steps:
        return
    first = steps[0].before
    key, statement = ("id", insert) if first.head == GENESIS else ("this", _update_of)
    rows = [
        {key: step.before.number, **step.columns, **(head_columns(step.entries[-1]) if step.entries else {})}
        for step in steps
    ]
    session.execute(statement(table_of(first.model)), rows if len(rows) > 1 else rows[0])


def _insert(session: Session, before: TrailState, entry: Entry, change: Change) -> None:
    # A row with others attached stands before its entry until they are written.
    table = table_of(before.model)
    head = _head_columns(before.state, before.head) if change.attached else head_columns(entry)
    session.execute(insert(table), {"id": before.number, **dict(change.columns), **head})
    if change.attached:
        _attach(session, entry, change.attached)
        _update(session, before, head_columns(entry))


@cache
def _update_of(table: Table) -> Update:
    """Remembered: the columns that are set come with the values, and the driver's statement with both."""
    return update(table).where(table.c.id == bindparam("this"))


def _update(session: Session, before: TrailState, columns: Mapping[str, Any]) -> None:
    table = table_of(before.model)
    session.execute(update(table).where(table.c.id == before.number).values(**columns))


def _attach(session: Session, entry: Entry, rows: Iterable[tuple[type[Attached], Mapping[str, Any]]]) -> None:
    for model, columns in rows:
        table = table_of(model)
        values = {**columns, "seq": entry.head.seq}
        same = [table.c[key.name] == columns[key.name] for key in table.primary_key]
        if session.scalar(select(table.c.seq).where(*same)) is None:
            session.execute(insert(table), values)
        else:
            session.execute(update(table).where(*same).values(values))


def head_columns(entry: Entry) -> dict[str, Any]:
    """The columns by which a row is the head of its trail."""
    return _head_columns(entry.record.state, entry.head)


def _head_columns(state: str, head: Head) -> dict[str, Any]:
    return {"state": state, "seq": head.seq, "entry_hash": head.hash}


def _log(written: Sequence[Entry]) -> None:
    """A log line for each entry, with the same ids. Never evidence."""
    for entry in written:
        told = entry.record
        event = f"{told.trail.partition(':')[0]}.{told.action}"
        log.info(event, subject=told.trail, seq=entry.head.seq, actor=told.actor, role=told.role)
