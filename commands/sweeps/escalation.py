"""The sweep over ladders: reminders before a due moment, escalation after it, each rung once, audited row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from audit.trails.entries import Entry
from commands.assignments.deadlines import LadderPosition, ladder_position
from commands.assignments.locked_assignment import COLUMNS, JOINED, stage_of
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.mail.notices import Concerned, Directory
from commands.recording.changes import Change
from commands.recording.writer import Step, TrailState, record_many, seal
from models.protocols import Assignment
from states.actions import Action
from states.ladders import Rung, climb

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Escalated:
    """One batch: rungs fired."""

    reminded: int
    escalated: int
    more: bool


def escalate(tx: Transaction, actor: Actor, batch: int = BATCH) -> Escalated:
    """Fire what has come due on the next assignments. Costs what is due, not what is open; may run twice at once."""
    due = (
        select(*COLUMNS)
        .select_from(JOINED)
        .where(Assignment.next_check_at <= tx.now)
        .order_by(Assignment.next_check_at)
        .limit(batch)
        .with_for_update(of=Assignment, skip_locked=True)
    )
    rows = tx.session.execute(due).all()
    tx.take_time()
    directory = Directory(tx)
    steps = [_step(tx, actor, directory, row) for row in rows]
    record_many(tx, steps)
    actions = [entry.record.action for step in steps for entry in step.entries]
    return Escalated(actions.count(Action.REMIND), actions.count(Action.ESCALATE), more=len(rows) == batch)


def _step(tx: Transaction, actor: Actor, directory: Directory, row: Row[Any]) -> Step:
    before = TrailState.of_columns(Assignment, row)
    stage = stage_of(row)
    position = ladder_position(tx.policy, stage)
    if position is None:
        return Step(before, (), {"rung": 0, "next_check_at": None})
    if stage.shielded:
        # Whatever shields it will wake it; then it goes on from the same rung.
        return Step(before, (), {"rung": row.rung, "next_check_at": None})
    climbed = climb(position.ladder, position.due, row.rung, tx.now, tx.policy.calendar)
    fired = list(_fire(tx, actor, before, position, climbed.fire))
    notices = [
        notice
        for rung, entry in fired
        for notice in directory.notices(
            Concerned(row.organisation_id, row.superior_id, row.department_id, row.assignee_id, row.reviewer_id),
            rung.recipients,
            assignment=row.id,
            entry=entry.head.seq,
            action=entry.record.action,
            rung=rung.days,
            send_after=directory.send_after(at_once=rung.days == 0),
        )
    ]
    columns = {"rung": climbed.done, "next_check_at": climbed.next_check_at}
    return Step(before, [entry for _, entry in fired], columns, notices)


def _fire(
    tx: Transaction, actor: Actor, before: TrailState, position: LadderPosition, rungs: tuple[Rung, ...]
) -> Iterator[tuple[Rung, Entry]]:
    for rung in rungs:
        facts = {
            "ladder": position.ladder.name,
            "rung": rung.days,
            "due": position.due.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "to": [place.value for place in rung.recipients],
        }
        entry = seal(tx, actor, before, rung.action, Change(facts=facts))
        before = before.after(entry)
        yield rung, entry
