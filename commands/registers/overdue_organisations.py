"""Organisations with something overdue, and by how much; the longest first."""

from dataclasses import dataclass

from sqlalchemy import func, select

from commands.context.installation import Transaction
from commands.context.visibility import within_of
from commands.registers.overdue import is_overdue
from models.protocols import Assignment
from models.rosters import Organisation

SHOWN = 10
_LOOKED_AT = 1000
"""Of the longest overdue assignments so many are asked whose they are: one deadline is that of thousands."""


@dataclass(frozen=True, slots=True)
class Latecomer:
    """One organisation: how many of its assignments are overdue, and for how many days (local) the longest is."""

    organisation: str
    overdue: int
    days: int


def latecomers(tx: Transaction, within: int | None = None) -> list[Latecomer]:
    """As far as they are `within` an organisation."""
    overdue = (is_overdue(tx.now), *within_of(within))
    oldest = select(Assignment.organisation_id.label("id"), Assignment.due).where(*overdue)
    some = oldest.order_by(Assignment.due, Assignment.organisation_id).limit(_LOOKED_AT).subquery()
    first = tx.session.scalars(
        select(some.c.id).group_by(some.c.id).order_by(func.min(some.c.due), some.c.id).limit(SHOWN)
    ).all()
    told = (
        select(Organisation.id, Organisation.name, func.count(), func.min(Assignment.due))
        .join(Assignment, Assignment.organisation_id == Organisation.id)
        .where(Organisation.id.in_(first), *overdue)
        .group_by(Organisation.id, Organisation.name)
    )
    calendar = tx.policy.calendar
    today = calendar.day_of(tx.now)
    late = {
        number: Latecomer(name, count, (today - calendar.last_day(due)).days)
        for number, name, count, due in tx.session.execute(told)
    }
    return [late[number] for number in first]
