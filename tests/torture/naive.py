"""What should have happened, told simply: no tables, no sweeps, no code of the program, days counted on the fingers."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")
DAYS_OFF = {date(2020, 6, 12), date(2020, 6, 24), date(2020, 7, 1)}
LADDERS = {
    "order": (-5, -1, 0, 1, 3, 5),
    "review": (-1, 0, 3),
    "acceptance": (0, 3),
}
Rung = tuple[str, int]


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in DAYS_OFF


def moved(day: date, count: int) -> date:
    """So many working days later, or earlier."""
    while count:
        day += timedelta(days=1 if count > 0 else -1)
        if works(day):
            count -= 1 if count > 0 else -1
    return day


def midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), MOSCOW)


def when(last: date, rung: int) -> datetime:
    """The start of a day before the deadline, or the end of one after it."""
    return midnight_after(moved(last, rung)) if rung >= 0 else midnight_after(moved(last, rung) - timedelta(days=1))


@dataclass
class Task:
    """One assignment: on which ladder it stands, how far, and everything that was fired for it."""

    last: date
    ladder: str | None = "order"
    done: int = 0
    fired: list[Rung] = field(default_factory=list)

    def begin(self, ladder: str | None, last: date, now: datetime) -> None:
        """Step on a ladder: what is past is past, but for the rung at which it stands overdue."""
        self.ladder, self.last = ladder, last
        if ladder is None:
            return
        rungs = LADDERS[ladder]
        past = [rung for rung in rungs if when(last, rung) <= now]
        self.done = len(past) - 1 if past and past[-1] >= 0 else len(past)

    def look(self, now: datetime) -> None:
        """A sweep: everything due fires, but no reminder that something later overtook."""
        if self.ladder is None:
            return
        rungs = LADDERS[self.ladder]
        ready = [rung for rung in rungs[self.done :] if when(self.last, rung) <= now]
        self.fired += [(self.ladder, rung) for rung in ready if rung >= 0 or rung is ready[-1]]
        self.done += len(ready)

    def act(self, action: str, now: datetime) -> None:
        """What a person did."""
        today = now.astimezone(MOSCOW).date()
        match action:
            case "submit":
                self.begin("review", moved(today, 5), now)
            case "review":
                self.begin("acceptance", moved(today, 3), now)
            case "return":
                self.begin("order", moved(today, 3), now)
            case "accept" | "withdraw":
                self.begin(None, self.last, now)
