"""The register of items: how each stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from commands.context.installation import Transaction
from commands.context.visibility import concerning
from commands.recording.stored_entries import rows
from commands.registers.assignments import _NONE
from commands.registers.progress import Progress, progress
from models.protocols import Item


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item with its progress."""

    id: int
    protocol: int
    number: str
    text: str
    modality: str
    deadline: dict[str, Any]
    derivation: dict[str, Any] | None
    addressees: Sequence[Any]
    contacts: Sequence[Any]
    form_columns: Sequence[Any] | None
    deliverable: str | None
    run_id: str | None
    progress: Progress


def items(
    tx: Transaction, protocol: int | None = None, numbers: Sequence[int] | None = None, within: int | None = None
) -> list[ItemLine]:
    """Items in order, of one protocol or of all; `within`: only those for an organisation or for one below it."""
    query = select(Item).order_by(Item.protocol_id, Item.position)
    where: list[Any] = concerning(within)
    if protocol is not None:
        where.append(Item.protocol_id == protocol)
    if numbers is not None:
        where.append(Item.id.in_(numbers))
    progress_of = progress(tx, Item.id, within, *where)
    return [
        ItemLine(
            each.id,
            each.protocol_id,
            each.number,
            each.text,
            each.modality,
            each.deadline,
            each.derivation,
            each.addressees,
            each.contacts,
            each.form_columns,
            each.deliverable,
            each.run_id,
            progress_of.get(each.id, _NONE),
        )
        for (each,) in rows(tx.session, query.where(*where))
    ]
