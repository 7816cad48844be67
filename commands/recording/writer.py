"""From a change to its entry: asks the lifecycle, tells the new values, seals. Every writer goes through here."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from audit.trails.canonical_json import canonical
from audit.trails.entries import ENTRY_BYTES, GENESIS, Entry, Head, Record, TooLongError, stamp
from audit.trails.entries import seal as seal_record
from audit.trails.entry_store import store
from commands.context.actors import Actor
from models.base import Attached, Audited, table_of
from models.database import NulError
from models.instance import Counter
from states.lifecycle import NEW
from states.refusal import TooLargeError
from states.subjects import LIFECYCLES

log = structlog.get_logger("poruchenie")


class EntryTooLongError(TooLargeError):
    """More than one entry of the audit log takes."""

    template = (
        "This would make an entry of {length} bytes in the audit log, where {most} are the most. Nothing was done: "
        "do it in parts (a shorter list, a protocol with fewer items)."
    )


@dataclass(frozen=True, slots=True)
class TrailState:
    """Where a subject stands before an action."""

    state: str
    head: Head

    @classmethod
    def of(cls, row: Audited) -> "TrailState":
        """Of a row as read (and locked)."""
        return cls(row.state, Head(row.seq, row.entry_hash))


BEGINNING = TrailState(NEW, GENESIS)


@dataclass(frozen=True, slots=True)
class Change:
    """What an action does to a subject: columns of its row, attached rows, further facts, committed texts."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    attached: Sequence[tuple[type[Attached], Mapping[str, Any]]] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Entries hold NFC, so the rows must too, or verification would find them different.
        object.__setattr__(self, "columns", {name: _nfc(value) for name, value in self.columns.items()})
        object.__setattr__(self, "attached", [(model, _nfc(row)) for model, row in self.attached])


def _nfc(value: Any) -> Any:  # noqa: ANN401 - any column's value
    match value:
        case str() if "\0" in value:  # within JSON the database would not see it
            raise NulError(text=value[:100].replace("\0", "␀"))
        case str():
            return unicodedata.normalize("NFC", value)
        case list() | tuple():
            return [_nfc(each) for each in value]
        case dict():
            return {key: _nfc(each) for key, each in value.items()}
    return value


def numbers(session: Session, kind: str, count: int = 1) -> range:
    """The next `count` numbers of a kind of row. Holds the counter until the transaction ends."""
    upsert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    bump = upsert(Counter).values(kind=kind, last=count)
    raised = bump.on_conflict_do_update(index_elements=[Counter.kind], set_={"last": Counter.last + count})
    last = session.scalars(raised.returning(Counter.last)).one()
    return range(last - count + 1, last + 1)


def seal(actor: Actor, model: type[Audited], number: int, before: TrailState, action: str, change: Change) -> Entry:
    """The entry of one action on one subject. Writes nothing.

    Raises what Lifecycle.move raises, and EntryTooLongError.
    """
    lifecycle = LIFECYCLES[model.kind]
    facts, fields = facts_and_texts(model, change)
    channel, _, detail = actor.channel.partition(":")
    if channel == "cli" and detail:
        fields["channel"] = actor.channel  # an operating system's user is a person's name
    else:
        channel = actor.channel
    record = Record(
        trail=f"{model.kind}:{number}",
        lifecycle=lifecycle.hash,
        action=action,
        source=before.state,
        state=lifecycle.move(before.state, action, actor.role),
        actor=actor.account,
        person=actor.person,
        role=actor.role,
        channel=channel,
        at=actor.at,
        actor_for=actor.instead_of,
        facts=facts,
        fields=fields,
    )
    try:
        return seal_record(record, before.head)
    except TooLongError as error:
        raise EntryTooLongError(length=error.length, most=ENTRY_BYTES) from error


def facts_and_texts(model: type[Audited], change: Change) -> tuple[dict[str, Any], dict[str, str]]:
    """Facts and texts of an entry: plain columns under `set`, attached rows under `rows`, the rest committed."""
    facts = dict(change.facts)
    fields = dict(change.texts)
    plain: dict[str, Any] = {}
    for name, value in change.columns.items():
        if name in model.committed:
            fields[name] = as_text(value)
        else:
            plain[name] = as_json(value)
    if plain:
        facts["set"] = plain
    rows: dict[str, list[Any]] = {}
    for attached, columns in change.attached:
        row = {name: as_json(value) for name, value in columns.items()}
        if attached.committed:
            # By its key: a later entry that tells the row again takes the place of this one, and of no other's.
            key = "-".join(str(columns[column.name]) for column in table_of(attached).primary_key)
            fields[f"{attached.__tablename__}/{key}"] = as_text(row)
        else:
            rows.setdefault(attached.__tablename__, []).append(row)
    if rows:
        facts["rows"] = rows
    return facts, fields


def as_json(value: object) -> Any:  # noqa: ANN401 - any JSON
    """A column's value as an entry tells it."""
    match value:
        case datetime():
            return stamp(value)
        case date():
            return value.isoformat()
        case tuple():
            return list(value)
    return value


def as_text(value: object) -> str:
    """A committed column's value as text: itself, or JSON (a null is no text, so it is `null`)."""
    return value if isinstance(value, str) else canonical(as_json(value)).decode()


def create(session: Session, model: type[Audited], entry: Entry, number: int, change: Change) -> None:
    """Write a first entry, then its row; one with attached rows stands before the entry until they are written."""
    store(session, [entry])
    table = table_of(model)
    stands = _head_columns(BEGINNING.state, BEGINNING.head) if change.attached else head_columns(entry)
    session.execute(insert(table), {"id": number, **dict(change.columns), **stands})
    if change.attached:
        _attach(session, entry, change.attached)
        session.execute(update(table).where(table.c.id == number).values(head_columns(entry)))
    logged([entry])


def alter(session: Session, model: type[Audited], entry: Entry, number: int, change: Change) -> None:
    """Write a further entry, then what is attached to the row, then the row: it closes the entry to any more."""
    store(session, [entry])
    _attach(session, entry, change.attached)
    table = table_of(model)
    session.execute(update(table).where(table.c.id == number).values(**dict(change.columns), **head_columns(entry)))
    logged([entry])


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


def logged(entries: Sequence[Entry]) -> None:
    """A log line for each entry, with the same ids. Never evidence."""
    for entry in entries:
        record = entry.record
        event = f"{record.trail.partition(':')[0]}.{record.action}"
        log.info(
            event,
            subject=record.trail,
            seq=entry.head.seq,
            actor=record.actor,
            role=record.role,
        )
