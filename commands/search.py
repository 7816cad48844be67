"""Looking entries up across all trails: by subject, person, organisation, action, time, and disclosed text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, false, or_, select, tuple_

import audit
from audit.lookup import acted, tells
from audit.tables import Name, disclosures, entries
from commands.installation import Office
from commands.organisations import organisation_named
from commands.scope import below
from commands.trails import Line, lines_of
from models.accounts import Account
from models.protocols import Assignment
from states.refusal import RefusedError
from states.subjects import LIFECYCLES

PAGE = 50
MOST = 10_000
"""Entries in one export."""
TOGETHER = 500
FEW = 2_000
_PLACE = (entries.c.at, entries.c.trail, entries.c.seq)
"""What puts entries in order, the newest last."""


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
    texts = _texts(office, rows)
    stored = [audit.Stored(row.trail, row.seq, row.hash, row.at, row.body, texts[row.trail, row.seq]) for row in rows]
    yield from (Found(entry.trail, line) for entry, line in zip(stored, lines_of(office, stored), strict=True))


def _texts(office: Office, rows: Sequence[Row[Any]]) -> dict[tuple[str, int], dict[str, str]]:
    texts: dict[tuple[str, int], dict[str, str]] = {(row.trail, row.seq): {} for row in rows}
    names = list(texts)
    for at in range(0, len(names), TOGETHER):
        wanted = tuple_(disclosures.c.trail, disclosures.c.seq).in_(names[at : at + TOGETHER])
        for trail, seq, field, value in office.session.execute(
            select(*disclosures.c["trail", "seq", "field", "value"]).where(wanted)
        ):
            texts[trail, seq][field] = value
    return texts


def _query(office: Office, sought: Sought) -> Select[Any]:
    query = select(entries).order_by(*(column.desc() for column in _PLACE))
    return query.where(*_conditions(office, sought))


def _conditions(office: Office, sought: Sought) -> Iterator[ColumnElement[bool]]:
    kinds = [kind for kind in sought.kinds if not sought.subject or sought.subject.split(":")[0] == kind]
    yield or_(*(entries.c.trail.startswith(f"{kind}:") for kind in kinds)) if kinds else false()
    if ":" in sought.subject:
        yield entries.c.trail == sought.subject
    if sought.action:
        yield entries.c.action == sought.action
    begin, end = office.policy.calendar.between(sought.since, sought.until)
    if begin:
        yield entries.c.at >= begin
    if end:
        yield entries.c.at < end
    if sought.login:
        account = office.session.scalar(select(Account.id).where(Account.login == sought.login))
        yield false() if account is None else acted(office.session, account)
    if sought.organisation:
        yield _of(office, organisation_named(office, sought.organisation).id)
    if sought.text:
        yield tells(office.session, sought.text)


def _of(office: Office, organisation: int) -> ColumnElement[bool]:
    """Entries of assignments of an organisation and of those below it. Few of them are named one by one; of many the
    newest entries will hold some, so each that is read is asked whose it is.
    """
    under = office.session.scalars(below(organisation)).all()
    theirs = Assignment.organisation_id.in_(under)
    few = office.session.scalars(select(Assignment.id).where(theirs).limit(FEW + 1)).all()
    if len(few) <= FEW:
        return entries.c.trail.in_([f"assignment:{number}" for number in few])
    whose = select(Assignment.organisation_id).where("assignment:" + Assignment.id.cast(Name) == entries.c.trail)
    return whose.scalar_subquery().in_(under)


def _cursor(row: Row[Any]) -> str:
    return f"{row.trail}/{row.seq}"


def _after(office: Office, cursor: str) -> ColumnElement[bool]:
    trail, _, seq = cursor.rpartition("/")
    known = seq.isascii() and seq.isdigit() and len(seq) < 10  # noqa: PLR2004 - what a column holds
    place = select(*_PLACE).where(entries.c.trail == trail, entries.c.seq == (int(seq) if known else 0))
    found = office.session.execute(place).one_or_none()
    if found is None:
        raise PlaceError(cursor=cursor)
    there = (bindparam(None, value, column.type) for value, column in zip(found, _PLACE, strict=True))
    return tuple_(*_PLACE) < tuple_(*there)
