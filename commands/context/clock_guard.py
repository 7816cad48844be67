"""The machine's clock, held against the newest entry and against clocks of other machines, before anything is written.

A clock set back would make a late report timely; one that runs ahead would fire every rung of every ladder. A test's or
a demo's clock is no machine's: it only never runs backwards.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.atomic_files import put
from models.clock import instance, newest
from models.policy import AuditPolicy
from models.settings import Settings
from states.refusal import UnavailableError

FILE = "clocks.json"
_FRESH = timedelta(hours=1)
"""What another clock showed longer ago says nothing of ours now."""
_HERE = (None, "", "localhost", "127.0.0.1", "::1")


class ClockBehindError(UnavailableError):
    """A clock that was set back, or an entry from the future."""

    template = (
        "The machine's clock shows {now}, but the newest entry is of {newest}: one of the two is wrong. Nothing is "
        "written until the clock is right; “poruchenie doctor” says more."
    )


class ClockAheadError(UnavailableError):
    """A clock that runs ahead of another machine's."""

    template = (
        "The machine's clock shows {now}, but that of {whose} showed {other} at that moment. Nothing is written until "
        "the clock is right: let it be set by a time server (NTP)."
    )


@dataclass(frozen=True, slots=True)
class OtherClock:
    """A clock of another machine: what it showed (UTC) when ours showed `ours`."""

    whose: str
    theirs: datetime
    ours: datetime


def check(session: Session, settings: Settings, rules: AuditPolicy, now: datetime) -> None:
    """Raises ClockBehindError, ClockAheadError where time is the machine's."""
    if instance(session).clock != "system":
        return
    last = newest(session)
    if last is not None and now < last - timedelta(minutes=rules.leeway_minutes):
        raise ClockBehindError(now=now, newest=last)
    # One clock that is wrong must not stop everybody: ours is ahead if it is so by all of them.
    others = list(other_clocks(session, settings, now))
    nearest = min(others, key=lambda each: each.ours - each.theirs, default=None)
    if nearest and nearest.ours - nearest.theirs > timedelta(minutes=rules.ahead_minutes):
        raise ClockAheadError(now=nearest.ours, whose=nearest.whose, other=nearest.theirs)


def other_clocks(session: Session, settings: Settings, now: datetime) -> Iterator[OtherClock]:
    """Clocks that can be looked at now, or were lately: the database's machine, witnesses, other servers."""
    url = settings.database_url
    if url.get_backend_name() == "postgresql" and url.host not in _HERE and not (url.host or "").startswith("/"):
        shown: datetime = session.scalars(select(func.clock_timestamp())).one()
        yield OtherClock(str(url.host), shown, now)
    for each in _seen(settings.home / FILE):
        if timedelta() <= now - each.ours <= _FRESH:
            yield each


def note(settings: Settings, whose: str, theirs: datetime, ours: datetime) -> None:
    """Remember what a server's clock showed, by the time in its answer. A folder that can't be written is no matter."""
    file = settings.home / FILE
    kept = {each.whose: each for each in _seen(file)} | {whose: OtherClock(whose, theirs, ours)}
    told = [[each.whose, each.theirs.isoformat(), each.ours.isoformat()] for each in kept.values()]
    try:
        put(file, json.dumps(told, ensure_ascii=False).encode())
    except OSError:
        return


def _seen(file: Path) -> list[OtherClock]:
    try:
        told = json.loads(file.read_bytes())
        return [OtherClock(str(w), datetime.fromisoformat(t), datetime.fromisoformat(o)) for w, t, o in told]
    except (OSError, TypeError, ValueError, RecursionError):
        return []
