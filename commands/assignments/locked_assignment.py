"""One assignment, locked, with everything that a decision about it rests on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from audit.trails.tables import entries
from commands.assignments.deadlines import LadderStage
from commands.context.actors import Actor
from commands.context.evidence_store import Attachment, Evidence
from commands.context.installation import Transaction
from commands.mail.notices import Concerned
from commands.recording.stored_entries import parse_entry, rows
from commands.recording.writer import TrailState, newest_at, newest_of
from commands.registers.lookup import UnknownAssignmentError
from commands.registers.overdue import AWAITED
from models.protocols import Assignment, Item, Protocol
from models.rosters import Organisation
from states.actions import Action
from states.assignment import AT_MINISTRY
from states.ladders import Recipient
from states.refusal import ConflictError, Word
from states.separation import Deed


@dataclass(frozen=True, slots=True)
class Effect:
    """Columns to change, facts for the entry, who hears of it, and whether they hear at once."""

    columns: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    hear: tuple[Recipient, ...] = ()
    at_once: bool = False
    kept: tuple[Evidence, ...] = ()  # files that stand already and belong to this action too


class StaleVersionError(ConflictError):
    """Somebody else acted in between."""

    template = (
        "Assignment {assignment} has changed since you saw it: you saw version {seen}, now it is version {version} "
        "in the state “{state}”. Nothing was done; look again and decide anew."
    )


@dataclass(frozen=True, slots=True)
class TakeAction:
    """The command of a person about an assignment. `version`: the one he saw; None takes it as it is."""

    assignment: int
    action: str
    version: int | None = None
    note: str | None = None
    files: tuple[Attachment, ...] = ()
    due: date | None = None
    to: str | None = None
    on_behalf: str | None = None
    received: datetime | None = None


@dataclass(frozen=True, slots=True)
class LockedAssignment:
    """The locked row with its surroundings, the actor and what he wants."""

    tx: Transaction
    actor: Actor
    command: TakeAction
    row: Row[Any]

    @property
    def action(self) -> Action:
        """The action that is wanted."""
        return Action(self.command.action)

    @property
    def before(self) -> TrailState:
        """The state and newest entry of the assignment."""
        return TrailState.of_columns(Assignment, self.row)

    @property
    def party(self) -> Concerned:
        """The organisations and persons concerned."""
        row = self.row
        return Concerned(row.organisation_id, row.superior_id, row.department_id, row.assignee_id, row.reviewer_id)

    @property
    def today(self) -> date:
        """The local date."""
        return self.tx.policy.calendar.day_of(self.tx.now)

    def deeds(self) -> Iterator[Deed]:
        """Deeds of submitting and reviewing, oldest first, read from the trail itself. Raises DamagedEntryError."""
        trail = self.before.subject.trail
        columns = entries.c["seq", "body", "hash"]
        wanted = select(*columns).where(entries.c.trail == trail, entries.c.action.in_((Action.SUBMIT, Action.REVIEW)))
        for seq, body, sealed in self.tx.session.execute(wanted.order_by(entries.c.seq)):
            yield deed(parse_entry(trail, seq, body, sealed))


def deed(content: dict[str, Any]) -> Deed:
    """An entry's action with the persons in it."""
    persons = {content["person"], content.get("for_person", content["person"])}
    return Deed(content["action"], frozenset(persons))


COLUMNS = (
    *Assignment.__table__.c,
    Item.modality,
    Item.number.label("item_number"),
    Item.deliverable,
    Item.follows_id,
    Item.builds_on_id,
    Protocol.id.label("protocol_id"),
    Protocol.date.label("protocol_date"),
    Protocol.expanded,
    Protocol.department_id,
    Organisation.superior_id,
    Organisation.name.label("addressee"),
    AWAITED.c.state.label("awaited_state"),
    entries.c.at.label("told_at"),
)
JOINED = (
    Assignment.__table__.join(Item.__table__, Item.id == Assignment.item_id)
    .join(Protocol.__table__, Protocol.id == Item.protocol_id)
    .join(Organisation.__table__, Organisation.id == Assignment.organisation_id)
    .outerjoin(AWAITED, AWAITED.c.id == Assignment.waits_for)
    .outerjoin(entries, newest_of(Assignment))
)

_ONE = select(*COLUMNS).select_from(JOINED).where(Assignment.id == bindparam("assignment"))
_LOCKED = _ONE.with_for_update(of=Assignment)


def stage_of(row: Row[Any]) -> LadderStage:
    """The facts that decide on an assignment's ladder."""
    return LadderStage(row.modality, row.state, row.due, row.review_due, shielded=row.awaited_state in AT_MINISTRY)


def lock_assignment(tx: Transaction, actor: Actor, command: TakeAction) -> LockedAssignment:
    """Lock the row, compare versions, and only then take the time: a report that waited here may have become late.

    Raises UnknownAssignmentError, StaleVersionError.
    """
    row = next(iter(rows(tx.session, _LOCKED, {"assignment": command.assignment})), None)
    if row is None:
        raise UnknownAssignmentError(assignment=command.assignment)
    if command.version is not None and command.version != row.seq:
        state = Word(row.state)
        raise StaleVersionError(assignment=row.id, seen=command.version, version=row.seq, state=state)
    tx.take_time()
    if (followed := newest_at(tx, TrailState.of_columns(Assignment, row))) is not None:
        tx.not_before(followed)
    return LockedAssignment(tx, actor, command, row)
