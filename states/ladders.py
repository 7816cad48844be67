"""Ladders: who hears what, how many working days before and after a due moment. Pure arithmetic over rungs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from states.actions import Action
from states.calendar import Calendar, working_offset


class Recipient(StrEnum):
    """A place on the ladder; who stands there is looked up when a rung fires."""

    EXECUTOR = "executor"
    REVIEWER = "reviewer"
    CONTROLLER = "controller"
    SUPERIOR = "superior"
    DIRECTOR = "director"
    MINISTER = "minister"


@dataclass(frozen=True, slots=True)
class Rung:
    """`days` counts working days: -5 is the start of the fifth working day before the last one,
    0 the due moment itself, 3 the end of the third working day after it.
    """

    days: int
    recipients: tuple[Recipient, ...]

    @property
    def action(self) -> Action:
        """Before the due moment one is reminded, from it on one is escalated."""
        return Action.REMIND if self.days < 0 else Action.ESCALATE


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs in order of time."""

    name: str
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class Climb:
    """Outcome of a look at a ladder: rungs to fire now, rungs done with after that, and when to look again (UTC)."""

    fire: tuple[Rung, ...]
    done: int
    next_check_at: datetime | None


@lru_cache(maxsize=4096)
def moments(ladder: Ladder, due: datetime, calendar: Calendar) -> tuple[datetime, ...]:
    """The moment when each rung fires, in UTC."""
    last = calendar.last_day(due)

    def moment(rung: Rung) -> datetime:
        day = working_offset(calendar, last, rung.days)
        return calendar.start_of(day) if rung.days < 0 else calendar.end_of(day)

    return tuple(due if rung.days == 0 else moment(rung).astimezone(UTC) for rung in ladder.rungs)


def begin(ladder: Ladder, due: datetime, now: datetime, calendar: Calendar) -> Climb:
    """Step on a ladder. Reminders already past are skipped; past the due, only the present rung will fire."""
    at = moments(ladder, due, calendar)
    passed = sum(moment <= now for moment in at)
    done = passed - 1 if passed and ladder.rungs[passed - 1].days >= 0 else passed
    return Climb((), done, at[done] if done < len(at) else None)


def climb(ladder: Ladder, due: datetime, done: int, now: datetime, calendar: Calendar) -> Climb:
    """Go on after `done` rungs. What an outage held back fires now, but no reminder that something later overtook."""
    at = moments(ladder, due, calendar)
    passed = sum(moment <= now for moment in at)
    ready = ladder.rungs[done:passed]
    overtaken = [rung.days < 0 and rung is not ready[-1] for rung in ready]
    fire = tuple(rung for rung, late in zip(ready, overtaken, strict=True) if not late)
    done = max(done, passed)
    return Climb(fire, done, at[done] if done < len(at) else None)
