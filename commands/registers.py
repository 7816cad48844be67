"""Registers: what pages, flows and the command line read. Nothing here writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, exists, func, or_, select

from commands.cases import AWAITED
from commands.damage import rows
from commands.installation import Office
from commands.language import said, tr
from commands.scope import concerning, within_of
from models.base import table_of
from models.instance import Sweep
from models.protocols import Assignment, Item, Protocol
from models.rosters import Organisation
from states.assignment import AT_EXECUTOR, AT_MINISTRY
from states.deadlines import Derivation, Rule
from states.refusal import RefusedError
from states.rollup import roll_up


class UnknownStateError(RefusedError):
    """A filter by a state that does not exist."""

    template = "There is no state “{state}”. States: {states}."


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


@dataclass(frozen=True, slots=True)
class Progress:
    """How many assignments stand where, and what that makes of the item (or the protocol)."""

    counts: Mapping[str, int]
    overdue: int

    @property
    def total(self) -> int:
        """All assignments."""
        return sum(self.counts.values())

    @property
    def state(self) -> str:
        """The roll-up: a state or `overdue`."""
        return roll_up(self.counts, self.overdue)

    def said(self) -> str:
        """«14 из 26 приняты, 3 просрочены»."""
        accepted = tr("{accepted} of {total} accepted", accepted=self.counts.get("accepted", 0), total=self.total)
        overdue = tr("{overdue} overdue", overdue=self.overdue)
        return f"{accepted}, {overdue}" if self.overdue else accepted


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter on assignments; what is None does not filter. `within`: an organisation with those below it.

    With `most` they come by number, so many at most, from the one `after`; with `first` in the usual order.
    """

    protocol: int | None = None
    item: str | None = None
    state: str | None = None
    overdue: bool = False
    addressee: str | None = None
    assignment: int | None = None
    item_id: int | None = None
    within: int | None = None
    organisation: int | None = None
    after: int = 0
    most: int | None = None
    numbers: Sequence[int] | None = None
    states: Sequence[str] | None = None
    first: int | None = None


_OF_ITEM = (Item.number, Item.protocol_id, Item.run_id, Item.deadline, Item.derivation.label("of_item"))


def is_overdue(now: datetime) -> Any:  # noqa: ANN401 - an SQL condition
    """Overdue: with the executor, and past the due moment; but not while what it waits for lies at the ministry."""
    late = and_(Assignment.state.in_(AT_EXECUTOR), Assignment.due.is_not(None), Assignment.due <= now)
    return and_(late, or_(Assignment.waits_for.is_(None), ~SHIELDED))


def overdue_now(row: Row[Any], now: datetime) -> bool:
    """The same of a row that is read already, with SHIELDED as `shielded`."""
    return row.state in AT_EXECUTOR and row.due is not None and row.due <= now and not row.shielded


SHIELDED = exists().where(AWAITED.c.id == Assignment.waits_for, AWAITED.c.state.in_(AT_MINISTRY)).correlate(Assignment)
"""Whether what an assignment waits for lies at the ministry."""


def assignments(office: Office, wanted: Wanted | None = None) -> list[AssignmentLine]:
    """Assignments in order of protocol, item, addressee. Raises UnknownStateError."""
    wanted = wanted or Wanted()
    query = (
        select(*table_of(Assignment).c, *_OF_ITEM, Organisation.name, SHIELDED.label("shielded"))
        .join(Item, Item.id == Assignment.item_id)
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .order_by(Item.protocol_id, Item.position, Organisation.name, Assignment.period)
    )
    lines = (_assignment_line(office, row) for row in rows(office.session, _filtered(query, wanted, office.now)))
    phrase = (wanted.addressee or "").casefold()
    # In Python: SQLite's lower() knows no Cyrillic.
    return [line for line in lines if phrase in line.addressee.casefold()]


def _filtered(query: Select[Any], wanted: Wanted, now: datetime) -> Select[Any]:
    states = ("assigned", "submitted", "reviewed", "accepted", "returned", "withdrawn")
    if wanted.state is not None and wanted.state not in states:
        raise UnknownStateError(state=wanted.state, states=states)
    for column, value in (
        (Assignment.state, wanted.state),
        (Item.protocol_id, wanted.protocol),
        (Item.number, wanted.item),
        (Assignment.item_id, wanted.item_id),
        (Assignment.id, wanted.assignment),
        (Assignment.organisation_id, wanted.organisation),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.numbers is not None:
        query = query.where(Assignment.id.in_(wanted.numbers))
    if wanted.states is not None:
        query = query.where(Assignment.state.in_(wanted.states))
    if wanted.overdue:
        query = query.where(is_overdue(now))
    if wanted.most is not None:
        query = query.where(Assignment.id > wanted.after).order_by(None).order_by(Assignment.id).limit(wanted.most)
    if wanted.first is not None:
        query = query.limit(wanted.first)
    return query.where(*within_of(wanted.within))


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


def explained(derivation: dict[str, Any] | None, literal: str | None) -> str:
    """Why a due moment is what it is, in a sentence."""
    if derivation is None:
        return tr("no due moment yet: the event that it awaits has no date") if literal else tr("no due moment")
    steps = [said(template, values) for template, values in Derivation.read(derivation).explain()]
    return (f"«{literal}»: " if literal else "") + "; ".join(steps)


def progress(office: Office, by: Any, *where: Any) -> dict[int, Progress]:  # noqa: ANN401 - SQL columns, conditions
    """Progress by a column of Assignment or Item."""
    late = func.sum(case((is_overdue(office.now), 1), else_=0))
    counted = (
        select(by, Assignment.state, func.count(), late)
        .join(Item, Item.id == Assignment.item_id)
        .where(*where)
        .group_by(by, Assignment.state)
    )
    counts: dict[int, dict[str, int]] = {}
    overdue: dict[int, int] = {}
    for key, state, number, passed in office.session.execute(counted):
        counts.setdefault(key, {})[state] = number
        overdue[key] = overdue.get(key, 0) + int(passed)
    return {key: Progress(states, overdue[key]) for key, states in counts.items()}


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
    standing = progress(office, Assignment.item_id, *where, *within_of(within))
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
    query = (
        select(Protocol, Organisation.name, func.count(Item.id))
        .join(Organisation, Organisation.id == Protocol.department_id)
        .join(Item, and_(Item.protocol_id == Protocol.id, *concerning(within)), isouter=within is None)
        .group_by(Protocol.id, Organisation.name)
        .order_by(Protocol.id.desc())
    )
    where = [*within_of(within), *([] if protocol is None else [Item.protocol_id == protocol])]
    if protocol is not None:
        query = query.where(Protocol.id == protocol)
    standing = progress(office, Item.protocol_id, *where)
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
