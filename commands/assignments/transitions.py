"""One action on one assignment: lock, compare, ask, write. State, entry and notices are committed together."""

from dataclasses import replace
from typing import Protocol

from sqlalchemy import bindparam, update

from audit.trails.canonical_json import canonical
from commands.assignments.deadlines import ladder_position, step_on
from commands.assignments.effects import EFFECTS
from commands.assignments.likeness import remember
from commands.assignments.locked_assignment import Effect, LockedAssignment, TakeAction, lock_assignment, stage_of
from commands.context.actors import Actor
from commands.context.evidence_store import Evidence
from commands.context.installation import Transaction
from commands.mail.links import BY_MAIL, OnlyLinkedError
from commands.mail.notices import Concerned, Directory
from commands.recording.changes import Change
from commands.recording.requirements import demand
from commands.recording.writer import Step, record_many, seal
from models.base import table_of
from models.protocols import Assignment
from states.actions import Action
from states.assignment import ASSIGNMENT, OPEN, PERSONAL
from states.lifecycle import Edge, Need, Role
from states.refusal import ForbiddenError, Word
from states.rights import judges_another, own_business
from states.separation import Deed, separate


class SystemActionError(ForbiddenError):
    """An action that only the flows take."""

    template = "“{action}” is taken by the system, not by a person. Actions: {actions}."


class ForeignAssignmentError(ForbiddenError):
    """Not the actor's business."""

    template = "Assignment {assignment} is for “{addressee}”; “{login}” does not act for that organisation."


class OtherReviewerError(ForbiddenError):
    """Somebody else reviews it."""

    template = (
        "Assignment {assignment} was given to another reviewer; the controller can change that (assign_reviewer)."
    )


class OwnOrganisationError(ForbiddenError):
    """A reviewer from the addressee itself."""

    template = "Assignment {assignment} is for the reviewer's own organisation “{addressee}”; another must review it."


_TABLE = table_of(Assignment)
_WAITING = update(_TABLE).where(_TABLE.c.waits_for == bindparam("this"))
_LOOKED_AT = (Action.SUBMIT, Action.RESTORE)
"""Actions after which the sweep over programs has something to do."""


class Addressed(Protocol):
    """An assignment, as far as its addressee goes: a row or a line of a register."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def organisation_id(self) -> int:
        """Of the addressee."""

    @property
    def addressee(self) -> str:
        """The addressee's name."""


def take_action(tx: Transaction, actor: Actor, command: TakeAction) -> int:
    """Take an action; the new version. Raises RefusedError and leaves everything as it was."""
    edge = ASSIGNMENT.edge(command.action)
    if command.action not in PERSONAL:
        raise SystemActionError(action=Word(command.action), actions=PERSONAL)
    locked = lock_assignment(tx, actor, command)
    ASSIGNMENT.move(locked.row.state, locked.action, actor.role)
    answers_for(actor, locked.row, locked.action)
    _refuse_other_reviewer(locked)
    _has_needed(locked, edge)
    if Need.SEPARATION in edge.needs:
        separate(tx.policy.rules.separation, locked.deeds(), Deed(locked.action, actor.persons))
    effect = EFFECTS[locked.action](locked)
    files = effect.kept + tx.evidence.keep(command.files)
    remember(locked, files)
    return _write(locked, effect, files)


def answers_for(actor: Actor, assignment: Addressed, action: str) -> None:
    """An executor acts for his own organisation, not for those below it; a reviewer for none of his own.

    Raises OnlyLinkedError, ForeignAssignmentError, OwnOrganisationError.
    """
    number, addressee = assignment.id, assignment.addressee
    if actor.only is not None and (actor.only != number or action not in BY_MAIL):
        raise OnlyLinkedError
    if actor.role is Role.EXECUTOR and not own_business(actor.organisation, assignment.organisation_id):
        raise ForeignAssignmentError(assignment=number, addressee=addressee, login=actor.login)
    if actor.role is Role.REVIEWER and not judges_another(actor.organisations, assignment.organisation_id):
        raise OwnOrganisationError(assignment=number, addressee=addressee)


def _refuse_other_reviewer(locked: LockedAssignment) -> None:
    row, actor = locked.row, locked.actor
    judging = actor.role is Role.REVIEWER and locked.action is not Action.COMMENT
    own = (actor.account, actor.instead_of[0] if actor.instead_of else actor.account)
    if judging and row.reviewer_id is not None and row.reviewer_id not in own:
        raise OtherReviewerError(assignment=row.id)


def _has_needed(locked: LockedAssignment, edge: Edge) -> None:
    command = locked.command
    note = (command.note or "").strip()
    given = {
        Need.REASON: note,
        Need.BASIS: note,
        Need.TEXT: note,
        Need.REPORT: note or command.files,
        Need.DUE: command.due,
        Need.TARGET: command.to,
        Need.SEPARATION: True,
    }
    demand(edge, given)


def _write(locked: LockedAssignment, effect: Effect, files: tuple[Evidence, ...]) -> int:
    tx, row = locked.tx, locked.row
    change = Change(effect.columns, facts=_facts(locked, effect), texts=_texts(locked, files))
    entry = seal(locked.tx, locked.actor, locked.before, locked.action, change)
    columns = {**change.columns, **_ladder_columns(locked, effect, entry.record.state)}
    if locked.action in _LOOKED_AT:
        columns["to_check"] = row.deliverable is not None or row.waits_for is not None
    directory = Directory(tx)
    notices = directory.notices(
        _party(locked, effect),
        effect.hear,
        assignment=row.id,
        entry=entry.head.seq,
        action=locked.action,
        rung=None,
        send_after=directory.send_after(at_once=effect.at_once) if effect.hear else tx.now,
    )
    record_many(tx, [Step(locked.before, [entry], columns, notices)])
    if entry.record.state != row.state:
        _wake_waiting(locked, entry.record.state)
    return entry.head.seq


def _party(locked: LockedAssignment, effect: Effect) -> Concerned:
    """The concerned from now on: what is handed on is told to whoever gets it."""
    columns = effect.columns
    return replace(
        locked.party,
        organisation=columns.get("organisation_id", locked.row.organisation_id),
        assignee=columns.get("assignee_id", locked.row.assignee_id),
        reviewer=columns.get("reviewer_id", locked.row.reviewer_id),
    )


def _wake_waiting(locked: LockedAssignment, state: str) -> None:
    """Have the sweeps look at what waits for this one: it may open now, or is on its ladder again."""
    woken = {"to_check": True} if state not in OPEN else {"next_check_at": locked.tx.now}
    locked.tx.session.execute(_WAITING, {"this": locked.row.id, **woken})


def _facts(locked: LockedAssignment, effect: Effect) -> dict[str, object]:
    facts: dict[str, object] = dict(effect.facts)
    if Need.SEPARATION in ASSIGNMENT.edge(locked.action).needs:
        facts["separation"] = locked.tx.policy.rules.separation.value
    return facts


def _texts(locked: LockedAssignment, files: tuple[Evidence, ...]) -> dict[str, str]:
    texts = {}
    if locked.command.note and locked.command.note.strip():
        texts["note"] = locked.command.note.strip()
    if files:
        texts["files"] = canonical([each.as_fact() for each in files]).decode()
    return texts


def _ladder_columns(locked: LockedAssignment, effect: Effect, state: str) -> dict[str, object]:
    """The sweep's columns, begun anew if the ladder or its due moment changed."""
    row, policy = locked.row, locked.tx.policy
    before = stage_of(row)
    due, review = (effect.columns.get(name, getattr(row, name)) for name in ("due", "review_due"))
    after = ladder_position(policy, replace(before, state=state, due=due, review_due=review))
    if after == ladder_position(policy, before):
        return {}
    return step_on(after, locked.tx.now, policy.calendar, shielded=before.shielded)
