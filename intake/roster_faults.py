"""Every fault a roster file can have, as the sentence a person will see."""

import datetime as dt
from collections.abc import Sequence

from pydantic import Field

from intake.draft import Value
from states.refusal import InvalidError

LISTED = 20


class Fault(Value):
    """A fault on a line of the file; `template` is an English `str.format` sentence for `values`."""

    line: int
    template: str
    values: dict[str, str | int | dt.date] = Field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(line=self.line, **self.values)


class BadRosterError(InvalidError):
    """The file has faults, every one of them in `faults`; the sentence lists the first `LISTED`."""

    template = "The roster {filename} was not taken; faults found: {count}. {listed}"

    def __init__(self, filename: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(filename=filename, count=len(self.faults), listed=self.faults[:LISTED])


def no_rows(line: int) -> Fault:
    """Nothing follows the header."""
    return Fault(line=line, template="Line {line}: no organisations follow the column names: add them.")


def no_column(line: int, column: str) -> Fault:
    """A column that must be there is not."""
    return Fault(
        line=line,
        template="Line {line}: there is no column «{column}»: the first line must name the columns.",
        values={"column": column},
    )


def unknown_column(line: int, column: str) -> Fault:
    """A column whose meaning is not known."""
    return Fault(
        line=line,
        template="Line {line}: the column «{column}» is not known: rename or remove it.",
        values={"column": column},
    )


def repeated_column(line: int, column: str) -> Fault:
    """Two columns of one meaning."""
    return Fault(
        line=line,
        template="Line {line}: the column «{column}» stands there twice: remove one.",
        values={"column": column},
    )


def too_many_cells(line: int, columns: int) -> Fault:
    """Cells to the right of the last named column."""
    return Fault(
        line=line,
        template="Line {line}: more cells than columns ({columns}): put values with separators in quotes.",
        values={"columns": columns},
    )


def no_organisation(line: int) -> Fault:
    """The name is missing."""
    return Fault(line=line, template="Line {line}: the organisation is not named: enter its name.")


def bad_email(line: int, email: str) -> Fault:
    """Not an address."""
    return Fault(
        line=line,
        template="Line {line}: «{email}» is not an e-mail address: correct it.",
        values={"email": email},
    )


def bad_date(line: int, date: str) -> Fault:
    """Not a day."""
    return Fault(
        line=line,
        template="Line {line}: «{date}» is not a date: write it as 31.12.2020 or 2020-12-31.",
        values={"date": date},
    )


def reversed_dates(line: int, since: dt.date, until: dt.date) -> Fault:
    """Membership ends before it begins."""
    return Fault(
        line=line,
        template="Line {line}: the membership ends ({until}) before it begins ({since}): correct the dates.",
        values={"since": since, "until": until},
    )


def contradiction(line: int, organisation: str, value: str, said: str, before: int) -> Fault:
    """Two lines tell different things of one organisation."""
    return Fault(
        line=line,
        template="Line {line}: {organisation} has «{value}» here but «{said}» on line {before}: leave one of them.",
        values={"organisation": organisation, "value": value, "said": said, "before": before},
    )


def repetition(line: int, organisation: str, group: str, before: int) -> Fault:
    """The same membership on two lines."""
    return Fault(
        line=line,
        template="Line {line}: {organisation} is already in the group «{group}» by line {before}: remove one line.",
        values={"organisation": organisation, "group": group, "before": before},
    )


def second_period(line: int, organisation: str, group: str, before: int) -> Fault:
    """An organisation that left a group and came back: only one period can be kept."""
    return Fault(
        line=line,
        template="Line {line}: {organisation} is in the group «{group}» for other days by line {before}, and only one "
        "period is kept: leave one line, or name another group.",
        values={"organisation": organisation, "group": group, "before": before},
    )
