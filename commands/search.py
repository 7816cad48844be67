"""Looking entries up across all trails: by subject, person, organisation, action, time, and disclosed text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Row, Select, and_, exists, false, func, literal, or_, select

import audit
from audit.tables import Name, disclosures, entries
from commands.installation import Office
from commands.organisations import organisation_named
from commands.scope import below
from commands.trails import Line, lines_of
from commands.wording import contains
from models.accounts import Account
from models.protocols import Assignment
from states.refusal import RefusedError
from states.subjects import LIFECYCLES

PAGE = 50
MOST = 10_000
"""Entries in one export."""


class PlaceError(RefusedError):
    """A place to go on from that no page of ours gave."""

    template = "“{cursor}” is no place in the log to go on from. Search anew."


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; what is empty does not narrow. `kinds`: those that the reader may read at all."""

    kinds: tuple[str, ...] = tuple(LIFECYCLES)
    subject: str = ""
    login: str = ""
    organisation: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One entry with its subject."""

    subject: str
    line: Line


@dataclass(frozen=True, slots=True)
class Page:
    """The newest first. `further`: where the next page begins, if there is one."""

    found: list[Found]
    further: str | None


def search(office: Office, sought: Sought, cursor: str = "", size: int = PAGE) -> Page:
    """Raises UnknownOrganisationError, PlaceError, DamagedEntryError."""
    query = _query(office, sought)
    if cursor:
        query = query.where(_after(office, cursor))
    rows = office.session.execute(query.limit(size + 1)).all()
    more = len(rows) > size
    return Page(list(_found(office, rows[:size])), _cursor(rows[size - 1]) if more else None)


def _found(office: Office, rows: Sequence[Row[Any]]) -> Iterator[Found]:
    stored = [audit.Stored(row.trail, row.seq, row.hash, row.at, row.body, _texts(office, row)) for row in rows]
    yield from (Found(entry.trail, line) for entry, line in zip(stored, lines_of(office, stored), strict=True))


def _texts(office: Office, row: Row[Any]) -> dict[str, str]:
    wanted = select(*disclosures.c["field", "value"]).where(
        disclosures.c.trail == row.trail, disclosures.c.seq == row.seq
    )
    return dict(office.session.execute(wanted).tuples().all())


def _query(office: Office, sought: Sought) -> Select[Any]:
    query = select(entries).order_by(entries.c.at.desc(), entries.c.trail, entries.c.seq.desc())
    return query.where(*_conditions(office, sought))


def _conditions(office: Office, sought: Sought) -> Iterator[ColumnElement[bool]]:
    kinds = [kind for kind in sought.kinds if not sought.subject or sought.subject.split(":")[0] == kind]
    yield or_(*(entries.c.trail.startswith(f"{kind}:") for kind in kinds)) if kinds else false()
    if ":" in sought.subject:
        yield entries.c.trail == sought.subject
    if sought.action:
        yield entries.c.action == sought.action
    calendar = office.policy.calendar
    # Beside the first and the last of all days there is no moment to compare with, and no entry.
    if sought.since and sought.since > date.min:
        yield entries.c.at >= calendar.start_of(sought.since)
    if sought.until and sought.until < date.max:
        yield entries.c.at < calendar.end_of(sought.until)
    if sought.login:
        yield _by(office, sought.login)
    if sought.organisation:
        number = organisation_named(office, sought.organisation).id
        theirs = select("assignment:" + Assignment.id.cast(Name)).where(Assignment.organisation_id.in_(below(number)))
        yield entries.c.trail.in_(theirs)
    if sought.text:
        yield _tells(sought.text)


def _by(office: Office, login: str) -> ColumnElement[bool]:
    """Entries name people by the numbers of their accounts, in canonical bytes: a number is found as it is written."""
    numbers = office.session.scalars(select(Account.id).where(Account.login == login)).all()
    written = [f'"{role}":{number},'.encode() for number in numbers for role in ("actor", "for")]
    return or_(false(), *(_holds(office, each) for each in written))


def _holds(office: Office, written: bytes) -> ColumnElement[bool]:
    sought = literal(written, LargeBinary)
    if office.session.get_bind().dialect.name == "sqlite":
        return func.instr(entries.c.body, sought) > 0
    return func.position(sought.op("IN")(entries.c.body)) > 0


def _tells(text: str) -> ColumnElement[bool]:
    here = and_(disclosures.c.trail == entries.c.trail, disclosures.c.seq == entries.c.seq)
    return exists().where(here, contains(text, disclosures.c.value))


def _cursor(row: Row[Any]) -> str:
    return f"{row.trail}/{row.seq}"


def _after(office: Office, cursor: str) -> ColumnElement[bool]:
    trail, _, seq = cursor.rpartition("/")
    known = seq.isascii() and seq.isdigit() and len(seq) < 10  # noqa: PLR2004 - what a column holds
    place = select(entries.c.at).where(entries.c.trail == trail, entries.c.seq == (int(seq) if known else 0))
    at = office.session.scalar(place)
    if at is None:
        raise PlaceError(cursor=cursor)
    beside = and_(entries.c.trail == trail, entries.c.seq < int(seq))
    return or_(entries.c.at < at, and_(entries.c.at == at, or_(entries.c.trail > trail, beside)))
