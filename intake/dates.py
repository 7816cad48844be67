"""Dates and times as Russian documents write them."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

MONTHS = {
    "январ": 1, "феврал": 2, "март": 3, "апрел": 4, "ма(?=[яйе])": 5, "июн": 6,
    "июл": 7, "август": 8, "сентябр": 9, "октябр": 10, "ноябр": 11, "декабр": 12,
}  # fmt: skip
ENDING = r"(?:[аяйье]|ем|ом)?\b"
MONTH = rf"\b(?:{'|'.join(MONTHS)}){ENDING}"
YEAR = r"(?:[12]\d{3})(?:\s{0,3}(?:года|год|году|г\b\.?))?"
DAY = r"[«\"“„]?\b\d{1,2}(?:-?го)?\b[»\"”]?"

NUMERIC = r"(?<![\d.])\d{1,2}[./]\d{1,2}[./](?:[12]\d{3}|\d{2})(?![\d/]|\.\d)(?:\s{0,3}(?:года|г\b\.?))?"
ISO = r"(?<![\d-])[12]\d{3}-\d{2}-\d{2}(?![\d-])"
WORDED = rf"{DAY}\s{{0,3}}{MONTH}(?:\s{{0,3}}{YEAR})?"
DATE = rf"(?:{NUMERIC}|{ISO}|{WORDED})"
TIME = r"\b(?P<hour>[01]?\d|2[0-3])\s?(?:[.:-]|час\w*\.?|ч\.)\s?(?P<minute>[0-5]\d)(?:\s?мин\w*\.?)?(?![\d.])"

_DATE = re.compile(DATE, re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
_CENTURY = 100
_ISO_YEAR_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Written:
    """A date at [start, end) of some text; `year` is None where the words give none."""

    start: int
    end: int
    day: int
    month: int
    year: int | None

    def on_or_after(self, base: dt.date | None) -> dt.date | None:
        """The day meant: without a written year, the first such day from `base` on; None if there is none."""
        if self.year is not None:
            return _day(self.year, self.month, self.day)
        if base is None:
            return None
        candidates = (_day(year, self.month, self.day) for year in (base.year, base.year + 1))
        return next((day for day in candidates if day and day >= base), None)


def find(text: str) -> Iterator[Written]:
    """The dates of a text in order, among them such as no calendar has («31 июня»)."""
    for match in _DATE.finditer(text):
        numbers = _NUMBERS.findall(match[0])
        if month := month_of(match[0]):
            year = int(numbers[1]) if len(numbers) > 1 else None
            yield Written(*match.span(), int(numbers[0]), month, year)
        elif len(numbers[0]) == _ISO_YEAR_DIGITS:
            yield Written(*match.span(), int(numbers[2]), int(numbers[1]), int(numbers[0]))
        else:
            yield Written(*match.span(), int(numbers[0]), int(numbers[1]), _full(int(numbers[2])))


def month_of(text: str) -> int | None:
    """The number of the first month named in a text."""
    for word in re.findall(r"[а-яё]+", text.lower()):
        for stem, number in MONTHS.items():
            if re.fullmatch(stem + ENDING, word):
                return number
    return None


def last_day(year: int, month: int) -> dt.date:
    """The last day of a month."""
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return following - dt.timedelta(days=1)


def _full(year: int) -> int:
    return year if year >= _CENTURY else 2000 + year


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
