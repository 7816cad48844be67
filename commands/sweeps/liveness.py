"""Liveness of the sweeps: when each last ended, and whether that is too long ago."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from commands.context.installation import Transaction
from models.clock import pace
from models.instance import Sweep


def last_sweeps(tx: Transaction) -> dict[str, datetime]:
    """The last end of each sweep (UTC)."""
    return {row.name: row.finished_at for row in tx.session.scalars(select(Sweep))}


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


@dataclass(frozen=True, slots=True)
class Liveness:
    """The last end of a sweep (UTC; None: never), and whether that is recent enough."""

    name: str
    at: datetime | None
    fresh: bool


def liveness(tx: Transaction) -> list[Liveness]:
    """Every sweep's, in order; the board's once there is one. A demo's intervals are longer by its pace."""
    last = last_sweeps(tx)
    longest = LATE * pace(tx.session, tx.now)
    return [
        Liveness(name, at := last.get(name), fresh=at is not None and tx.now - at <= longest * interval)
        for name, interval in INTERVALS.items()
        if name != BOARD or name in last
    ]
