"""A draft as a person corrects it: nothing comes in that the document does not say."""

import datetime as dt

import pytest

from intake.correction import (
    Correction,
    NothingLeftError,
    NotInSourceError,
    NumberMissingError,
    SameNumberError,
    UnknownItemError,
    corrected,
)
from intake.draft import Draft
from intake.protocol import read_text

TEXT = """Министерство образования Озёрной области

ПРОТОКОЛ № 5

1 июня 2020 года

РЕШИЛИ:

1. Главам районов:

1.1 представить сведения о мето-
дических службах.

1.2 обеспечить поддержку школ.

Срок – до 30 июня 2020 года.

Отметили также, что директорам школ надлежит
подготовить отчёт о ремонте.
"""


@pytest.fixture(scope="module")
def draft() -> Draft:
    return read_text(TEXT, "protocol.txt")


def one(draft: Draft, number: str) -> dict[str, object]:
    return next(item for item in draft.items if item.number == number).model_dump()


def test_without_corrections_a_draft_stays_as_it_was_read(draft: Draft) -> None:
    assert corrected(draft, []) == draft


def test_a_deadline_is_read_by_the_same_grammar_and_those_who_inherit_it_follow(draft: Draft) -> None:
    assert one(draft, "1.1")["deadline"]["inherited_from"] == "1.2"  # type: ignore[index]
    done = corrected(draft, [Correction(number="1.2", deadline="до 15 июля 2020 года")])
    for number in ("1.1", "1.2"):
        deadline = one(done, number)["deadline"]
        assert (deadline["date"], deadline["literal"]) == (dt.date(2020, 7, 15), "до 15 июля 2020 года")  # type: ignore[index]
    assert one(done, "1.1")["deadline"]["kind"] == "inherited"  # type: ignore[index]


def test_an_unclear_deadline_stays_doubtful(draft: Draft) -> None:
    done = corrected(draft, [Correction(number="1.2", deadline="когда-нибудь")])
    assert [doubt.code for doubt in done.items[1].doubts] == ["deadline-unclear"]


def test_addressees_and_kind_are_the_persons_and_the_rest_stays(draft: Draft) -> None:
    done = corrected(draft, [Correction(number="1.1", addressees=("Директорам школ",), modality="recommend")])
    before, after = one(draft, "1.1"), one(done, "1.1")
    assert (after["addressees"], after["modality"]) == (("Директорам школ",), "recommend")
    same = before.keys() - {"addressees", "modality"}
    assert {name: before[name] for name in same} == {name: after[name] for name in same}


def test_an_item_that_was_missed_is_added_with_its_place_in_the_document(draft: Draft) -> None:
    words = "подготовить отчёт о ремонте."
    new = Correction(number="2", text=words, addressees=("директорам школ",), deadline="до 1 августа 2020 года")
    done = corrected(draft, [new])
    assert [item.number for item in done.items] == ["1.1", "1.2", "2"]
    start, end = done.items[2].span
    assert done.text[start:end] == words


def test_words_are_found_across_lines_and_hyphens(draft: Draft) -> None:
    done = corrected(draft, [Correction(number="1.3", text="директорам школ надлежит подготовить отчёт")])
    start, end = done.items[-1].span
    assert " ".join(done.text[start:end].split()) == "директорам школ надлежит подготовить отчёт"
    again = corrected(draft, [Correction(number="1.3", text="сведения о методических службах")])
    assert any(item.number == "1.3" for item in again.items)


def test_an_item_that_is_no_decision_is_left_out(draft: Draft) -> None:
    assert [item.number for item in corrected(draft, [Correction(number="1.1", dropped=True)]).items] == ["1.2"]


@pytest.mark.parametrize(
    ("corrections", "error"),
    [
        ([Correction(number="7", deadline="срочно")], UnknownItemError),
        ([Correction(number="1.1", text="выделить средства")], NotInSourceError),
        ([Correction(number="3", text="")], NotInSourceError),
        ([Correction(number=" ", text="обеспечить")], NumberMissingError),
        ([Correction(number="1.1", dropped=True), Correction(number="1.2", dropped=True)], NothingLeftError),
    ],
)
def test_what_the_document_does_not_say_is_refused(
    draft: Draft, corrections: list[Correction], error: type[Exception]
) -> None:
    with pytest.raises(error):
        corrected(draft, corrections)


def test_items_that_the_document_numbers_alike_all_stay_and_none_is_mistaken_for_another() -> None:
    text = TEXT.replace("1.2 обеспечить", "1.1 обеспечить")
    twice = read_text(text, "protocol.txt")
    assert [item.number for item in twice.items] == ["1.1", "1.1"]
    words = "подготовить отчёт о ремонте."
    done = corrected(twice, [Correction(number="2", text=words)])
    assert [item.text for item in done.items[:2]] == [item.text for item in twice.items]
    with pytest.raises(SameNumberError, match="2 items the number"):
        corrected(twice, [Correction(number="1.1", deadline="срочно")])
    apart = [Correction(number="1.1", dropped=True), Correction(number="1.2", text="обеспечить поддержку школ.")]
    assert [item.number for item in corrected(twice, apart).items] == ["1.2"]
