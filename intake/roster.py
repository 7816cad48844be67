"""The roster: which organisations there are, under whom, and to which groups they belong and when."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from intake import dates, roster_faults
from intake import spreadsheet as sheet
from intake.draft import Value
from intake.lines import collapse
from intake.roster_faults import BadRosterError, Fault
from intake.spreadsheet import Cell

EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
COLUMNS = {
    "organisation": ("organisation", "organization", "организация"),
    "superior": ("superior", "вышестоящая организация"),
    "email": ("email", "e-mail", "эл. почта", "электронная почта"),
    "head": ("head", "руководитель"),
    "group": ("group", "группа"),
    "aliases": ("aliases", "псевдонимы группы", "псевдонимы"),
    "since": ("since", "с"),
    "until": ("until", "по"),
}
NAMES = {name: column for column, names in COLUMNS.items() for name in names}
FACTS = ("superior", "email", "head")


class RosterRow(Value):
    """One organisation in one group, from line `line` of the file; both days of membership are included."""

    line: int
    organisation: str
    superior: str | None
    email: str | None
    head: str | None
    group: str | None
    aliases: tuple[str, ...]
    since: dt.date | None
    until: dt.date | None


def read_roster(data: bytes, filename: str) -> list[RosterRow]:
    """Read a CSV (UTF-8 or Windows-1251; commas or semicolons) or XLSX file headed by column names.

    Raises BadRosterError with every bad line, or what `sheet.rows_of` raises.
    """
    (first, header), *body = sheet.rows_of(data, filename)
    columns = [NAMES.get(str(cell).strip().casefold(), "") for cell in header]
    found = [*_header_faults(first, header, columns)] or ([] if body else [roster_faults.no_rows(first)])
    if found:
        raise BadRosterError(filename, found)
    readings = [_Reading(line, cells, columns) for line, cells in body]
    rows = [row for reading in readings if (row := reading.row())]
    found = [fault for reading in readings for fault in reading.faults]
    found += [*_contradictions(rows), *_repetitions(rows)]
    if found:
        raise BadRosterError(filename, sorted(found, key=lambda fault: fault.line))
    return rows


def is_email(text: str) -> bool:
    """Whether a text is an address that mail can be sent to: the one rule, whoever names it."""
    return EMAIL.fullmatch(text) is not None


@dataclass(slots=True)
class _Reading:
    """One line of the file, and what is wrong with it once `row` was asked for."""

    line: int
    cells: Sequence[Cell]
    columns: Sequence[str]
    faults: list[Fault] = field(default_factory=list)

    def row(self) -> RosterRow | None:
        """The row, None where no organisation is named."""
        if any(self.cells[len(self.columns) :]):
            self.faults.append(roster_faults.too_many_cells(self.line, len(self.columns)))
        organisation = self._text("organisation")
        if not organisation:
            self.faults.append(roster_faults.no_organisation(self.line))
            return None
        since, until = self._date("since"), self._date("until")
        if since and until and until < since:
            self.faults.append(roster_faults.reversed_dates(self.line, since, until))
        return RosterRow(
            line=self.line,
            organisation=organisation,
            superior=self._text("superior"),
            email=self._email(),
            head=self._text("head"),
            group=self._text("group"),
            aliases=tuple(alias for part in (self._text("aliases") or "").split("|") if (alias := part.strip())),
            since=since,
            until=until,
        )

    def _cell(self, column: str) -> Cell:
        named = dict(zip(self.columns, self.cells, strict=False))
        return named.get(column, "")

    def _text(self, column: str) -> str | None:
        return collapse(unicodedata.normalize("NFC", str(self._cell(column)))) or None

    def _email(self) -> str | None:
        email = self._text("email")
        if email and not is_email(email):
            self.faults.append(roster_faults.bad_email(self.line, email))
        return email

    def _date(self, column: str) -> dt.date | None:
        cell = self._cell(column)
        if isinstance(cell, dt.date) or not cell.strip():
            return cell if isinstance(cell, dt.date) else None
        written = [each for each in dates.find(cell.strip()) if (each.start, each.end) == (0, len(cell.strip()))]
        day = written[0].on_or_after(None) if written else None
        if day is None:
            self.faults.append(roster_faults.bad_date(self.line, cell))
        return day


def _header_faults(line: int, header: Sequence[Cell], columns: Sequence[str]) -> Iterator[Fault]:
    for i, (cell, column) in enumerate(zip(header, columns, strict=True)):
        if not column and str(cell).strip():
            yield roster_faults.unknown_column(line, str(cell))
        elif column and column in columns[:i]:
            yield roster_faults.repeated_column(line, str(cell))
    if "organisation" not in columns:
        yield roster_faults.no_column(line, COLUMNS["organisation"][-1])


def _contradictions(rows: Sequence[RosterRow]) -> Iterator[Fault]:
    """Lines that say of an organisation something else than a line before; an empty cell says nothing."""
    known: dict[tuple[str, str], tuple[str, int]] = {}
    for row in rows:
        for fact in FACTS:
            value = getattr(row, fact)
            if value is None:
                continue
            said, line = known.setdefault((row.organisation, fact), (value, row.line))
            if said != value:
                yield roster_faults.contradiction(row.line, row.organisation, value, said, line)


def _repetitions(rows: Sequence[RosterRow]) -> Iterator[Fault]:
    """Lines whose membership another line gives already: of one organisation a group keeps a single period."""
    known: dict[tuple[str, str | None], RosterRow] = {}
    for row in rows:
        other = known.setdefault((row.organisation, row.group), row)
        if other is row:
            continue
        fault = roster_faults.repetition if _overlap(row, other) else roster_faults.second_period
        yield fault(row.line, row.organisation, row.group or "—", other.line)


def _overlap(one: RosterRow, other: RosterRow) -> bool:
    begins = max(one.since or dt.date.min, other.since or dt.date.min)
    return begins <= min(one.until or dt.date.max, other.until or dt.date.max)
