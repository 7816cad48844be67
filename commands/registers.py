"""Registers: what pages, flows and the command line read. Nothing here writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select

from commands.damage import rows
from commands.installation import Office
from commands.lateness import SHIELDED, overdue_now
from commands.lines import AssignmentLine, ItemLine, Progress, ProtocolLine
from commands.scope import concerning
from commands.standing import progress
from commands.wanted import Wanted
from models.base import table_of
from models.instance import Sweep
from models.protocols import Assignment, Item, Protocol
from models.rosters import Organisation
from states.deadlines import Rule

_SHOWN = ("id", "state", "seq", "due", "late", "derivation", "item_id", "organisation_id", "period", "waits_for")
_OF_ITEM = (Item.number, Item.protocol_id, Item.run_id, Item.deadline, Item.derivation.label("of_item"))
_LINES = (
    select(*table_of(Assignment).c[_SHOWN], *_OF_ITEM, Organisation.name, SHIELDED.label("shielded"))
    .join(Item, Item.id == Assignment.item_id)
    .join(Organisation, Organisation.id == Assignment.organisation_id)
)
_USUAL = (Item.protocol_id, Item.position, Organisation.name, Assignment.period)


def assignments(office: Office, wanted: Wanted | None = None) -> list[AssignmentLine]:
    """Assignments in order of protocol, item, addressee. Raises UnknownStateError."""
    wanted = wanted or Wanted()
    query = _LINES.where(*wanted.conditions(office))
    if wanted.most is None:
        query = query.order_by(*_USUAL)
    else:
        query = query.where(Assignment.id > wanted.after).order_by(Assignment.id).limit(wanted.most)
    if wanted.first is not None:
        query = query.limit(wanted.first)
    lines = (_assignment_line(office, row) for row in rows(office.session, query))
    phrase = (wanted.addressee or "").casefold()
    # In Python: SQLite's lower() knows no Cyrillic.
    return [line for line in lines if phrase in line.addressee.casefold()]


def _assignment_line(office: Office, row: Row[Any]) -> AssignmentLine:
    overdue = overdue_now(row, office.now)
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


def items(
    office: Office, protocol: int | None = None, numbers: Sequence[int] | None = None, within: int | None = None
) -> list[ItemLine]:
    """Items in order, of one protocol or of all; `within`: only those for an organisation or for one below it."""
    query = select(Item).order_by(Item.protocol_id, Item.position)
    where: list[Any] = concerning(within)
    if protocol is not None:
        where.append(Item.protocol_id == protocol)
    if numbers is not None:
        where.append(Item.id.in_(numbers))
    standing = progress(office, Item.id, within, *where)
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
            standing.get(each.id, _NONE),
        )
        for (each,) in rows(office.session, query.where(*where))
    ]


def protocols(office: Office, protocol: int | None = None, within: int | None = None) -> list[ProtocolLine]:
    """Protocols, the newest first, or one; `within`: as far as they are for an organisation or for those below it."""
    return _protocols(office, within, *([] if protocol is None else [Protocol.id == protocol]))


def protocols_paged(
    office: Office, within: int | None, most: int, *, before: int | None = None, after: int | None = None
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
    found = office.session.scalars(numbers).all()
    return _protocols(office, within, Protocol.id.in_(found)) if found else []


def _protocols(office: Office, within: int | None, *which: Any) -> list[ProtocolLine]:  # noqa: ANN401 - SQL conditions
    query = (
        select(Protocol, Organisation.name, func.count(Item.id))
        .join(Organisation, Organisation.id == Protocol.department_id)
        .join(Item, and_(Item.protocol_id == Protocol.id, *concerning(within)), isouter=within is None)
        .where(*which)
        .group_by(Protocol.id, Organisation.name)
        .order_by(Protocol.id.desc())
    )
    of_these = [Item.protocol_id.in_(select(Protocol.id).where(*which))] if which else []
    standing = progress(office, Item.protocol_id, within, *of_these)
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
            standing.get(each.id, _NONE),
        )
        for each, department, number in rows(office.session, query)
    ]


def sweeps(office: Office) -> dict[str, datetime]:
    """When each round last ended (UTC)."""
    return {row.name: row.finished_at for row in office.session.scalars(select(Sweep))}
