"""The table that an item asks for: read from files of every kind, checked cell by cell, handed in as CSV."""

import io

import openpyxl
import pytest

from commands.reports.form_tables import (
    BadCellsError,
    LongFormError,
    OtherColumnsError,
    as_file,
    as_sheet,
    check_table,
    read_table,
)

COLUMNS = ("Название центра", "Телефон", "Электронная почта")
ROWS = [["Центр", "+7 000 000-00-00", "c@example.org"], ["Другой; «центр»", "-5", "=1+1@example.org"]]


def test_what_is_written_is_read_back_the_same() -> None:
    file = as_file(COLUMNS, ROWS, "1.1")
    assert file.name == "table-1.1.csv"
    assert read_table(file.data, file.name, COLUMNS) == ROWS


def test_no_cell_is_run_as_a_formula_by_whoever_opens_the_file() -> None:
    text = as_file(COLUMNS, ROWS, "1.1").data.decode("utf-8-sig")
    assert "'+7 000" in text
    assert "'=1+1" in text
    assert not [cell for line in text.splitlines()[1:] for cell in line.split(";") if cell[:1] in "=+-@"]


def workbook(*rows: tuple[str | int | None, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_columns_are_found_by_their_names_in_any_order() -> None:
    data = workbook(("электронная  ПОЧТА:", None, "Название центра", "Телефон"), ("a@example.org", None, "Центр", 5))
    assert read_table(data, "t.xlsx", COLUMNS) == [["Центр", "5", "a@example.org"]]


def test_the_empty_table_takes_rows() -> None:
    assert read_table(as_sheet([list(COLUMNS)]), "t.xlsx", COLUMNS) == []


def test_other_columns_are_named() -> None:
    with pytest.raises(OtherColumnsError, match=r"Missing: Телефон\. Not asked for: Адрес"):
        read_table("Название центра;Адрес;Электронная почта\n".encode(), "t.csv", COLUMNS)


def test_more_rows_than_a_page_holds_are_refused() -> None:
    data = as_file(COLUMNS, ROWS * 200, "1.1").data
    with pytest.raises(LongFormError, match="has 400 rows; here 266 fit"):
        read_table(data, "t.csv", COLUMNS)


def test_every_bad_cell_is_named() -> None:
    rows = [["Центр", "", "a@example.org"], ["x" * 2001, "1", "nobody"]]
    with pytest.raises(BadCellsError) as refused:
        check_table(COLUMNS, rows)
    assert [(each.row, each.column) for each in refused.value.faults] == [(0, 1), (1, 0), (1, 2)]
    assert "row 1, “Телефон”: nothing is written." in str(refused.value)
    assert "row 2, “Электронная почта”: “nobody” is no e-mail address" in str(refused.value)


def test_a_column_that_asks_for_more_than_an_address_takes_what_is_written() -> None:
    check_table(("Телефон и электронная почта",), [["+7 000, c@example.org"]])
