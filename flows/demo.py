"""A demo's day lasts seconds: while it runs fast, the flows are called one after the other, without a schedule."""

import time
from collections.abc import Sequence

import structlog

from flows.deployments import Scheduled
from flows.sweeps import installed
from models import clock

PAUSE_S = 2

log = structlog.get_logger("poruchenie")


def follow(table: Sequence[Scheduled]) -> None:
    """Call every flow in turn until the time of this database runs no faster than ours; at once if it is no demo."""
    while _runs_fast():
        for each in table:
            try:
                each.flow()
            except Exception as error:  # noqa: BLE001 - a demo goes on; the run shows what was wrong
                log.warning("demo.flow_failed", flow=each.name, reason=str(error))
        time.sleep(PAUSE_S)


def _runs_fast() -> bool:
    with installed().read() as tx:
        return clock.pace(tx.session, tx.now) > 1
