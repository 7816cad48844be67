"""`python -m flows` for tests: the very same, but every interval is a few seconds long."""

import sys
from datetime import timedelta

from commands.sweeps import schedule

SECONDS = 10
schedule.INTERVALS = dict.fromkeys(schedule.INTERVALS, timedelta(seconds=SECONDS))

from flows import __main__ as flows  # noqa: E402 - its table is made when it is imported

flows.STANDBY_S = 2
flows.AGAIN_S = 1

if __name__ == "__main__":
    sys.exit(flows.main())
