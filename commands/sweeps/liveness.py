"""Liveness of the sweeps: when each last ended, and whether that is too long ago."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from commands.context.installation import Transaction
from commands.sweeps import schedule
from commands.sweeps.schedule import BOARD, LATE
from models.clock import pace
from models.instance import Sweep


def last_sweeps(tx: Transaction) -> dict[str, datetime]:
    """The last end of each sweep (UTC)."""
    return {row.name: row.finished_at for row in tx.session.scalars(select(Sweep))}


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
        for name, interval in schedule.INTERVALS.items()
        if name != BOARD or name in last
    ]
