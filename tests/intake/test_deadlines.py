import datetime as dt

import pytest

from intake import deadlines
from tests.intake.conftest import Reader

MEETING = dt.date(2020, 6, 1)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("03 июня 2020 года", dt.date(2020, 6, 3)),
        ("до 30 июня 2020 года", dt.date(2020, 6, 30)),
        ("«3» июня 2020 г.", dt.date(2020, 6, 3)),
        ("не позднее 03.06.2020", dt.date(2020, 6, 3)),
        ("до 3.6.20", dt.date(2020, 6, 3)),
        ("2020-06-03", dt.date(2020, 6, 3)),
        ("до 1 МАЯ 2021 года включительно", dt.date(2021, 5, 1)),
    ],
)
def test_a_date_may_be_written_in_many_ways(words: str, day: dt.date) -> None:
    deadline, doubts = deadlines.read(words, MEETING)
    assert (deadline.kind, deadline.date, doubts) == ("date", day, ())
    assert deadline.literal == words


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("с 1 по 30 июня 2020 года", dt.date(2020, 6, 30)),
        ("в период с 01.06.2020 по 15.06.2020", dt.date(2020, 6, 15)),
        ("1–30 июня 2020 года", dt.date(2020, 6, 30)),
        ("июнь 2020 года", dt.date(2020, 6, 30)),
        ("в феврале 2024 года", dt.date(2024, 2, 29)),
        ("II квартал 2020 года", dt.date(2020, 6, 30)),
        ("второе полугодие 2020 года", dt.date(2020, 12, 31)),
        ("до конца 2020 года", dt.date(2020, 12, 31)),
        ("в течение 2020 года", dt.date(2020, 12, 31)),
    ],
)
def test_a_range_is_due_at_its_end(words: str, end: dt.date) -> None:
    deadline, doubts = deadlines.read(words, MEETING)
    assert (deadline.kind, deadline.date, doubts) == ("range", end, ())


@pytest.mark.parametrize(
    ("words", "days", "months", "working"),
    [
        ("в течение 10 рабочих дней", 10, None, True),
        ("в течение пяти календарных дней", 5, None, False),
        ("в течение 5 (пяти) дней со дня подписания протокола", 5, None, None),
        ("в трёхдневный срок", 3, None, None),
        ("в 3-дневный срок", 3, None, None),
        ("в недельный срок", 7, None, None),
        ("в течение двух недель", 14, None, None),
        ("в месячный срок", None, 1, None),
        ("не позднее 3 дней", 3, None, None),
    ],
)
def test_a_term_is_counted_in_days_or_months(
    words: str, days: int | None, months: int | None, working: bool | None
) -> None:
    deadline, doubts = deadlines.read(words, MEETING)
    assert (deadline.kind, deadline.days, deadline.months, deadline.working) == ("relative", days, months, working)
    assert (deadline.date, doubts) == (None, ())


@pytest.mark.parametrize(
    ("words", "pace"), [("срочно", "urgent"), ("незамедлительно", "urgent"), ("оперативно", "prompt")]
)
def test_urgency_without_a_number_leaves_the_number_to_policy(words: str, pace: str) -> None:
    deadline, _ = deadlines.read(words, MEETING)
    assert (deadline.kind, deadline.pace, deadline.days) == ("relative", pace, None)


@pytest.mark.parametrize(
    ("words", "period", "day"),
    [
        ("ежемесячно", "month", None),
        ("ежеквартально до 10 числа", "quarter", 10),
        ("ежемесячно, не позднее 5-го числа месяца, следующего за отчётным", "month", 5),
        ("еженедельно", "week", None),
        ("ежегодно", "year", None),
        ("не реже одного раза в полугодие", "half-year", None),
    ],
)
def test_a_periodic_deadline_comes_round(words: str, period: str, day: int | None) -> None:
    deadline, _ = deadlines.read(words, MEETING)
    assert (deadline.kind, deadline.period, deadline.day, deadline.date) == ("periodic", period, day, None)


@pytest.mark.parametrize("words", ["постоянно", "на постоянной основе", "бессрочно"])
def test_a_standing_deadline_never_comes(words: str) -> None:
    assert deadlines.read(words, MEETING)[0].kind == "standing"


def test_an_event_waits_for_its_date() -> None:
    for words in ("до начала учебного года", "по итогам заседания", "после утверждения плана"):
        deadline, doubts = deadlines.read(words, MEETING)
        assert (deadline.kind, deadline.date, doubts) == ("event", None, ())


def test_a_term_from_another_event_is_an_event_with_days() -> None:
    deadline, _ = deadlines.read("в течение 5 дней после утверждения плана", MEETING)
    assert (deadline.kind, deadline.days) == ("event", 5)


def test_an_hour_is_kept_beside_the_day() -> None:
    deadline, _ = deadlines.read("до 15.00 3 июня 2020 года", MEETING)
    assert (deadline.date, deadline.time) == (dt.date(2020, 6, 3), "15:00")


def test_a_date_without_a_year_is_the_first_from_the_meeting_on_and_doubted() -> None:
    for words, year in (("до 3 июня", 2020), ("до 1 мая", 2021)):
        deadline, [doubt] = deadlines.read(words, MEETING)
        assert deadline.date is not None
        assert (deadline.date.year, doubt.code) == (year, "deadline-year")


def test_a_date_without_a_year_in_a_protocol_without_a_date_stays_open() -> None:
    deadline, [doubt] = deadlines.read("до 3 июня", None)
    assert (deadline.kind, deadline.date, doubt.code) == ("date", None, "deadline-year")


def test_of_several_days_the_first_counts_and_is_doubted() -> None:
    deadline, [doubt] = deadlines.read("15 июля, 15 июня 2020 года", MEETING)
    assert (deadline.date, doubt.code) == (dt.date(2020, 6, 15), "deadline-several")


@pytest.mark.parametrize("words", ["31 июня 2020 года", "когда-нибудь"])
def test_words_without_a_meaning_are_an_event_and_doubted(words: str) -> None:
    deadline, [doubt] = deadlines.read(words, MEETING)
    assert (deadline.kind, deadline.literal, doubt.code) == ("event", words, "deadline-unclear")


@pytest.mark.parametrize(
    ("words", "literal"),
    [
        ("обеспечить подвоз в срок до 1 июля 2020 г. всем школам", "до 1 июля 2020 г."),
        ("не позднее 5 июня 2020 года направить отчёт", "не позднее 5 июня 2020 года"),
        ("обеспечить подвоз (срок – до 1 июля 2020 года)", "до 1 июля 2020 года"),
    ],
)
def test_a_deadline_inside_the_sentence_is_found(words: str, literal: str) -> None:
    reading = deadlines.find("1", words, MEETING)
    assert reading is not None
    assert (reading[0].kind, reading[0].literal, reading[1]) == ("date", literal, ())


def test_a_term_inside_the_sentence_is_doubted() -> None:
    reading = deadlines.find("1", "обеспечить пребывание в течение 10 дней", MEETING)
    assert reading is not None
    assert [doubt.code for doubt in reading[1]] == ["deadline-in-text"]


@pytest.mark.parametrize(
    "words",
    ["исполнить приказ от 28.05.2020 № 640", "принять план на 2020-2021 учебный год", "закупить 30 парт"],
)
def test_a_bare_date_inside_the_sentence_is_no_deadline(words: str) -> None:
    assert deadlines.find("1", words, MEETING) is None


def test_a_deadline_before_the_meeting_is_doubted(understand: Reader) -> None:
    [item] = understand("1. Министерству финансов выделить средства.\nСрок – 31 мая 2020 года.").items
    assert item.deadline.date == dt.date(2020, 5, 31)
    assert [doubt.code for doubt in item.doubts] == ["deadline-past"]


def test_an_item_without_any_deadline_is_doubted(understand: Reader) -> None:
    [item] = understand("1. Министерству финансов выделить средства.").items
    assert item.deadline.kind == "none"
    assert [doubt.code for doubt in item.doubts] == ["deadline-missing"]


def test_the_deadline_of_a_groups_head_holds_for_all_under_it(understand: Reader) -> None:
    draft = understand("1. Главам районов в срок до 1 июля 2020 года:\n1.1 починить дороги;\n1.2 починить мосты.")
    assert [item.addressees for item in draft.items] == [("Главам районов",)] * 2
    assert [item.deadline.inherited_from for item in draft.items] == ["1", "1"]
    assert {item.deadline.date for item in draft.items} == {dt.date(2020, 7, 1)}
    assert not any(item.doubts for item in draft.items)


def test_no_deadline_is_taken_from_inside_another_items_sentence(understand: Reader) -> None:
    draft = understand("1. Главам районов:\n1.1 починить дороги;\n1.2 до 3 июня 2020 года починить мосты.")
    assert [item.deadline.kind for item in draft.items] == ["none", "date"]


def test_no_deadline_is_taken_from_another_group(understand: Reader) -> None:
    draft = understand(
        "1. Главам районов:\n1.1 починить дороги.\n2. Директорам школ:\n2.1 починить крыши.\nСрок – 3 июня 2020 года."
    )
    assert [item.deadline.kind for item in draft.items] == ["none", "date"]


def test_no_deadline_is_taken_from_an_item_that_stands_alone(understand: Reader) -> None:
    draft = understand("1. Главам районов починить дороги.\n2. Директорам школ починить крыши.\nСрок – постоянно.")
    assert [item.deadline.kind for item in draft.items] == ["none", "standing"]
