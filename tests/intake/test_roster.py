import datetime as dt
import io

import openpyxl
import pytest

from intake.file_text import EmptyFileError, LargeFileError, OldFormatError, UnknownFormatError, UnreadableFileError
from intake.roster import RosterRow, read_roster
from intake.roster_faults import LISTED, BadRosterError
from intake.spreadsheet import LongTableError
from states.refusal import RefusedError

HEADER = "организация;вышестоящая организация;эл. почта;руководитель;группа;псевдонимы группы;с;по"
LINE = "Школа № 1;Управление;shkola@example.org;Окунев А.Б.;Школы;ОО|учебные  заведения;01.09.2020;2021-08-31"
ROW = RosterRow(
    line=2,
    organisation="Школа № 1",
    superior="Управление",
    email="shkola@example.org",
    head="Окунев А.Б.",
    group="Школы",
    aliases=("ОО", "учебные заведения"),
    since=dt.date(2020, 9, 1),
    until=dt.date(2021, 8, 31),
)


def _faults(*lines: str, header: str = HEADER) -> list[str]:
    with pytest.raises(BadRosterError) as refused:
        read_roster("\n".join([header, *lines]).encode(), "roster.csv")
    assert "roster.csv" in str(refused.value)
    return [str(fault) for fault in refused.value.faults]


def _workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_a_row_is_read_in_every_encoding(encoding: str) -> None:
    assert read_roster(f"{HEADER}\r\n{LINE}\r\n".encode(encoding), "roster.csv") == [ROW]


def test_columns_may_be_named_in_english_and_parted_by_commas() -> None:
    header = "Organisation,SUPERIOR,email,head,group,aliases,since,until"
    assert read_roster(f"{header}\n{LINE.replace(';', ',')}".encode(), "roster.csv") == [ROW]


def test_excel_gives_the_same_rows_and_keeps_its_dates() -> None:
    cells: list[object] = [*LINE.split(";")]
    cells[-2:] = [dt.datetime(2020, 9, 1), dt.date(2021, 8, 31)]  # noqa: DTZ001 - Excel knows no time zones
    assert read_roster(_workbook([*HEADER.split(";")], cells), "roster.xlsx") == [ROW]


def test_a_formula_never_saved_with_its_value_is_an_empty_cell() -> None:
    with pytest.raises(BadRosterError, match="Line 2: the organisation is not named"):
        read_roster(_workbook(["организация", "группа"], ["=A1", "Школы"]), "roster.xlsx")


def test_only_the_organisation_must_be_there() -> None:
    [row] = read_roster("организация\nШкола".encode(), "roster.csv")
    assert (row.organisation, row.superior, row.email, row.group, row.aliases, row.since) == (
        "Школа",
        *[None] * 3,
        (),
        None,
    )


def test_names_are_composed_and_their_spaces_single() -> None:
    [row] = read_roster("организация\n Синии\u0306   Мох ".encode(), "roster.csv")
    assert row.organisation == "Синий Мох"


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    rows = read_roster('организация\n\n"Школа\nза рекой"\nДетский сад'.encode(), "roster.csv")
    assert [(row.line, row.organisation) for row in rows] == [(3, "Школа за рекой"), (5, "Детский сад")]


def test_every_bad_line_is_named_at_once() -> None:
    faults = _faults(
        ";;a@example.org;;;;;",
        "Школа;;not an address;;;;;",
        "Сад;;;;Сады;;31.02.2020;завтра",
        "Ясли;;;;Сады;;02.09.2020;01.09.2020",
        "Лицей;;;;;;;;лишнее",
    )
    assert [fault.partition(":")[0] for fault in faults] == ["Line 2", "Line 3", "Line 4", "Line 4", "Line 5", "Line 6"]
    assert "«not an address»" in faults[1]
    assert "«31.02.2020»" in faults[2]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Школа;Север;;;А;;;", "Школа;Юг;;;Б;;;"),
        ("Школа;;a@example.org;;А;;;", "Школа;;b@example.org;;Б;;;"),
        ("Школа;;;Окунев А.Б.;А;;;", "Школа;;;Щукин А.Б.;Б;;;"),
    ],
)
def test_two_lines_must_not_tell_different_things_of_one_organisation(first: str, second: str) -> None:
    [fault] = _faults(first, second)
    assert fault.startswith("Line 3: Школа has")
    assert "on line 2" in fault


def test_an_empty_cell_contradicts_nothing() -> None:
    text = f"{HEADER}\nШкола;Север;;;А;;;\nШкола;;;;Б;;;"
    assert len(read_roster(text.encode(), "roster.csv")) == 2


def test_a_membership_stands_on_one_line() -> None:
    [fault] = _faults("Школа;;;;А;;;", "Школа;;;;А;;01.09.2020;")
    assert "already in the group «А» by line 2" in fault


def test_a_second_period_in_one_group_is_refused_rather_than_lost() -> None:
    [fault] = _faults("Школа;;;;А;;;31.08.2020", "Школа;;;;А;;01.09.2020;")
    assert fault.startswith("Line 3: Школа is in the group «А» for other days by line 2")


def test_the_header_must_be_understood() -> None:
    assert "«телефон» is not known" in _faults("Школа;1", header="организация;телефон")[0]
    assert "no column «организация»" in _faults("Школы", header="группа")[0]
    assert "twice" in _faults("Школа;Школа", header="организация;organisation")[0]


def test_a_header_alone_is_no_roster() -> None:
    assert "no organisations" in _faults()[0]


def test_the_sentence_lists_the_first_faults_and_counts_all() -> None:
    with pytest.raises(BadRosterError) as refused:
        read_roster(("организация;эл. почта\n" + ";a@example.org\n" * 50).encode(), "roster.csv")
    assert len(refused.value.faults) == refused.value.values["count"] == 50
    assert str(refused.value).count("Line ") == LISTED


def test_a_cell_in_the_last_corner_of_a_sheet_costs_seconds_not_the_machine() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A2"], sheet["XFD1048576"] = "организация", "Школа", "x"
    stream = io.BytesIO()
    book.save(stream)
    [row] = read_roster(stream.getvalue(), "roster.xlsx")
    assert row.organisation == "Школа"


@pytest.mark.parametrize(
    ("data", "filename", "error"),
    [
        pytest.param(b"", "a.csv", EmptyFileError, id="no bytes"),
        pytest.param(b";;\n;;\n", "a.csv", EmptyFileError, id="empty cells"),
        pytest.param(b'"never closed', "a.csv", UnreadableFileError, id="broken csv"),
        pytest.param(bytes(range(1, 32)), "a.csv", UnreadableFileError, id="binary"),
        pytest.param(b"PK\x03\x04 and then nothing", "a.xlsx", UnreadableFileError, id="broken xlsx"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", OldFormatError, id="old excel"),
        pytest.param(b"organisation", "a.pdf", UnknownFormatError, id="another name"),
        pytest.param(b"a\n" * 100_002, "a.csv", LongTableError, id="too many rows"),
        pytest.param(b"a" * (20 * 1024 * 1024 + 1), "a.csv", LargeFileError, id="over 20 MB"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, filename: str, error: type[RefusedError]) -> None:
    with pytest.raises(error, match=r"a\.\w+"):
        read_roster(data, filename)
