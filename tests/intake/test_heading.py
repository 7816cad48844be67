import datetime as dt

import pytest

from intake.draft import Draft
from intake.protocol import read


def _read(heading: str) -> Draft:
    return read(f"{heading}\nРЕШИЛИ:\n1. Министерству финансов выделить средства.".encode(), "protocol.txt")


@pytest.mark.parametrize(
    "heading",
    [
        "ПРОТОКОЛ № 12/3-пр\nзаседания комиссии\n1 июня 2020 года",
        "ПРОТОКОЛ\nзаседания комиссии\nот 01.06.2020 № 12/3-пр",
        "ПРОТОКОЛ\nзаседания комиссии от «1» июня 2020 г. № 12/3-пр",
        "П Р О Т О К О Л\nзаседания комиссии\n1 июня 2020 г.          № 12/3-пр",
        "ПРОТОКОЛ от 1 июня 2020 года № 12/3-пр\nзаседания комиссии",
    ],
)
def test_number_and_date_may_stand_in_many_places(heading: str) -> None:
    draft = _read(heading)
    assert (draft.number, draft.date, draft.title) == ("12/3-пр", dt.date(2020, 6, 1), "заседания комиссии")
    start, end = draft.spans["number"]
    assert draft.text[start:end] == "12/3-пр"


def test_a_protocol_without_number_may_say_so() -> None:
    assert _read("ПРОТОКОЛ № б/н\n1 июня 2020 года").number is None


def test_the_order_that_made_the_body_gives_neither_number_nor_date() -> None:
    draft = _read(
        "ПРОТОКОЛ\nзаседания комиссии, созданной приказом министерства\nот 28.05.2020 № 640\n1 июня 2020 года"
    )
    assert (draft.number, draft.date) == (None, dt.date(2020, 6, 1))
    assert draft.title == "заседания комиссии, созданной приказом министерства от 28.05.2020 № 640"


def test_a_number_in_the_preamble_is_not_the_protocols() -> None:
    draft = _read("ПРОТОКОЛ\n1 июня 2020 года\nЗаслушав доклад о приказе\nот 28.05.2020 № 640")
    assert (draft.number, draft.date) == (None, dt.date(2020, 6, 1))


@pytest.mark.parametrize("time", ["16.00", "16:00", "в 16:00", "Время проведения: 16-00", "16 час. 00 мин."])
def test_the_hour_may_be_written_in_many_ways(time: str) -> None:
    assert _read(f"ПРОТОКОЛ\nзаседания\n1 июня 2020 года\n{time}").time == "16:00"


def test_the_hour_may_stand_beside_the_date() -> None:
    assert _read("ПРОТОКОЛ\n1 июня 2020 года, 9.30").time == "09:30"


@pytest.mark.parametrize("place", ["г. Озёрноград", "ул. Мира, д. 5, каб. 110", "зал заседаний, ул. Мира, 1"])
def test_the_place_is_an_address(place: str) -> None:
    assert _read(f"ПРОТОКОЛ\nзаседания\n{place}\n1 июня 2020 года").place == place
    assert _read(f"ПРОТОКОЛ\nзаседания\n1 июня 2020 года\nМесто проведения: {place}").place == place


def test_the_body_is_named_in_the_nominative() -> None:
    draft = _read("ПРОТОКОЛ\nзаседания Межведомственной комиссии по делам озёр, проведённого 1 июня\n1 июня 2020 года")
    assert draft.body == "Межведомственная комиссия по делам озёр"


def test_without_a_body_in_the_title_the_organisation_above_it_met() -> None:
    draft = _read("Министерство озёр\nПРОТОКОЛ\nсовещания у министра\n1 июня 2020 года")
    assert draft.body == "Министерство озёр"


def test_those_present_and_the_agenda_are_not_decisions() -> None:
    draft = _read("ПРОТОКОЛ № 1\n1 июня 2020 года\nПрисутствовали:\n1. Иванов И.И.\nПовестка дня:\n1. О планах.")
    assert [item.number for item in draft.items] == ["1"]
    assert draft.place is None


def test_what_the_heading_lacks_is_doubted() -> None:
    draft = _read("ПРОТОКОЛ")
    assert [doubt.code for doubt in draft.doubts] == ["number-missing", "date-missing", "signatory-missing"]
    assert (draft.title, draft.place, draft.time, draft.body, draft.signatory) == (None,) * 5
