"""Notices: of each rung that reached the executor, somebody was to hear; no entry tells the notice itself."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select

from audit.trails.verify import Fault
from commands.recording.trail_fold import FoldedTrail
from models.outbox import Notice
from states.refusal import N_
from states.subjects import Kind, Subject

UNHEARD = N_("the executor was to hear of it, but the notice of that is not there any more")


def unheard(connection: Connection, trails: Iterable[FoldedTrail]) -> Iterator[Fault]:
    """Reminders and escalations whose notice was taken away."""
    told = {}
    for each in trails:
        subject = Subject.parse(each.trail)
        if each.footing.heard and subject and subject.kind is Kind.ASSIGNMENT:
            told[subject.number] = each
    if not told:
        return
    wanted = select(Notice.assignment_id, Notice.entry).where(Notice.assignment_id.in_(told))
    found = set(connection.execute(wanted).tuples())
    for number, each in told.items():
        for seq in each.footing.heard:
            if (number, seq) not in found:
                yield Fault(each.trail, seq, UNHEARD)
