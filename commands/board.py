"""What pages read beyond the registers: a protocol's matrix, who is concerned, entries as stored. Read-only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

import audit
from audit.entries import digest
from commands.cases import UnknownAssignmentError
from commands.damage import opened, rows
from commands.installation import Office
from commands.lateness import SHIELDED, overdue_now
from commands.lines import AssignmentLine, ItemLine, ProtocolLine
from commands.registers import assignments, items, protocols
from commands.wanted import Wanted
from commands.withdrawal import UnknownProtocolError
from models.accounts import Account
from models.protocols import Assignment, Item
from models.rosters import Organisation

PAGE = 60
"""Addressees on one page of a matrix."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One assignment in a matrix."""

    id: int
    item_id: int
    period: int
    state: str
    overdue: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One addressee: by item, the assignments worth a look (the latest period, and whatever is overdue)."""

    addressee: str
    cells: Mapping[int, Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Matrix:
    """One page of addressees × items. `pages` counts from 1."""

    rows: Sequence[Row]
    addressees: int
    page: int
    pages: int


def one_protocol(office: Office, number: int, within: int | None = None) -> ProtocolLine:
    """A protocol, as far as it is `within` an organisation. Raises UnknownProtocolError."""
    found = protocols(office, number, within)
    if not found:
        raise UnknownProtocolError(protocol=number)
    return found[0]


def one_assignment(office: Office, number: int, within: int | None = None) -> tuple[AssignmentLine, ItemLine]:
    """An assignment with its item, as far as they are `within` an organisation. Raises UnknownAssignmentError."""
    found = assignments(office, Wanted(assignment=number, within=within))
    if not found:
        raise UnknownAssignmentError(assignment=number)
    return found[0], items(office, numbers=[found[0].item_id], within=within)[0]


def matrix(office: Office, protocol: int, page: int = 1, wanted: Wanted | None = None) -> Matrix:
    """Addressees in the order of their first item, then by name; only those with something that is `wanted`.

    Raises UnknownStateError.
    """
    number = func.count().over().label("addressees")
    addressees = (
        select(Organisation.id, Organisation.name, number)
        .join(Assignment, Assignment.organisation_id == Organisation.id)
        .join(Item, Item.id == Assignment.item_id)
        .where(*replace(wanted or Wanted(), protocol=protocol).conditions(office))
        .group_by(Organisation.id, Organisation.name)
        .order_by(func.min(Item.position), Organisation.name)
    )
    shown = office.session.execute(addressees.limit(PAGE).offset((page - 1) * PAGE)).all()
    if not shown and page > 1:
        count = office.session.scalar(select(func.count()).select_from(addressees.subquery())) or 0
        return matrix(office, protocol, max(1, -(-count // PAGE)), wanted)
    cells = _cells(office, protocol, [row.id for row in shown])
    count = shown[0].addressees if shown else 0
    lines = [Row(row.name, cells.get(row.id, {})) for row in shown]
    return Matrix(lines, count, page, max(1, -(-count // PAGE)))


def _cells(office: Office, protocol: int, organisations: Sequence[int]) -> dict[int, dict[int, list[Cell]]]:
    columns = (Assignment.id, Assignment.item_id, Assignment.organisation_id, Assignment.period)
    query = (
        select(*columns, Assignment.state, Assignment.due, Assignment.late, SHIELDED.label("shielded"))
        .join(Item, Item.id == Assignment.item_id)
        .where(Item.protocol_id == protocol, Assignment.organisation_id.in_(organisations))
        .order_by(Assignment.organisation_id, Item.position, Assignment.period)
    )
    found: dict[int, dict[int, list[Cell]]] = {}
    for row in rows(office.session, query):
        overdue = overdue_now(row, office.now)
        cells = found.setdefault(row.organisation_id, {}).setdefault(row.item_id, [])
        if cells and not cells[-1].overdue:
            cells.pop()
        cells.append(Cell(row.id, row.item_id, row.period, row.state, overdue, row.late or overdue))
    return found


@dataclass(frozen=True, slots=True)
class Concerned:
    """Who deals with an assignment, and what is asked of them. Logins; moments are UTC."""

    assignee: str | None
    reviewer: str | None
    review_due: datetime | None
    extension_asked: date | None
    report_version: int


def concerned(office: Office, assignment: int) -> Concerned:
    """Raises UnknownAssignmentError."""
    assignee, reviewer = aliased(Account), aliased(Account)
    query = (
        select(
            assignee.login,
            reviewer.login,
            Assignment.review_due,
            Assignment.extension_asked,
            Assignment.report_version,
        )
        .select_from(Assignment)
        .outerjoin(assignee, assignee.id == Assignment.assignee_id)
        .outerjoin(reviewer, reviewer.id == Assignment.reviewer_id)
        .where(Assignment.id == assignment)
    )
    row = next(iter(rows(office.session, query)), None)
    if row is None:
        raise UnknownAssignmentError(assignment=assignment)
    return Concerned(*row)


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry as its bytes tell it. `holds`: the bytes give its hash, and `previous` is the hash before."""

    previous: str | None
    lifecycle: str
    body: str
    holds: bool


def kept(office: Office, subject: str) -> dict[int, Kept]:
    """The entries of a trail by number. `audit verify` examines more; this only what a reader sees."""
    stored = list(audit.history(office.session, subject))
    return {each.seq: _kept(before, each) for before, each in pairwise([None, *stored]) if each}


def _kept(before: audit.Stored | None, entry: audit.Stored) -> Kept:
    content = opened(entry.trail, entry.seq, entry.body)
    linked = content["prev"] == (before.hash.hex() if before else None)
    follows = entry.seq == (before.seq if before else 0) + 1
    holds = digest(entry.body) == entry.hash and linked and follows
    return Kept(content["prev"], content["lifecycle"], entry.body.decode(), holds)
