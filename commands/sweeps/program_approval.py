"""Programs on their way: what waited is opened, what was submitted is examined and given to a reviewer.

Each assignment is looked at without a lock, then decided on under one: two sweeps at once decide nothing twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from audit.trails.entries import Entry
from audit.trails.tables import entries
from commands.assignments.deadlines import LadderStage, due_when_opened, ladder_position, step_on
from commands.assignments.likeness import keep_likenesses
from commands.assignments.locked_assignment import COLUMNS, JOINED
from commands.context.actors import Actor
from commands.context.evidence_store import Evidence
from commands.context.installation import Transaction
from commands.mail.digests import OPENED
from commands.mail.notices import Concerned, Directory
from commands.recording.changes import Change
from commands.recording.writer import Step, TrailState, record_many, seal
from commands.reports.files import submitted
from commands.reports.findings import Examined, as_text, examine, shared
from commands.sweeps.reviewer_choice import choose
from models.protocols import Assignment, Item
from states.actions import Action
from states.assignment import OPEN, SUBMITTED
from states.deadlines import Derivation
from states.ladders import Recipient
from states.subjects import Kind, Subject

BATCH = 50


@dataclass(frozen=True, slots=True)
class Decided:
    """The outcome for one assignment."""

    opened: int = 0
    checked: int = 0
    reviewers: int = 0


def to_look_at(tx: Transaction, after: int = 0, batch: int = BATCH) -> Sequence[Row[Any]]:
    """The next assignments that wait for a look, by number. Costs what waits, not what is open."""
    wanted = _assignments().where(Assignment.to_check, Assignment.id > after).order_by(Assignment.id).limit(batch)
    return tx.session.execute(wanted).all()


def look(tx: Transaction, row: Row[Any]) -> Examined | None:
    """Examine an assignment that is submitted. Reads only: files may be large, and nobody is to wait for that."""
    return examine(tx, row, _before(tx, row)) if row.state == SUBMITTED else None


def decide(tx: Transaction, actor: Actor, number: int, examined: Examined | None) -> Decided:
    """Write what was seen, if the assignment is still as it was; otherwise it stays for the next sweep."""
    wanted = _assignments().where(Assignment.id == number, Assignment.to_check)
    row = tx.session.execute(wanted.with_for_update(of=Assignment, skip_locked=True)).one_or_none()
    if row is None:
        return Decided()
    tx.take_time()
    if row.waits_for is not None:
        return _open(tx, actor, row)
    if row.state == SUBMITTED and examined is None:
        return Decided()
    if row.state != SUBMITTED or examined is None:
        record_many(tx, [Step(_state(row), (), {"to_check": False})])
        return Decided()
    if examined.version != row.report_version:
        return Decided()
    return _check(tx, actor, row, examined)


def _assignments() -> Any:  # noqa: ANN401 - a select of its columns
    return select(*COLUMNS).select_from(JOINED)


def _before(tx: Transaction, row: Row[Any]) -> tuple[Evidence, ...]:
    """The files of the version before the latest."""
    return submitted(tx.session, row.id, skip=1) if row.report_version > 1 else ()


def _open(tx: Transaction, actor: Actor, row: Row[Any]) -> Decided:
    if row.awaited_state in OPEN or row.state not in OPEN:
        record_many(tx, [Step(_state(row), (), {"to_check": False})])
        return Decided()
    # Its term is counted from when it could be opened, however late the sweep comes to it.
    due = due_when_opened(tx.policy, _closed_at(tx, row), Derivation.read(row.derivation) if row.derivation else None)
    columns = {"due": due.due, "derivation": due.stored(), "waits_for": None}
    change = Change(columns, facts={"opened_by": Subject(Kind.ASSIGNMENT, row.waits_for).trail})
    entry = seal(tx, actor, _state(row), Action.REDATE, change)
    sweep: dict[str, Any] = {"next_check_at": tx.now}  # it was shielded, perhaps: the next sweep looks
    if due.due != row.due:
        stage = LadderStage(row.modality, row.state, due.due, row.review_due)
        sweep = step_on(ladder_position(tx.policy, stage), tx.now, tx.policy.calendar)
    notices = _notices(tx, row, entry, Recipient.EXECUTOR, OPENED)
    record_many(tx, [Step(_state(row), [entry], columns | sweep | {"to_check": False}, notices)])
    return Decided(opened=1)


def _closed_at(tx: Transaction, row: Row[Any]) -> datetime:
    """The moment when what the assignment waited for was closed."""
    closing = (entries.c.trail == Subject(Kind.ASSIGNMENT, row.waits_for).trail) & entries.c.action.in_(
        (Action.ACCEPT, Action.WITHDRAW)
    )
    at: datetime | None = tx.session.scalar(select(func.max(entries.c.at)).where(closing))
    return at or tx.now


def _check(tx: Transaction, actor: Actor, row: Row[Any], examined: Examined) -> Decided:
    # Reports on the same item are compared one after the other, or of two at once neither would see the other.
    tx.session.execute(select(Item.id).where(Item.id == row.item_id).with_for_update())
    findings = (*examined.findings, *shared(tx, row, examined))
    facts = {"version": examined.version, "findings": [each.code for each in findings]}
    texts = {"findings": as_text(findings)}
    before = _state(row)
    check = seal(tx, actor, before, Action.CHECK, Change(facts=facts, texts=texts))
    sealed, columns = [check], {"reviewer_id": row.reviewer_id}
    chosen = choose(tx, row)
    if chosen and chosen.account != row.reviewer_id:
        columns = {"reviewer_id": chosen.account}
        change = Change(columns, facts={"load": chosen.load})
        sealed.append(seal(tx, actor, before.after(check), Action.ASSIGN_REVIEWER, change))
    notices = _notices(tx, row, sealed[-1], Recipient.REVIEWER, Action.SUBMIT, columns["reviewer_id"])
    record_many(tx, [Step(before, sealed, columns | {"to_check": False}, notices)])
    signatures = {each.sha256: examined.signatures.get(each.sha256, b"") for each in examined.documents}
    keep_likenesses(tx, row, signatures)
    return Decided(checked=1, reviewers=len(sealed) - 1)


def _state(row: Row[Any]) -> TrailState:
    return TrailState.of_columns(Assignment, row)


def _notices(
    tx: Transaction, row: Row[Any], entry: Entry, place: Recipient, action: str, reviewer: int | None = None
) -> list[dict[str, Any]]:
    directory = Directory(tx)
    party = Concerned(row.organisation_id, row.superior_id, row.department_id, row.assignee_id, reviewer)
    return directory.notices(
        party,
        (place,),
        assignment=row.id,
        entry=entry.head.seq,
        action=action,
        rung=None,
        send_after=directory.next_digest,
    )
