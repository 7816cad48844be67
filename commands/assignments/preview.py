"""Preview of a submission: taken, looked at as the sweep would look at it, and taken back by the caller."""

from dataclasses import dataclass

from sqlalchemy import select

from commands.assignments.locked_assignment import COLUMNS, JOINED, TakeAction
from commands.assignments.transitions import take_action
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.reports.files import submitted
from commands.reports.findings import examine
from models.protocols import Assignment


@dataclass(frozen=True, slots=True)
class Preview:
    """Whether the report would count as late, its version, and what a machine notices in its documents."""

    late: bool
    version: int
    findings: tuple[str, ...]


def preview(tx: Transaction, actor: Actor, command: TakeAction) -> Preview:
    """Within a savepoint that the caller undoes. Raises what `act` raises."""
    take_action(tx, actor, command)
    wanted = select(*COLUMNS).select_from(JOINED).where(Assignment.id == command.assignment)
    row = tx.session.execute(wanted).one()
    findings: tuple[str, ...] = ()
    if row.deliverable is not None:
        previous = submitted(tx.session, row.id, skip=1) if row.report_version > 1 else ()
        findings = tuple(each.said() for each in examine(tx, row, previous).findings)
    return Preview(row.late, row.report_version, findings)
