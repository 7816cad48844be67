"""The matrix of a protocol: addressees by items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from commands.context.installation import Transaction
from commands.recording.stored_entries import rows
from commands.registers.filters import AssignmentFilter
from commands.registers.overdue import SHIELDED, overdue_now
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


def matrix(tx: Transaction, protocol: int, page: int = 1, wanted: AssignmentFilter | None = None) -> Matrix:
    """Addressees in the order of their first item, then by name; only those with something that is `wanted`.

    Raises UnknownStateError.
    """
    number = func.count().over().label("addressees")
    addressees = (
        select(Organisation.id, Organisation.name, number)
        .join(Assignment, Assignment.organisation_id == Organisation.id)
        .join(Item, Item.id == Assignment.item_id)
        .where(*replace(wanted or AssignmentFilter(), protocol=protocol).conditions(tx))
        .group_by(Organisation.id, Organisation.name)
        .order_by(func.min(Item.position), Organisation.name)
    )
    shown = tx.session.execute(addressees.limit(PAGE).offset((page - 1) * PAGE)).all()
    if not shown and page > 1:
        count = tx.session.scalar(select(func.count()).select_from(addressees.subquery())) or 0
        return matrix(tx, protocol, max(1, -(-count // PAGE)), wanted)
    cells = _cells(tx, protocol, [row.id for row in shown])
    count = shown[0].addressees if shown else 0
    lines = [Row(row.name, cells.get(row.id, {})) for row in shown]
    return Matrix(lines, count, page, max(1, -(-count // PAGE)))


def _cells(tx: Transaction, protocol: int, organisations: Sequence[int]) -> dict[int, dict[int, list[Cell]]]:
    columns = (Assignment.id, Assignment.item_id, Assignment.organisation_id, Assignment.period)
    query = (
        select(*columns, Assignment.state, Assignment.due, Assignment.late, SHIELDED.label("shielded"))
        .join(Item, Item.id == Assignment.item_id)
        .where(Item.protocol_id == protocol, Assignment.organisation_id.in_(organisations))
        .order_by(Assignment.organisation_id, Item.position, Assignment.period)
    )
    found: dict[int, dict[int, list[Cell]]] = {}
    for row in rows(tx.session, query):
        overdue = overdue_now(row, tx.now)
        cells = found.setdefault(row.organisation_id, {}).setdefault(row.item_id, [])
        if cells and not cells[-1].overdue:
            cells.pop()
        cells.append(Cell(row.id, row.item_id, row.period, row.state, overdue, row.late or overdue))
    return found
