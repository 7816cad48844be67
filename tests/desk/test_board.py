"""`/board`: what stands where, and whether the flows are alive."""

from tests.desk.conftest import Reader, Town


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
