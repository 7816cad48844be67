"""Artifacts of the runs in Prefect's UI: an item's progress and addressees, a protocol's situation."""

import json
from collections.abc import Iterator
from uuid import UUID

from prefect.client.schemas.actions import ArtifactCreate

from commands.context.installation import Transaction
from commands.context.language import shown, shown_due, tr
from commands.registers.approval_stages import ApprovalStage, approval_stages
from commands.registers.assignments import AssignmentLine, assignments
from commands.registers.filters import AssignmentFilter
from commands.registers.items import ItemLine
from commands.registers.situation import Situation
from states.assignment import State


def of_item(tx: Transaction, item: ItemLine, run: UUID) -> Iterator[ArtifactCreate]:
    """Progress in per cent, and a table of addressees with links to the desk; for programs with their stages."""
    progress = item.progress
    closed = progress.counts.get(State.ACCEPTED, 0) + progress.counts.get(State.WITHDRAWN, 0)
    yield ArtifactCreate(
        key=f"item-{item.id}-progress",
        type="progress",
        description=progress.said(),
        data=round(100 * closed / progress.total, 1) if progress.total else 0.0,
        flow_run_id=run,
    )
    standing = approval_stages(tx, item.id) if item.deliverable else {}
    lines = assignments(tx, AssignmentFilter(item_id=item.id))
    rows = [_row(tx, line) | _stage(standing.get(line.id)) for line in lines]
    yield ArtifactCreate(
        key=f"item-{item.id}-addressees",
        type="table",
        description=f"{item.number}. {item.text}",
        data=json.dumps(rows, ensure_ascii=False),
        flow_run_id=run,
    )


def of_protocol(situation: Situation) -> ArtifactCreate:
    """The overview of today."""
    return ArtifactCreate(
        key=f"protocol-{situation.protocol}-situation",
        type="markdown",
        description=tr("Protocol {protocol}: situation", protocol=situation.protocol),
        data=situation.said(),
    )


def _row(tx: Transaction, line: AssignmentLine) -> dict[str, object]:
    return {
        tr("Addressee"): f"[{line.addressee}]({tx.settings.desk_url}/assignments/{line.id})",
        tr("State"): shown("overdue") if line.overdue else shown(line.state),
        tr("Due"): shown_due(line.due),
        tr("Version"): line.version,
    }


def _stage(stage: ApprovalStage | None) -> dict[str, object]:
    if stage is None:
        return {}
    return {
        tr("Stage"): stage.said(),
        tr("Reviewer"): stage.reviewer or "—",
        tr("Term"): shown_due(stage.term),
    }
