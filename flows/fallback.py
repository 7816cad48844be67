"""Fallback without Prefect: a sweep that nobody has run for too long is run here, directly."""

import structlog

from commands.context.installation import Installation
from commands.sweeps.liveness import liveness
from commands.sweeps.sweeps import SWEEPS
from flows.sweeps import installed
from states.refusal import RefusedError

log = structlog.get_logger("poruchenie")


def stand_in() -> list[str]:
    """Run what is late; its names. Two workers at once, or Prefect coming back meanwhile, do no harm."""
    try:
        installation = installed()
        with installation.read() as tx:
            late = [each.name for each in liveness(tx) if not each.fresh and each.name in SWEEPS]
    except RefusedError as error:
        log.warning("standby.failed", reason=str(error))
        return []
    return [name for name in late if _run(installation, name)]


def _run(installation: Installation, name: str) -> bool:
    try:
        done = SWEEPS[name](installation)
    except RefusedError as error:
        log.warning("standby.failed", sweep=name, reason=str(error))
        return False
    log.warning("standby.ran", sweep=name, **done)
    return True
