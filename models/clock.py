"""The one clock. What it shows depends on how the database was made: system, test or demo."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from audit.trails.tables import entries
from models.base import table_of
from models.instance import Instance
from models.only_row import only_row
from states.refusal import ConflictError, UnavailableError

Clock = Callable[[], datetime]

TEST_START = datetime(2000, 1, 1, tzinfo=UTC)
"""Where a test clock stands until --now first moves it: before any protocol that a test may want to register."""


def system_clock() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)


class ClockFixedError(ConflictError):
    """--now on a database in earnest use."""

    template = "The clock of this database can't be set: it was made neither with “init --test-clock” nor as a demo."


class ClockBackwardsError(ConflictError):
    """--now before the newest audit entry."""

    template = "The clock can't be set to {given}: the newest audit entry is of {newest}. Give a later time."


class NotInitialisedError(UnavailableError):
    """A database without its first row."""

    template = "This database is empty. Run “poruchenie init” first."


_INSTANCE = table_of(Instance)
_NEWEST = select(func.max(entries.c.at))


def instance(session: Session) -> Row[Any]:
    """The installation's row. Raises NotInitialisedError, SeveralRowsError."""
    found = only_row(session, _INSTANCE)
    if found is None:
        raise NotInitialisedError
    return found


def newest(session: Session) -> datetime | None:
    """The time of the newest audit entry."""
    found: datetime | None = session.scalar(_NEWEST)
    return found


def now(session: Session, given: datetime | None = None, system: Clock = system_clock) -> datetime:
    """The present moment (UTC). Raises what `running` raises."""
    return running(session, given, system)()


def running(session: Session, given: datetime | None = None, system: Clock = system_clock) -> Clock:
    """The clock of this database (UTC): `given` where it allows that. Raises ClockFixedError, ClockBackwardsError.

    Without `given` a test clock stands still at the newest entry, a demo's runs on, and any other is the machine's.
    """
    row = instance(session)
    if row.clock == "system":
        if given is not None:
            raise ClockFixedError
        return system
    last = newest(session)
    if given is not None:
        if last and given < last:
            raise ClockBackwardsError(given=given, newest=last)
        stands = given.astimezone(UTC)
        return lambda: stands
    least = last or datetime.min.replace(tzinfo=UTC)
    if row.clock == "demo":
        return lambda: max(demo_time(row, system), least)
    return lambda: max(row.created_at, least)


def demo_time(row: Row[Any], system: Clock = system_clock) -> datetime:
    """A demo's time runs on from `demo_at` since `real_at`, `speed` times as fast until `demo_until`, then as ours.

    It stands still while `real_at` is null.
    """
    at: datetime = row.demo_at or system()
    since: datetime | None = row.real_at
    if since is None:
        return at
    passed = system() - since
    fast: timedelta = max((row.demo_until - at) / row.speed, timedelta()) if row.demo_until else passed
    speed: int = row.speed
    return at + min(passed, fast) * speed + max(passed - fast, timedelta())


def pace(session: Session, at: datetime) -> int:
    """The pace of this database's time at a moment of it: times as fast as ours."""
    row = instance(session)
    runs_fast = row.clock == "demo" and (row.demo_until is None or at < row.demo_until)
    return int(row.speed) if runs_fast else 1


def leap(session: Session, given: datetime, system: Clock = system_clock) -> None:
    """--now on a demo moves its clock for good, and it runs on from there."""
    row = instance(session)
    if row.clock == "demo":
        session.execute(update(table_of(Instance)).values(demo_at=given, real_at=row.real_at and system()))


def run_demo(session: Session, *, running: bool, at: datetime | None = None, system: Clock = system_clock) -> None:
    """Let a demo's clock run from its present time (or from `at`), or stop it there."""
    row = instance(session)
    shown = at or demo_time(row, system)
    session.execute(update(Instance).values(demo_at=shown, real_at=system() if running else None))


def pace_demo(session: Session, speed: int, until: datetime | None) -> None:
    """Let a demo's time pass so many times as fast as ours until a moment. Raises ClockFixedError off a demo."""
    if instance(session).clock != "demo":
        raise ClockFixedError
    session.execute(update(Instance).values(speed=speed, demo_until=until))
