"""The schedule of the sweeps: how often each is to end, and when it is late."""

from collections.abc import Mapping
from datetime import timedelta

BOARD = "board"
"""The publishing of the board, which only flows can do; its end is noted like that of a sweep."""
INTERVALS: Mapping[str, timedelta] = {
    "monitoring": timedelta(minutes=1),
    BOARD: timedelta(minutes=1),
    "registration": timedelta(minutes=5),
    "program_approval": timedelta(minutes=1),
    "escalation": timedelta(minutes=1),
    "delivery": timedelta(minutes=1),
}
"""How often each is to end."""
LATE = 3
"""Past so many intervals something is wrong."""
