"""Keeping Prefect's list of runs short and true: old sweeps are deleted, those of dead workers called crashed.

The runs of items are never deleted.
"""

import os
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import TERMINAL_STATES, FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Crashed

from commands.sweeps.sweeps import SWEEPS

KEPT = timedelta(days=1)
MISSED = timedelta(minutes=15)
"""A scheduled run that nobody took for so long: newer ones do its work."""
LONGEST = timedelta(hours=1)
"""No sweep takes so long; one that seems to has lost its worker."""
_AT_ONCE = 200  # Prefect lists no more at once; what is left is for the next sweep
_SWEEPS = FlowFilter(name=FlowFilterName(any_=list(SWEEPS)))


def prune(client: SyncPrefectClient, pace: int = 1) -> int:
    """Delete finished sweeps older than a day and scheduled ones that nobody will ever run; how many.

    In a demo, whose time has another `pace`, a day is shorter.
    """
    now = datetime.now(UTC)
    kept = max(KEPT / pace, MISSED / 5)
    finished = FlowRunFilter(state=_of_type(*TERMINAL_STATES), end_time=FlowRunFilterEndTime(before_=now - kept))
    missed = FlowRunFilter(
        state=_of_type(StateType.SCHEDULED), expected_start_time=FlowRunFilterExpectedStartTime(before_=now - MISSED)
    )
    gone = [run for which in (finished, missed) for run in _sweeps(client, which)]
    for run in gone:
        client.delete_flow_run(run.id)
    return len(gone)


def bury() -> int:
    """Call crashed the runs whose worker on this machine is gone, and those that run for an hour; how many.

    Until then a dead run keeps its flow's one place, and newcomers are cancelled.
    """
    with get_client(sync_client=True) as client:
        dead = [run for run in _sweeps(client, FlowRunFilter(state=_of_type(*_AT_WORK))) if _is_dead(run)]
        for run in dead:
            state: State[Any] = Crashed(message=f"The worker {run.infrastructure_pid} is gone.")
            client.set_flow_run_state(run.id, state, force=True)
    return len(dead)


_AT_WORK = (StateType.RUNNING, StateType.PENDING, StateType.CANCELLING)


def _of_type(*types: StateType) -> FlowRunFilterState:
    return FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)))


def _sweeps(client: SyncPrefectClient, which: FlowRunFilter) -> list[FlowRun]:
    return client.read_flow_runs(
        flow_filter=_SWEEPS, flow_run_filter=which, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=_AT_ONCE
    )


def _is_dead(run: FlowRun) -> bool:
    host, _, pid = (run.infrastructure_pid or "").rpartition(":")
    if host == socket.gethostname() and pid.isdecimal():
        return not _alive(int(pid))
    since = run.start_time or run.expected_start_time
    return since is not None and datetime.now(UTC) - since > LONGEST


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
