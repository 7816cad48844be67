"""Recurring deadlines: when a period's due moment has passed, the next period's assignment is made."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from commands.assignments.deadlines import next_period
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.protocols.expansion import NewAssignment, assign
from models.protocols import Assignment, Item, Protocol
from states.assignment import State
from states.subjects import ProtocolState

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Renewed:
    """One batch of further periods."""

    made: int
    more: bool


def renew(tx: Transaction, actor: Actor, batch: int = BATCH) -> Renewed:
    """Make the next period's assignment wherever the latest period's due moment has passed. Safe to repeat."""
    later = aliased(Assignment)
    following = (
        (later.item_id == Assignment.item_id)
        & (later.organisation_id == Assignment.organisation_id)
        & (later.period == Assignment.period + 1)
    )
    wanted = (
        select(Assignment, Item, Protocol)
        .join(Item, Item.id == Assignment.item_id)
        .join(Protocol, Protocol.id == Item.protocol_id)
        .outerjoin(later, following)
        .where(
            Item.recurs.is_not(None),
            Protocol.state == ProtocolState.UNDER_CONTROL,
            Assignment.state != State.WITHDRAWN,
            Assignment.due <= tx.now,
            later.id.is_(None),
        )
        .order_by(Assignment.id)
        .limit(batch)
    )
    # The protocols are held first: what another renewal made meanwhile is seen, and none is withdrawn under our hands.
    due = wanted.with_only_columns(Protocol.id).subquery()
    held = select(Protocol.id).where(Protocol.id.in_(select(due.c.id))).order_by(Protocol.id).with_for_update()
    protocols = tx.session.scalars(held).all()
    tx.take_time()
    rows = tx.session.execute(wanted.where(Protocol.id.in_(protocols))).all()
    for department in dict.fromkeys(protocol.department_id for _, _, protocol in rows):
        places = [_next_place(tx, *row) for row in rows if row[2].department_id == department]
        assign(tx, actor, department, places)
    return Renewed(len(rows), more=bool(rows))


def _next_place(tx: Transaction, last: Assignment, item: Item, protocol: Protocol) -> NewAssignment:
    # Counted from the protocol's date, period by period: extensions and shifts of one period do not move the next.
    end = protocol.date
    for _ in range(last.period + 2):
        due = next_period(item.deadline, end, tx.policy)
        end = due.counted
    return NewAssignment(item.id, item.modality, last.organisation_id, last.period + 1, due, item.follows_id)
