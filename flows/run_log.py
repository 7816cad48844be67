"""The log of an item's run in Prefect tells each transition once, even if whoever was telling it died half-way."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import LogCreate
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId, LogFilterTimestamp
from prefect.client.schemas.sorting import LogSort

from commands.registers.item_history import StepLine

_PAGE = 200  # Prefect lists no more logs at once


def tell(client: SyncPrefectClient, run: UUID, steps: Sequence[StepLine]) -> None:
    """Add to the run's log what it does not hold yet; Prefect itself keeps a line as often as it is sent."""
    if not steps:
        return
    held = set(_held(client, run, min(step.at for step in steps)))
    lines = [_line(run, step) for step in steps if (step.at, step.said()) not in held]
    if lines:
        client.create_logs(lines)


def _held(client: SyncPrefectClient, run: UUID, since: datetime) -> Iterator[tuple[datetime, str]]:
    wanted = LogFilter(
        flow_run_id=LogFilterFlowRunId(any_=[run]),
        timestamp=LogFilterTimestamp(after_=since),
    )
    for offset in count(0, _PAGE):
        page = client.read_logs(wanted, limit=_PAGE, offset=offset, sort=LogSort.TIMESTAMP_ASC)
        yield from ((log.timestamp, log.message) for log in page)
        if len(page) < _PAGE:
            return


def _line(run: UUID, step: StepLine) -> LogCreate:
    return LogCreate(name="poruchenie", level=20, message=step.said(), timestamp=step.at, flow_run_id=run)
