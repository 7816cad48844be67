"""`python -m flows`: register the flows' schedules with Prefect's server and run what comes due, until stopped."""

import os
import signal
import socket
import sys

import anyio
import anyio.to_thread
import structlog

from commands.context.language import sentence
from commands.sweeps.schedule import INTERVALS
from flows.demo import follow
from flows.deployments import PrefectAwayError, Scheduled, register
from flows.fallback import stand_in
from flows.pruning import bury
from flows.sweeps import delivery, escalation, installed, monitoring, program_approval, registration
from flows.worker import POOL, ResidentWorker
from models import schema
from states.refusal import RefusedError

SCHEDULE = tuple(
    Scheduled(flow, INTERVALS[flow.name], limit=1)
    for flow in (escalation, program_approval, delivery, monitoring, registration)
)
STANDBY_S = 60
AGAIN_S = 15

log = structlog.get_logger("poruchenie")


async def work() -> None:
    """Run what Prefect schedules; while Prefect is away, run by ourselves what is late."""
    async with anyio.create_task_group() as together:
        await anyio.to_thread.run_sync(follow, SCHEDULE)
        together.start_soon(_stand_by)
        while True:
            try:
                await anyio.to_thread.run_sync(register, SCHEDULE)
                await anyio.to_thread.run_sync(bury)
                await _serve()
            except PrefectAwayError as error:
                log.warning("prefect.away", reason=str(error))
            await anyio.sleep(AGAIN_S)


async def _serve() -> None:
    """Take runs until the server has been away for minutes."""
    name = f"{socket.gethostname()}-{os.getpid()}"
    worker = ResidentWorker(POOL, name=name, limit=len(SCHEDULE), prefetch_seconds=1)
    try:
        await worker.start(printer=lambda *_: None)
    except* RuntimeError as error:  # the worker's own word for a server that is away
        log.warning("prefect.away", reason=str(error.exceptions[0]))


async def _stand_by() -> None:
    """Catch up at once with what a standstill held back; later leave nothing undone for long, whatever Prefect does.

    A schedule that somebody paused there, a pool or a deployment that he deleted, is put right with it.
    """
    await anyio.to_thread.run_sync(stand_in)
    while True:
        await anyio.sleep(STANDBY_S)
        if await anyio.to_thread.run_sync(stand_in):
            try:
                await anyio.to_thread.run_sync(register, SCHEDULE)
            except RefusedError as error:
                log.warning("prefect.away", reason=str(error))


def main() -> int:
    """Exit 1 with a sentence where the settings, the database or Prefect's server are wrong."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what runs is ended first
    ResidentWorker.flows = {each.name: each.flow for each in SCHEDULE}
    try:
        schema.check(installed().database)
        try:
            register(())
        except PrefectAwayError as error:
            log.warning("prefect.away", reason=str(error))
        anyio.run(work)
    except RefusedError as error:
        sys.stderr.write(sentence(error) + "\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
