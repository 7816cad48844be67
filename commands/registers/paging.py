"""Pages of assignments that a filter finds: the newest protocol first, its items in order."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select, tuple_

from commands.context.installation import Transaction
from commands.registers.assignments import AssignmentLine, assignments
from commands.registers.filters import AssignmentFilter
from models.protocols import Assignment, Item

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some of it. `further`: the assignment after which the next page begins, if there is one."""

    lines: list[AssignmentLine]
    further: int | None


def find_page(tx: Transaction, wanted: AssignmentFilter, after: int | None = None) -> Page:
    """Raises UnknownStateError."""
    query = (
        select(Assignment.id)
        .join(Item, Item.id == Assignment.item_id)
        .where(*wanted.conditions(tx), *_past(tx, after))
        .order_by(Item.protocol_id.desc(), Item.position, Item.id, Assignment.id)
        .limit(PAGE + 1)
    )
    numbers = tx.session.scalars(query).all()
    lines = {line.id: line for line in assignments(tx, AssignmentFilter(numbers=numbers[:PAGE]))}
    return Page([lines[number] for number in numbers[:PAGE]], numbers[PAGE - 1] if len(numbers) > PAGE else None)


def _past(tx: Transaction, after: int | None) -> list[Any]:
    """The SQL conditions of what comes after an assignment; none where there is no such."""
    columns = (Item.protocol_id, Item.position, Item.id, Assignment.id)
    place = select(*columns).join(Assignment, Assignment.item_id == Item.id).where(Assignment.id == after)
    row = tx.session.execute(place).one_or_none()
    if row is None:
        return []
    protocol, *place_in_it = row
    later = tuple_(*columns[1:]) > tuple_(*place_in_it)
    return [Item.protocol_id <= protocol, or_(Item.protocol_id < protocol, and_(Item.protocol_id == protocol, later))]
