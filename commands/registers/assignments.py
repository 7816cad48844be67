"""The register of assignments."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from commands.context.installation import Transaction
from commands.context.language import said, tr
from commands.recording.stored_entries import rows
from commands.registers.filters import AssignmentFilter
from commands.registers.overdue import SHIELDED, overdue_now
from commands.registers.progress import Progress
from models.base import table_of
from models.protocols import Assignment, Item
from models.rosters import Organisation
from states.deadlines import Derivation, Rule


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """One assignment as registers show it. `version` is the `seq` of its last entry; moments are UTC."""

    id: int
    protocol: int
    item: str
    addressee: str
    state: str
    version: int
    due: datetime | None
    overdue: bool
    late: bool
    derivation: dict[str, Any] | None
    literal: str | None
    run_id: str | None
    item_id: int
    organisation_id: int
    period: int
    waits_for: int | None


def explained(derivation: dict[str, Any] | None, literal: str | None) -> str:
    """The derivation of a due moment, in a sentence."""
    if derivation is None:
        return tr("no due moment yet: the event that it awaits has no date") if literal else tr("no due moment")
    steps = [said(template, values) for template, values in Derivation.read(derivation).explain()]
    return (f"«{literal}»: " if literal else "") + "; ".join(steps)


_SHOWN = ("id", "state", "seq", "due", "late", "derivation", "item_id", "organisation_id", "period", "waits_for")
_OF_ITEM = (Item.number, Item.protocol_id, Item.run_id, Item.deadline, Item.derivation.label("of_item"))
_LINES = (
    select(*table_of(Assignment).c[_SHOWN], *_OF_ITEM, Organisation.name, SHIELDED.label("shielded"))
    .join(Item, Item.id == Assignment.item_id)
    .join(Organisation, Organisation.id == Assignment.organisation_id)
)
_USUAL = (Item.protocol_id, Item.position, Organisation.name, Assignment.period)


def assignments(tx: Transaction, wanted: AssignmentFilter | None = None) -> list[AssignmentLine]:
    """Assignments in order of protocol, item, addressee. Raises UnknownStateError."""
    wanted = wanted or AssignmentFilter()
    query = _LINES.where(*wanted.conditions(tx))
    if wanted.most is None:
        query = query.order_by(*_USUAL)
    else:
        query = query.where(Assignment.id > wanted.after).order_by(Assignment.id).limit(wanted.most)
    if wanted.first is not None:
        query = query.limit(wanted.first)
    lines = (_assignment_line(tx, row) for row in rows(tx.session, query))
    phrase = (wanted.addressee or "").casefold()
    # In Python: SQLite's lower() knows no Cyrillic.
    return [line for line in lines if phrase in line.addressee.casefold()]


def _assignment_line(tx: Transaction, row: Row[Any]) -> AssignmentLine:
    overdue = overdue_now(row, tx.now)
    return AssignmentLine(
        id=row.id,
        protocol=row.protocol_id,
        item=row.number,
        addressee=row.name,
        state=row.state,
        version=row.seq,
        due=row.due,
        overdue=overdue,
        late=row.late or overdue,
        derivation=row.derivation,
        literal=_literal(row),
        run_id=row.run_id,
        item_id=row.item_id,
        organisation_id=row.organisation_id,
        period=row.period,
        waits_for=row.waits_for,
    )


def _literal(row: Row[Any]) -> str | None:
    """The protocol's words, as long as the due moment still comes from them."""
    from_item = row.derivation is None or row.derivation == row.of_item or row.derivation["rule"] == Rule.PERIOD
    literal: str | None = row.deadline.get("literal")
    return literal if from_item else None


_NONE = Progress({}, 0)
