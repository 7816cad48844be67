"""`/protocols/{id}`: the matrix and the items."""

import re

import pytest

from commands.context.installation import Transaction
from commands.registers import matrix as board
from commands.registers.matrix import Cell, matrix
from tests.desk.town import Reader, Town
from tests.world import World


def test_every_assignment_has_a_cell_that_leads_to_it(reader: Reader) -> None:
    page = reader.text("/protocols/1")
    cells = re.findall(r'id="cell-(\d+)" href="/assignments/(\d+)"', page)
    assert len(cells) == 216
    assert all(number == target for number, target in cells)


def test_an_addressee_without_an_item_has_a_blank(reader: Reader) -> None:
    assert reader.text("/protocols/1").count('<td class="none">') == 26 * 2 + 30 * 6


def test_a_cell_names_its_state_in_words_beside_colour_and_shape(varied: Town, reader: Reader) -> None:
    page = reader.text("/protocols/1?lang=en")
    for position, (state, words) in enumerate(
        (
            ("submitted", "Submitted"),
            ("returned", "Returned"),
            ("reviewed", "Reviewed"),
            ("accepted", "Accepted"),
            ("withdrawn", "Withdrawn"),
            ("accepted", "Accepted, late"),
            ("overdue", "Overdue (Assigned)"),
        )
    ):
        number = varied.line("1.1", position).id
        cell = re.search(rf'<a class="cell[^>]* id="cell-{number}".*?</a>', page)
        assert cell
        assert f'data-state="{state}"' in cell.group()
        assert f'<use href="#mark-{state}"/>' in cell.group()
        assert f'<span class="hidden">{words}</span>' in cell.group()


def test_the_head_of_a_column_shows_progress_and_due(reader: Reader) -> None:
    page = reader.text("/protocols/1?lang=en")
    assert '<span class="said">2 of 26 accepted, 20 overdue</span>' in page
    assert "3 Jun 2020" in page


def test_only_the_overdue_can_be_asked_for(reader: Reader) -> None:
    page = reader.text("/protocols/1?overdue=true")
    assert page.count('<th scope="row"') == 26


def test_a_matrix_is_narrowed_by_state_and_organisation_and_pages_keep_that(
    varied: Town, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    returned = reader.text("/protocols/1?state=returned")
    assert returned.count('<th scope="row"') == 1
    assert varied.line("1.1", 1).addressee in returned
    narrowed = reader.ask("/protocols/1", params={"organisation": varied.line("1.1", 1).addressee}).text
    assert 1 <= narrowed.count('<th scope="row"') < 5  # it and its schools
    monkeypatch.setattr(board, "PAGE", 20)
    assert 'href="?state=overdue&amp;page=2"' in reader.text("/protocols/1?state=overdue")


def test_an_item_is_given_in_full(reader: Reader) -> None:
    page = reader.text("/protocols/1?lang=en")
    assert "сведения о методических центрах муниципалитета" in page
    assert "the protocol names 3 June 2020, that day included" in page
    assert "ozerny-obr@example.org" in page
    assert "<li>Название методического центра</li>" in page


def test_a_run_in_prefect_is_linked(town: Town) -> None:
    town.give_run("1.1", "6f9619ff-8b86-d011-b42d-00cf4fc964ff")
    link = 'href="http://127.0.0.1:4200/runs/flow-run/6f9619ff-8b86-d011-b42d-00cf4fc964ff"'
    assert link in town.reader().text("/protocols/1")
    assert link in town.reader().text(f"/assignments/{town.line('1.1').id}")


def test_a_protocol_leads_to_its_items_among_the_runs_in_prefect(reader: Reader) -> None:
    page = reader.text("/protocols/1?lang=en")
    assert (
        "/runs?flow-run-search=%D0%9F%D1%80%D0%BE%D1%82%D0%BE%D0%BA%D0%BE%D0%BB+1%2C+" in page
    )  # the installation speaks Russian


def test_many_addressees_come_in_pages(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "PAGE", 20)
    reader = town.reader()
    pages = [reader.text(f"/protocols/1?page={page}") for page in (1, 2, 3, 99)]
    assert [page.count('<th scope="row"') for page in pages] == [20, 20, 16, 16]
    assert 'href="?page=2"' in pages[0]


def _of_item(tx: Transaction, item: int) -> list[list[Cell]]:
    return [list(row.cells[item]) for row in matrix(tx, 1).rows if item in row.cells]


def test_of_several_periods_the_latest_shows_and_whatever_is_overdue(world: World) -> None:
    world.register(RECURRING)
    for month in ("06-30 10:00", "07-31 10:00", "08-31 10:00"):
        world.at(f"2020-{month}").sweep()
    with world.installation.read() as tx:
        cells = _of_item(tx, 1)
    for each in cells:
        assert [cell.overdue for cell in each[:-1]] == [True] * (len(each) - 1)
        assert len(each) > 1


RECURRING = """Министерство образования Озёрной области

ПРОТОКОЛ № 6

совещания с руководителями районов

1 июня 2020 года

РЕШИЛИ:

1. Главам районов:

1.1 представлять сведения о методических службах.

Срок – еженедельно.

Директор департамента

О.П. Камышова
"""
