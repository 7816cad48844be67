"""Files of reports, as their entries name them."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.trails.tables import disclosures, entries
from commands.context.evidence_store import Evidence
from commands.recording.stored_entries import disclosed
from models.protocols import Assignment
from states.actions import Action
from states.subjects import Kind, Subject


def submitted(session: Session, assignment: int, skip: int = 0) -> tuple[Evidence, ...]:
    """The files of the latest report (or of one `skip` versions before), as far as they are still disclosed."""
    trail = Subject(Kind.ASSIGNMENT, assignment).trail
    latest = (
        select(entries.c.seq)
        .where(entries.c.trail == trail, entries.c.action == Action.SUBMIT)
        .order_by(entries.c.seq.desc())
        .offset(skip)
        .limit(1)
        .scalar_subquery()
    )
    found = session.execute(
        select(disclosures.c.value, disclosures.c.seq).where(
            disclosures.c.trail == trail, disclosures.c.seq == latest, disclosures.c.field == "files"
        )
    ).one_or_none()
    if found is None:
        return ()
    with disclosed(trail, found.seq):
        return tuple(Evidence(**each) for each in json.loads(found.value))


def reported(session: Session, item: int, organisation: int, states: tuple[str, ...]) -> tuple[Evidence, ...]:
    """The files of an organisation's latest report on another item, if that stands in one of the states."""
    wanted = select(Assignment.id).where(
        Assignment.item_id == item, Assignment.organisation_id == organisation, Assignment.state.in_(states)
    )
    number = session.scalar(wanted.order_by(Assignment.period.desc()).limit(1))
    return submitted(session, number) if number else ()
