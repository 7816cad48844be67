"""`/search`: the audit log by what is known of an entry, and the same as a file."""

import csv
import html
import io
import re

import openpyxl
import pytest

from tests.desk.town import Reader, Town

pytestmark = pytest.mark.parametrize("kind", ["sqlite", "postgresql"], indirect=True)


def subjects(page: str) -> list[str]:
    return re.findall(r'<a href="/trails/([\w:]+)#entry-\d+"><time', page)


def test_a_controller_finds_what_he_seeks_and_may_bookmark_it(varied: Town, reader: Reader) -> None:
    number = varied.line("1.1", 1).id
    page = reader.text("/search?action=return&text=телефоны&lang=en")
    assert subjects(page) == [f"assignment:{number}"]
    assert 'value="телефоны"' in page
    assert '<option value="return" selected>' in page


def test_many_entries_come_page_by_page(reader: Reader) -> None:
    first = reader.text("/search?action=assign")
    further = re.search(r'class="button quiet-button" href="(/search[^"]+)"', first)
    assert further
    second = reader.text(html.unescape(further[1]))
    assert len(subjects(first)) == len(subjects(second)) == 50
    assert not set(subjects(first)) & set(subjects(second))


def test_the_same_comes_as_a_file(varied: Town, reader: Reader) -> None:
    number = varied.line("1.1", 1).id
    answer = reader.ask("/search.csv?action=return&lang=en")
    assert answer.headers["content-disposition"] == 'attachment; filename="entries.csv"'
    head, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert head[:4] == ["Time", "Subject", "Entry", "Action"]
    assert row[1:4] == [f"assignment:{number}", "3", "Return"]
    assert "Не указаны телефоны." in row
    book = openpyxl.load_workbook(io.BytesIO(reader.ask("/search.xlsx?action=return").content))
    assert [cell.value for cell in book.worksheets[0][2]][1] == f"assignment:{number}"


def test_no_note_is_run_as_a_formula_where_the_file_is_opened(town: Town) -> None:
    town.act("2020-06-02T10:00", "clerk", 1, "comment", "=HYPERLINK(1)")
    reader = town.reader()
    assert "'=HYPERLINK" in reader.ask("/search.csv?action=comment").content.decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(reader.ask("/search.xlsx?action=comment").content))
    assert [cell.data_type for cell in book.worksheets[0][2] if cell.value == "=HYPERLINK(1)"] == ["s"]


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("since=yesterday", 422, "“yesterday” is not a date"),
        ("organisation=Нигде", 404, "There is no organisation “Нигде”"),
        ("after=nowhere", 422, "is no place in the log"),
        ("text=такого+нет+нигде", 200, "No entry is like that"),
        ("since=0001-01-01&until=9999-12-31&action=register", 200, "protocol:1"),
        ("until=0001-01-01", 200, "No entry is like that"),
        ("since=9999-12-31", 200, "No entry is like that"),
        ("person=%00", 422, "“␀” holds a NUL"),
    ],
)
def test_wrong_input_is_said_so(reader: Reader, query: str, status: int, says: str) -> None:
    answer = reader.ask(f"/search?{query}&lang=en")
    assert answer.status_code == status
    assert says in answer.text


def test_a_role_finds_only_the_trails_that_it_may_read(town: Town) -> None:
    page = town.reader(login="clerk").text("/search?subject=account")
    assert subjects(page) == []
    found = {each.partition(":")[0] for each in subjects(town.reader(login="admin").text("/search"))}
    assert found <= {"account", "organisation", "group", "policy"}
    assert "account" in found
