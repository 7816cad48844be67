"""Handing a report in: its table typed or loaded, its files kept when the form comes back, checks before, a receipt."""

import html
import io
import re

import docx
import openpyxl
import pytest

from commands.trails.trail import trail
from desk.pages.forms.kept_files import kept_files
from tests.desk.pages.screens.report_forms import DAY, path, send
from tests.desk.town import Reader, Town

PDF = ("files", ("отчёт.pdf", b"%PDF one"))


def columns(school: Town) -> list[str]:
    page = school.reader(DAY, login="office").text(path(school))
    return [html.unescape(each) for each in re.findall(r'<th scope="col">([^<]+)</th>', page)]


def kept(page: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'name="held" value="([^"]+)"', page)]


def cells(page: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'<input name="cell" value="([^"]*)"', page)]


def test_the_columns_of_the_form_become_a_table(school: Town, office: Reader) -> None:
    assert len(columns(school)) == 4
    assert len(cells(office.text(path(school)))) == 12
    assert 'name="cell"' not in office.text(path(school, "1.2"))
    more = send(office, path(school), cell=["a", "b", "c", "d"], step="rows")
    assert cells(more[1])[:5] == ["a", "b", "c", "d", ""]
    assert len(cells(more[1])) == 44


@pytest.mark.journey
def test_a_typed_table_is_handed_in_as_a_file_and_comes_back_for_the_rework(school: Town, office: Reader) -> None:
    row = ["Центр", "Осокина Р.Л.", "математика", "+7 000, c@example.org"]
    status, receipt = send(office, path(school), note="Сведения", cell=[*row, "", "", "", ""])
    assert (status, receipt) == (303, f"/assignments/{school.line('1.1', 0).id}/receipts/2")
    page = office.text(receipt)
    assert "table-1.1.csv" in page
    school.act(DAY, "reviewer", school.line("1.1", 0).id, "return", "Дополнить")
    assert cells(office.text(path(school)))[:4] == row


def test_bad_cells_are_named_and_marked_and_nothing_typed_is_lost(school: Town, office: Reader) -> None:
    status, page = send(office, path(school), note="Сведения", cell=["Центр", "", "математика", "+7"])
    assert status == 422
    assert "row 1, “Фамилия, имя, отчество методиста”: nothing is written." in html.unescape(page)
    assert page.count('aria-invalid="true"') == 1
    assert cells(page)[:4] == ["Центр", "", "математика", "+7"]
    assert ">Сведения</textarea>" in page
    assert school.line("1.1", 0).state == "assigned"


def workbook(*rows: list[str]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_table_is_loaded_from_a_workbook_and_looked_over_before_it_is_sent(school: Town, office: Reader) -> None:
    row = ["Центр", "Осокина", "физика", "+7"]
    file = ("table", ("таблица.xlsx", workbook(columns(school), row)))
    status, page = send(office, path(school), files=[file], step="load")
    assert status == 200
    assert cells(page)[:4] == row
    assert school.line("1.1", 0).state == "assigned"
    assert send(office, path(school), files=[file])[0] == 303
    assert school.line("1.1", 0).state == "submitted"


@pytest.mark.parametrize("step", ["load", "send", "check"])
def test_a_workbook_with_other_columns_is_refused_in_words(school: Town, office: Reader, step: str) -> None:
    file = ("table", ("t.xlsx", workbook(["Название", "Телефон"])))
    status, page = send(office, path(school), files=[file], step=step, note="Сведения", cell=["a", "b", "c", "d"])
    assert status == 422
    assert "Missing: Название методического центра" in page
    assert cells(page)[:4] == ["a", "b", "c", "d"]
    assert school.line("1.1", 0).state == "assigned"


@pytest.mark.parametrize("step", ["rows", "load", "check", "send"])
def test_a_form_of_another_site_leaves_no_file_behind(school: Town, office: Reader, step: str) -> None:
    before = set((school.settings.home / "evidence").rglob("*"))
    fields = {"form": "forged", "step": step, "note": "Отчёт"}
    answer = office.ask(f"{path(school)}?lang=en", "POST", data=fields, files=[PDF])
    assert answer.status_code == 403
    assert "Not taken: отчёт.pdf." in answer.text
    assert ">Отчёт</textarea>" in answer.text
    assert set((school.settings.home / "evidence").rglob("*")) == before


def test_a_time_of_receipt_with_an_offset_of_its_own_keeps_it(school: Town) -> None:
    clerk = school.reader("2020-06-03T10:00", login="clerk")
    fields = {"received": "2020-06-02T10:00+00:00", "note": "Письмо"}
    answer = clerk.send(f"{path(school, '1.2')}?lang=en", files=[PDF], **fields)
    assert answer.status_code == 303
    with school.at().read() as opened:
        facts = trail(opened, f"assignment:{school.line('1.2', 0).id}")[-1].facts
    assert "2020-06-02T10:00:00Z" in facts.values()


def test_an_empty_workbook_can_be_had(school: Town, office: Reader) -> None:
    answer = office.ask(path(school).replace("submit", "table.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [cell.value for cell in book.worksheets[0][1]] == columns(school)
    assert answer.headers["content-disposition"] == 'attachment; filename="table-1.1.xlsx"'


def paper(*paragraphs: str) -> bytes:
    document = docx.Document()
    for each in paragraphs:
        document.add_paragraph(each)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_a_program_is_checked_before_it_is_sent_and_nothing_is_written(school: Town, office: Reader) -> None:
    file = ("files", ("программа.docx", paper("Программа", "Мероприятия уточняются.")))
    before = school.line("1.3", 0).version
    status, page = send(office, path(school, "1.3"), files=[file], step="check", note="Программа")
    assert status == 200
    assert "Checked, and not handed in yet." in page
    assert "The document names no dates." in page
    assert "It would be version 1, in time." in page
    assert (school.line("1.3", 0).version, school.line("1.3", 0).state) == (before, "assigned")
    assert send(office, path(school, "1.3"), held=kept(page), note="Программа")[0] == 303
    assert "программа.docx" in office.text(f"/assignments/{school.line('1.3', 0).id}")


def test_a_check_says_what_would_be_refused(school: Town, office: Reader) -> None:
    status, page = send(office, path(school, "1.3"), step="check", note="Без документа")
    assert status == 422
    assert "asks for a document" in page


def test_files_that_came_once_need_not_be_chosen_again(school: Town, office: Reader) -> None:
    bad = ("files", ("virus.exe", b"MZ"))
    status, page = send(office, path(school, "1.2"), files=[PDF, bad], note="Отчёт")
    assert status == 415
    assert "Not taken: virus.exe." in page
    (value,) = kept(page)
    assert 'data-name="отчёт.pdf"' in page
    assert send(office, path(school, "1.2"), held=[value], note="Отчёт")[0] == 303
    assert "отчёт.pdf" in office.text(f"/assignments/{school.line('1.2', 0).id}")


def test_nobody_has_a_file_of_others_handed_to_him_by_naming_its_hash(school: Town, office: Reader) -> None:
    _, page = send(office, path(school, "1.2"), files=[PDF, ("files", ("x.exe", b"MZ"))])
    (value,) = kept(page)
    other = "0" * 64
    with school.at().read() as opened:
        for forged in ("", other, other * 2 + "a.pdf", value[:64] + other + value[128:], value + "x"):
            assert kept_files(opened, [forged]) == []
        assert [each.name for each in kept_files(opened, [value])] == ["отчёт.pdf"]


def test_a_receipt_tells_what_was_handed_in_and_when(school: Town, office: Reader) -> None:
    _, receipt = send(office, path(school, "1.2"), files=[PDF], note="Исполнено")
    page = office.text(f"{receipt}?lang=en")
    for told in ("The report was handed in on 2 June 2020, 10:00", "Исполнено", "отчёт.pdf", "<svg", "assignment:"):
        assert told in page
    number = school.line("1.2", 0).id
    for wrong in (f"/assignments/{number}/receipts/1", f"/assignments/{number}/receipts/99"):
        assert office.ask(wrong).status_code == 404
    foreign = school.line("1.2", 1).id
    assert office.ask(f"/assignments/{foreign}/receipts/1").status_code == 404
    assert office.ask(f"/assignments/{foreign}/table.xlsx").status_code == 404


def test_a_file_kept_by_a_process_that_is_gone_is_asked_for_again(school: Town, office: Reader) -> None:
    page = send(office, path(school, "1.2"), files=[PDF], version="9", note="Отчёт")[1]
    (value,) = kept(page)
    status, page = send(office, path(school, "1.2"), held=["0" * 64 + value[64:]], note="Отчёт")
    assert (status, school.line("1.2", 0).state) == (422, "assigned")
    assert "Files that you chose before are not kept any more" in page
    assert ">Отчёт</textarea>" in page
