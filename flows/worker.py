"""A worker that runs our flows in its own process: a run costs a twentieth of what a process of its own would.

Several of them, on several machines, may share the work pool. One that dies leaves nothing but a run in a wrong state.
"""

import os
import socket
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

import anyio.abc
import anyio.to_thread
from prefect import Flow
from prefect.client.schemas.objects import FlowRun, State
from prefect.flow_engine import run_flow_sync
from prefect.states import Cancelled
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from states.refusal import RefusedError

POOL = "poruchenie"
TYPE = "poruchenie-resident"


class UnknownFlowError(RefusedError):
    """A run in our pool of a flow that is not ours; Prefect shows the sentence with the run."""

    template = "The worker of the pool “{pool}” runs no flow “{flow}”. Move that deployment to another pool."


def whoami() -> str:
    """`host:pid` of this process: Prefect keeps it with each run that it takes."""
    return f"{socket.gethostname()}:{os.getpid()}"


class ResidentResult(BaseWorkerResult):
    """The result of a run: always code 0, because a flow that failed has told the server so itself."""


class ResidentWorker(BaseWorker[BaseJobConfiguration, BaseVariables, ResidentResult]):
    """Takes scheduled runs from the work pool and runs them in threads of this process."""

    type = TYPE
    flows: ClassVar[Mapping[str, Flow[[], dict[str, int]]]] = {}

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,
        task_status: anyio.abc.TaskStatus[Any] | None = None,
    ) -> ResidentResult:
        """Run one flow to its end, cancelled or not: sweeps are short, and none is left half-way."""
        name = configuration.labels.get("prefect.io/flow-name") or ""
        if name not in self.flows:
            raise UnknownFlowError(pool=POOL, flow=name)
        if task_status:
            task_status.started(whoami())
        work = partial(run_flow_sync, self.flows[name], flow_run=flow_run, parameters={}, return_type="state")
        await anyio.to_thread.run_sync(work)
        await self._end_cancelled(flow_run)
        return ResidentResult(identifier=whoami(), status_code=0)

    async def _end_cancelled(self, flow_run: FlowRun) -> None:
        """Call a run that somebody cancels cancelled once its work has ended: Prefect takes no other end for it."""
        state = (await self.client.read_flow_run(flow_run.id)).state
        if state and state.is_cancelling():
            ended: State[Any] = Cancelled(message="Cancelled; the sweep had ended its work.")
            await self.client.set_flow_run_state(flow_run.id, ended, force=True)
