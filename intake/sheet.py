"""A table file, CSV or XLSX, as numbered rows of cells."""

import csv
import datetime as dt
import io
import itertools

import openpyxl

from intake import plain
from intake.document import (
    EmptyFileError,
    UnknownFormatError,
    UnreadableFileError,
    check_size,
    is_archive,
    members,
    suffix,
)

Cell = str | dt.date
Row = tuple[int, list[Cell]]


def rows_of(data: bytes, filename: str) -> list[Row]:
    """The rows that hold anything, each with its line number from 1; dates of XLSX stay dates.

    Raises EmptyFileError, LargeFileError, EncryptedFileError, OldFormatError, UnknownFormatError,
    UnreadableFileError.
    """
    check_size(data, filename)
    if is_archive(data):
        rows = _workbook(data, filename)
    elif suffix(filename) in {"csv", "txt", ""}:
        rows = _separated(data, filename)
    else:
        raise UnknownFormatError(filename=filename, formats="CSV, XLSX")
    written = [(line, cells) for line, cells in rows if any(map(_is_written, cells))]
    if not written:
        raise EmptyFileError(filename=filename)
    return written


def _separated(data: bytes, filename: str) -> list[Row]:
    try:
        text = plain.text_of(data)
        first = text.partition("\n")[0]
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
        # A quoted cell may go over several lines: a row is named by the one on which it begins.
        begins = itertools.chain([1], (reader.line_num + 1 for _ in itertools.count()))
        return [(line, [*cells]) for line, cells in zip(begins, reader, strict=False)]
    except (UnicodeError, csv.Error) as fault:
        raise UnreadableFileError(filename=filename) from fault


def _workbook(data: bytes, filename: str) -> list[Row]:
    """The rows of the first sheet; a formula counts as the value it had when the file was saved."""
    if "xl/workbook.xml" not in members(data, filename):
        raise UnknownFormatError(filename=filename, formats="CSV, XLSX")
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        return [
            (line, [_cell(value) for value in row]) for line, row in enumerate(sheet.iter_rows(values_only=True), 1)
        ]
    except Exception as fault:
        raise UnreadableFileError(filename=filename) from fault


def _is_written(cell: Cell) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else True


def _cell(value: object) -> Cell:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return "" if value is None else str(value)
