"""`/board`: what stands where, and whether the flows are alive."""

import html
import re

import pytest

from commands.registers.assignments import AssignmentLine, assignments
from commands.registers.filters import AssignmentFilter
from desk.pages.view.lifecycle_picture import picture
from states.assignment import ASSIGNMENT
from states.lifecycle import NEW, Role
from tests.desk.town import SAMPLE, Reader, Town


def test_a_protocol_shows_its_counts_and_what_is_overdue(reader: Reader) -> None:
    page = reader.text("/board?lang=en")
    assert '<a href="/protocols/1">Protocol of 1\N{NO-BREAK SPACE}June\N{NO-BREAK SPACE}2020</a>' in page
    assert "2 of 216 accepted, 46 overdue" in page
    for state, number in (("Assigned", 210), ("Returned", 1), ("Accepted", 2), ("Withdrawn", 1)):
        assert f"<span>{state}</span> <b>{number}</b>" in page
    assert "Департамент по контролю и надзору в сфере образования" in page


def test_the_board_speaks_russian_by_default(reader: Reader) -> None:
    page = reader.text("/board")
    assert '<html lang="ru">' in page
    assert "Протоколы на контроле" in page
    assert "Просрочено" in page


def test_an_empty_board_says_what_to_do(empty: Town) -> None:
    page = empty.reader().text("/board?lang=en")
    assert "poruchenie register" in page
    assert "poruchenie up --demo" in page


def test_a_flow_within_three_intervals_is_fresh(varied: Town) -> None:
    page = varied.reader("2020-06-04T09:33").text("/board?lang=en")
    assert page.count('class="fresh"') == 5
    assert "3 minutes ago" in page


def test_a_flow_past_three_intervals_is_not(varied: Town) -> None:
    page = varied.reader("2020-06-04T09:34").text("/board?lang=en")
    assert page.count('class="not-fresh"') == 4  # those that run every minute


def test_a_flow_that_never_ran_says_so(empty: Town) -> None:
    assert empty.reader().text("/board?lang=en").count("has not run yet") == 5


def test_a_protocol_withdrawn_is_marked_so(town: Town) -> None:
    town.withdraw("2020-06-02T10:00")
    assert "The protocol is withdrawn" in town.reader().text("/protocols/1?lang=en")
    assert "is-withdrawn" in town.reader().text("/board")


def test_a_demo_says_that_its_data_are_invented(demo: Town) -> None:
    page = demo.reader().text("/board?lang=en")
    assert "Demonstration: the data are invented, time runs from 1 June 2020, 09:00" in page


def test_no_other_database_does(reader: Reader) -> None:
    assert "Demonstration" not in reader.text("/board?lang=en")


@pytest.mark.journey
def test_the_lifecycle_shows_how_many_stand_where_and_leads_to_them(reader: Reader) -> None:
    page = reader.text("/board?lang=en")
    for state, number in (("Assigned", 210), ("Submitted", 1), ("Accepted", 2)):
        assert f'href="/board?state={state.lower()}" class="is-{state.lower()}" aria-label="{state}: {number}"' in page
    assert 'href="/board?state=overdue"' in page
    assert "Overdue: 46" in page
    assert "216 assignments in all" in page


def test_the_picture_holds_every_state_and_every_way_of_the_declaration() -> None:
    drawn = picture()
    assert {box.state for box in drawn.boxes} == set(ASSIGNMENT.states)
    ways = {frozenset(move[1:]) for move in ASSIGNMENT.legal() if move[1] != move[2] and move[1] != NEW}
    assert len(drawn.paths) == len(ways)


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("item=1.1", 26),
        ("item=1.1&state=returned", 1),
        ("state=overdue", 46),
        ("state=accepted", 2),
        ("until=2020-06-02", 0),
        ("since=2020-06-03&until=2020-06-03", 51),
        ("since=2020-06-04", 165),
        ("person=reviewer", 3),
        ("person=nobody", 0),
        ("protocol=1", 216),
        ("protocol=nonsense", 0),
        ("organisation=Управление+образования+Синемшанского+района", 10),  # with its schools
    ],
)
def test_a_filter_in_the_address_finds_its_assignments(reader: Reader, query: str, number: int) -> None:
    page = reader.text(f"/board?{query}&lang=en")
    assert f"{number} found." in page
    assert page.count('<tr data-key="found-') == min(number, 50)
    assert ("No assignment is like that." in page) == (number == 0)


def test_what_was_found_goes_on_page_after_page_without_a_gap(varied: Town, reader: Reader) -> None:
    found: list[str] = []
    address: str | None = "/board?protocol=1"
    while address:
        page = reader.text(address)
        found += re.findall(r'<a id="found-(\d+)"', page)
        further = re.search(r'href="([^"]*after=\d+)"', page)
        address = further and html.unescape(further[1])
    assert len(found) == len(set(found)) == 216
    numbers = [line.item for line in (_line(varied, int(number)) for number in found[::30])]
    assert numbers == sorted(numbers)


def _line(town: Town, number: int) -> AssignmentLine:
    with town.at().read() as tx:
        return assignments(tx, AssignmentFilter(assignment=number))[0]


def test_a_filter_that_can_t_be_meant_is_refused_beside_what_was_typed(reader: Reader) -> None:
    for query, says in (
        ("organisation=Нет+такой", "There is no organisation"),
        ("since=tomorrow", "is not a date"),
        ("state=lost", "There is no state"),
    ):
        answer = reader.ask(f"/board?{query}&item=1.3&lang=en")
        assert 400 <= answer.status_code < 500
        assert says in answer.text
        assert 'value="1.3"' in answer.text


def test_an_executor_finds_and_counts_his_own_only(varied: Town) -> None:
    varied.account("office", Role.EXECUTOR, varied.line("1.1", 0).addressee)
    reader = varied.reader("2020-06-04T09:31", "office")
    own, foreign = (varied.line("1.1", position) for position in (0, 6))
    with varied.at().read() as tx:
        number = len(assignments(tx, AssignmentFilter(within=own.organisation_id)))
    assert f"{number} assignments in all" in reader.text("/board?lang=en")
    assert f"{number} found." in reader.text("/board?protocol=1&lang=en")
    name = foreign.addressee
    assert name not in reader.text("/board?protocol=1")
    assert "There is no organisation" in reader.ask("/board", params={"organisation": name, "lang": "en"}).text
    assert name not in reader.text("/board")


def test_the_board_says_what_moved_today_and_who_is_late(reader: Reader) -> None:
    page = reader.text("/board?lang=en")
    moved = page[page.index("What moved today") : page.index("Who is late")]
    for action, number in (("Submit", 1), ("Review", 1), ("Accept", 1), ("Escalate", 46)):
        assert f"<li>{action} <b>{number}</b></li>" in moved
    assert moved.count("<time") == 10
    late = page[page.index("Who is late") : page.index("Protocols, the newest")]
    assert late.count("<li>") == 10
    assert "1 day</span>" in late


def test_yesterday_is_not_today(varied: Town) -> None:
    assert "Nothing has moved since midnight." in varied.reader("2020-06-05T00:00").text("/board?lang=en")


def test_older_protocols_are_a_page_further(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.pages.screens.board.PAGE", 1)
    document = (SAMPLE / "protocol.txt").read_text(encoding="utf-8")
    town.register("2020-06-02T10:00", document.replace("1 июня 2020", "2 июня 2020").encode())
    first = town.reader().text("/board?lang=en")
    assert "/protocols/2" in first
    assert 'href="/board?before=2"' in first
    second = town.reader().text("/board?before=2&lang=en")
    assert "/protocols/1" in second
    assert "before=1" not in second
    assert "There is no older protocol." in town.reader().text("/board?before=1&lang=en")


@pytest.mark.parametrize("days", ["until=9999-12-31", "since=0001-01-01", "since=0001-01-01&until=9999-12-31"])
def test_the_ends_of_all_days_bound_nothing(reader: Reader, days: str) -> None:
    assert reader.text(f"/board?{days}&item=1.1&lang=en").count("/assignments/") > 0
    assert reader.ask(f"/search?{days}").status_code == 200
