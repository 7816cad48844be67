"""The table that an item asks for: read from a file, checked cell by cell, handed in as a CSV file."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from commands.context.evidence_store import Attachment
from intake.roster import is_email
from intake.spreadsheet import FORMULAS, rows_of
from states.refusal import N_, InvalidError

LONGEST = 2_000
MOST_CELLS = 800
"""What a form of a page can hold; a larger table is handed in as a file."""
_LISTED = 20
Rows = list[list[str]]

_EMPTY = N_("row {row}, “{column}”: nothing is written.")
_LONG = N_("row {row}, “{column}”: {length} characters, at most {most}.")
_NO_EMAIL = N_("row {row}, “{column}”: “{value}” is no e-mail address such as name@example.org.")


@dataclass(frozen=True, slots=True)
class CellFault:
    """A fault of one cell; rows and columns count from 0."""

    row: int
    column: int
    template: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)


class BadCellsError(InvalidError):
    """Cells that can't be handed in, every one of them in `faults`."""

    template = "The table can't be handed in yet; faults found: {count}. {listed}"

    def __init__(self, faults: Sequence[CellFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(count=len(self.faults), listed=self.faults[:_LISTED])


class OtherColumnsError(InvalidError):
    """A file with other columns than the item asks for."""

    template = (
        "The first row of “{name}” must name the columns of the form. Missing: {missing}. Not asked for: {strange}."
    )


class LongFormError(InvalidError):
    """More rows than a page can show."""

    template = "“{name}” has {rows} rows; here {most} fit. Hand the file in as it is, among the files of the report."


def read_table(data: bytes, name: str, columns: Sequence[str]) -> Rows:
    """The rows of a CSV or XLSX file under these columns, in their order.

    Raises OtherColumnsError, LongFormError, and what intake says of a file that it can't read.
    """
    (_, head), *rows = rows_of(data, name)
    places = {_plain(each): at for at, each in enumerate(map(str, head)) if _plain(str(each))}
    wanted = [_plain(column) for column in columns]
    missing = [column for column, plain in zip(columns, wanted, strict=True) if plain not in places]
    strange = [str(head[at]) for plain, at in places.items() if plain not in wanted]
    if missing or strange:
        raise OtherColumnsError(name=name, missing=", ".join(missing) or "—", strange=", ".join(strange) or "—")
    most = MOST_CELLS // len(columns)
    if len(rows) > most:
        raise LongFormError(name=name, rows=len(rows), most=most)
    return [[_at(cells, places[plain]) for plain in wanted] for _, cells in rows]


def check_table(columns: Sequence[str], rows: Rows) -> None:
    """Raises BadCellsError."""
    if faults := list(_faults(columns, rows)):
        raise BadCellsError(faults)


def as_file(columns: Sequence[str], rows: Rows, item: str) -> Attachment:
    """The table as a file that office programs open."""
    return Attachment(file_name(item), as_csv([list(columns), *rows]))


def as_csv(rows: Rows) -> bytes:
    """CSV with semicolons, UTF-8 with its mark: what office programs open at a click."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([_unformulated(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def file_name(item: str) -> str:
    """The name of the file of an item's table."""
    return f"table-{item}.csv"


def as_sheet(rows: Rows) -> bytes:
    """XLSX; the first row stays in sight. Every cell is text: none is run as a formula."""
    import openpyxl  # noqa: PLC0415 - a library of documents, needed for no other command
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.data_type = "s"
    for at, column in enumerate(rows[0], start=1):
        sheet.column_dimensions[get_column_letter(at)].width = max(14, len(column) + 2)
    sheet.freeze_panes = "A2"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _faults(columns: Sequence[str], rows: Rows) -> Iterator[CellFault]:
    for number, row in enumerate(rows):
        for at, (column, cell) in enumerate(zip(columns, row, strict=True)):
            place = {"row": number + 1, "column": column}
            if not cell:
                yield CellFault(number, at, _EMPTY, place)
            elif len(cell) > LONGEST:
                yield CellFault(number, at, _LONG, {**place, "length": len(cell), "most": LONGEST})
            elif _asks_email(column) and not is_email(cell):
                yield CellFault(number, at, _NO_EMAIL, {**place, "value": cell})


def _asks_email(column: str) -> bool:
    """A column for nothing else: «Телефон и электронная почта» takes what people write there."""
    return _plain(column) in ("e-mail", "email", "электронная почта", "адрес электронной почты")


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold().rstrip(".:")


def _at(cells: Sequence[Any], at: int) -> str:
    return " ".join(str(cells[at]).split()) if at < len(cells) else ""


def _unformulated(cell: str) -> str:
    """Office programs would run what begins so (OWASP, CSV injection)."""
    return f"'{cell}" if cell[:1] in FORMULAS else cell
