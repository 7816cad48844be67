"""The register of protocols: how each stands."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select

from commands.context.installation import Transaction
from commands.context.visibility import concerning
from commands.recording.stored_entries import rows
from commands.registers.assignments import _NONE
from commands.registers.progress import Progress, progress
from models.protocols import Item, Protocol
from models.rosters import Organisation


@dataclass(frozen=True, slots=True)
class ProtocolLine:
    """One protocol with its progress."""

    id: int
    number: str | None
    date: date
    title: str | None
    state: str
    department: str
    registered_at: datetime
    items: int
    progress: Progress


def protocols(tx: Transaction, protocol: int | None = None, within: int | None = None) -> list[ProtocolLine]:
    """Protocols, the newest first, or one; `within`: as far as they are for an organisation or for those below it."""
    return _protocols(tx, within, *([] if protocol is None else [Protocol.id == protocol]))


def protocols_paged(
    tx: Transaction, within: int | None, most: int, *, before: int | None = None, after: int | None = None
) -> list[ProtocolLine]:
    """So many protocols: the newest `before` one of them, or the oldest `after` one; either way the newest first."""
    numbers = select(Protocol.id).limit(most)
    numbers = numbers.order_by(Protocol.id.desc() if after is None else Protocol.id)
    if within is not None:
        numbers = numbers.where(Protocol.id.in_(select(Item.protocol_id).where(*concerning(within))))
    if before is not None:
        numbers = numbers.where(Protocol.id < before)
    if after is not None:
        numbers = numbers.where(Protocol.id > after)
    found = tx.session.scalars(numbers).all()
    return _protocols(tx, within, Protocol.id.in_(found)) if found else []


def _protocols(tx: Transaction, within: int | None, *which: Any) -> list[ProtocolLine]:  # noqa: ANN401 - SQL conditions
    query = (
        select(Protocol, Organisation.name, func.count(Item.id))
        .join(Organisation, Organisation.id == Protocol.department_id)
        .join(Item, and_(Item.protocol_id == Protocol.id, *concerning(within)), isouter=within is None)
        .where(*which)
        .group_by(Protocol.id, Organisation.name)
        .order_by(Protocol.id.desc())
    )
    of_these = [Item.protocol_id.in_(select(Protocol.id).where(*which))] if which else []
    progress_of = progress(tx, Item.protocol_id, within, *of_these)
    return [
        ProtocolLine(
            each.id,
            each.number,
            each.date,
            each.title,
            each.state,
            department,
            each.registered_at,
            number,
            progress_of.get(each.id, _NONE),
        )
        for each, department, number in rows(tx.session, query)
    ]
