"""A table file, CSV or XLSX, as numbered rows of cells."""

import csv
import datetime as dt
import io
import itertools
from collections.abc import Iterator

from intake import text_file as plain
from intake.file_text import (
    EmptyFileError,
    UnknownFormatError,
    UnreadableFileError,
    check_size,
    is_archive,
    members,
    suffix,
)
from states.refusal import InvalidError, RefusedError

Cell = str | dt.date
Row = tuple[int, list[Cell]]
FORMULAS = ("=", "+", "-", "@")
"""What office programs would run (OWASP, CSV injection)."""
MOST_ROWS = 100_000
MOST_COLUMNS = 64


class LongTableError(InvalidError):
    """The table has more rows than any roster."""

    template = "The file {filename} has more than {limit} rows: divide it or remove what is no roster."


def rows_of(data: bytes, filename: str) -> list[Row]:
    """The rows that hold anything, each with its line number from 1; dates of XLSX stay dates.

    Raises EmptyFileError, LargeFileError, LongTableError, EncryptedFileError, OldFormatError,
    UnknownFormatError, UnreadableFileError.
    """
    check_size(data, filename)
    if is_archive(data):
        rows = _workbook(data, filename)
    elif suffix(filename) in {"csv", "txt", ""}:
        rows = _separated(data)
    else:
        raise UnknownFormatError(filename=filename, formats="CSV, XLSX")
    try:
        plain_rows = ((line, [unquoted(cell) for cell in cells]) for line, cells in rows)
        written = [*itertools.islice((row for row in plain_rows if any(map(_is_written, row[1]))), MOST_ROWS + 1)]
    except RefusedError:
        raise
    except Exception as fault:
        raise UnreadableFileError(filename=filename) from fault
    if not written:
        raise EmptyFileError(filename=filename)
    if len(written) > MOST_ROWS:
        raise LongTableError(filename=filename, limit=MOST_ROWS)
    return written


def unquoted(cell: Cell) -> Cell:
    """Without the apostrophe by which a table keeps office programs from running a text as a formula."""
    return cell[1:] if isinstance(cell, str) and cell[:1] == "'" and cell[1:2] in FORMULAS else cell


def _separated(data: bytes) -> Iterator[Row]:
    text = plain.text_of(data)
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    # A quoted cell may go over several lines: a row is named by the one on which it begins.
    begins = itertools.chain([1], (reader.line_num + 1 for _ in itertools.count()))
    for line, cells in zip(begins, reader, strict=False):
        yield line, [*cells]


def _workbook(data: bytes, filename: str) -> Iterator[Row]:
    """The rows of the first sheet; a formula counts as the value it had when the file was saved."""
    if "xl/workbook.xml" not in members(data, filename):
        raise UnknownFormatError(filename=filename, formats="CSV, XLSX")
    import openpyxl  # noqa: PLC0415 - a reader of documents, needed for no other command

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    # A single cell in the last corner of a sheet makes openpyxl give all those before it: a million rows.
    for line, row in enumerate(book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
        if row.count(None) < len(row):
            yield line, [_cell(value) for value in row]


def _is_written(cell: Cell) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else True


def _cell(value: object) -> Cell:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return "" if value is None else str(value)
