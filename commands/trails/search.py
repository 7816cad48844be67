"""Looking entries up across all trails: by subject, person, organisation, action, time, and disclosed text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, false, or_, select, tuple_

from audit.trails.history import Stored
from audit.trails.lookup import acted
from audit.trails.tables import disclosures, entries
from commands.context.installation import Transaction
from commands.rosters.organisations import organisation_named
from commands.trails.entry_filters import EntryFilter, of_organisation, with_text
from commands.trails.trail import Line, lines_of
from models.accounts import Account
from states.refusal import InvalidError
from states.subjects import LIFECYCLES

PAGE = 50
MOST = 10_000
"""Entries in one export."""
TOGETHER = 500
FEW = 1_000
NEAR = 5_000
"""Of the newest entries so many are asked one by one about what is known of more than `FEW`."""
_PLACE = (entries.c.at, entries.c.trail, entries.c.seq)
"""What puts entries in order, the newest last."""


class PlaceError(InvalidError):
    """A place to go on from that no page of ours gave."""

    template = "“{cursor}” is no place in the log to go on from. Search anew."


@dataclass(frozen=True, slots=True)
class EntryQuery:
    """A query for entries; what is empty does not narrow. `kinds`: those that the reader may read at all."""

    kinds: tuple[str, ...] = tuple(LIFECYCLES)
    subject: str = ""
    login: str = ""
    organisation: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """One entry with its subject."""

    subject: str
    line: Line


@dataclass(frozen=True, slots=True)
class Page:
    """The newest first. `further`: where the next page begins, if there is one."""

    found: list[FoundEntry]
    further: str | None


def search(tx: Transaction, sought: EntryQuery, cursor: str = "", size: int = PAGE) -> Page:
    """Raises UnknownOrganisationError, PlaceError, DamagedEntryError."""
    rows = _rows(tx, sought, cursor, size + 1)
    more = len(rows) > size
    return Page(list(_found(tx, rows[:size])), _cursor(rows[size - 1]) if more else None)


def _found(tx: Transaction, rows: Sequence[Row[Any]]) -> Iterator[FoundEntry]:
    texts = _texts(tx, rows)
    stored = [Stored(row.trail, row.seq, row.hash, row.at, row.body, texts[row.trail, row.seq]) for row in rows]
    yield from (FoundEntry(entry.trail, line) for entry, line in zip(stored, lines_of(tx, stored), strict=True))


def _texts(tx: Transaction, rows: Sequence[Row[Any]]) -> dict[tuple[str, int], dict[str, str]]:
    texts: dict[tuple[str, int], dict[str, str]] = {(row.trail, row.seq): {} for row in rows}
    names = list(texts)
    for at in range(0, len(names), TOGETHER):
        wanted = tuple_(disclosures.c.trail, disclosures.c.seq).in_(names[at : at + TOGETHER])
        for trail, seq, field, value in tx.session.execute(
            select(*disclosures.c["trail", "seq", "field", "value"]).where(wanted)
        ):
            texts[trail, seq][field] = value
    return texts


def _rows(tx: Transaction, sought: EntryQuery, cursor: str, most: int) -> Sequence[Row[Any]]:
    """The newest so many. What other tables know of many is first asked of the newest entries one by one, for they soon
    make a page. If they do not, or it is known of few, all that it is known of is gathered.
    """
    plain = select(entries).where(*_conditions(tx, sought), *([_after(tx, cursor)] if cursor else []))
    marks = list(_marks(tx, sought))
    if not marks:
        return tx.session.execute(_newest(plain, most)).all()
    if most <= NEAR and all(_of_many(tx, mark.known) for mark in marks):
        near = _newest(plain, NEAR).subquery()
        asked = select(near).where(*(mark.asked(near.c) for mark in marks))
        found = tx.session.execute(_newest(asked, most)).all()
        if len(found) == most:
            return found
    # The offset hides the order from the planner, which would walk back through all entries to find the newest first.
    gathered = plain.where(*(mark.gathered for mark in marks)).offset(0).subquery()
    return tx.session.execute(_newest(select(gathered), most)).all()


def _of_many(tx: Transaction, known: Select[Any]) -> bool:
    return len(tx.session.execute(known.limit(FEW + 1)).all()) > FEW


def _newest(query: Select[Any], most: int) -> Select[Any]:
    return query.order_by(*(query.selected_columns[each.name].desc() for each in _PLACE)).limit(most)


def _conditions(tx: Transaction, sought: EntryQuery) -> Iterator[ColumnElement[bool]]:
    kinds = [kind for kind in sought.kinds if not sought.subject or sought.subject.split(":")[0] == kind]
    yield or_(*(entries.c.trail.startswith(f"{kind}:") for kind in kinds)) if kinds else false()
    if ":" in sought.subject:
        yield entries.c.trail == sought.subject
    if sought.action:
        yield entries.c.action == sought.action
    begin, end = tx.policy.calendar.between(sought.since, sought.until)
    if begin:
        yield entries.c.at >= begin
    if end:
        yield entries.c.at < end
    if sought.login:
        account = tx.session.scalar(select(Account.id).where(Account.login == sought.login))
        yield false() if account is None else acted(tx.session, account)


def _marks(tx: Transaction, sought: EntryQuery) -> Iterator[EntryFilter]:
    if sought.organisation:
        yield of_organisation(tx, organisation_named(tx, sought.organisation).id)
    if sought.text:
        yield with_text(tx, sought.text)


def _cursor(row: Row[Any]) -> str:
    return f"{row.trail}/{row.seq}"


def _after(tx: Transaction, cursor: str) -> ColumnElement[bool]:
    trail, _, seq = cursor.rpartition("/")
    known = seq.isascii() and seq.isdigit() and len(seq) < 10  # noqa: PLR2004 - what a column holds
    place = select(*_PLACE).where(entries.c.trail == trail, entries.c.seq == (int(seq) if known else 0))
    found = tx.session.execute(place).one_or_none()
    if found is None:
        raise PlaceError(cursor=cursor)
    there = (bindparam(None, value, column.type) for value, column in zip(found, _PLACE, strict=True))
    return tuple_(*_PLACE) < tuple_(*there)
