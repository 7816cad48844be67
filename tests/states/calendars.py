"""The calendar that tests of deadlines and ladders share: Russia's, with the two days of 2020 given by decree."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from states.calendar import Calendar

MOSCOW = ZoneInfo("Europe/Moscow")
STATUTE = Calendar("statute", MOSCOW)
DECREED = Calendar("decreed", MOSCOW, days_off=frozenset({date(2020, 6, 24), date(2020, 7, 1)}))


def day(text: str) -> date:
    return date.fromisoformat(text)


def local(text: str) -> datetime:
    """`2020-06-30 18:00` of Moscow, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW).astimezone(UTC)
