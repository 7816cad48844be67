import datetime as dt

import pytest

from intake.draft import Draft
from intake.protocol import read

JUNE_3, JUNE_30 = dt.date(2020, 6, 3), dt.date(2020, 6, 30)


@pytest.fixture
def draft(protocol_text: str) -> Draft:
    return read(protocol_text.encode(), "protocol.txt")


def test_the_heading_says_when_where_and_who_met(draft: Draft) -> None:
    assert (draft.date, draft.time) == (dt.date(2020, 6, 1), "16:00")
    assert draft.title
    assert draft.title.startswith(("совещания с членами", "заседания с участниками"))
    assert draft.place
    assert draft.place.startswith("ул. ")
    assert draft.body in {"региональная рабочая группа", "областная рабочая группа"}


def test_the_number_of_an_order_it_rests_on_is_not_the_protocols_own(draft: Draft) -> None:
    assert "№" in draft.text
    assert draft.number is None
    assert [doubt.code for doubt in draft.doubts] == ["number-missing"]


def test_the_signatory_is_position_and_name_in_one_string(draft: Draft) -> None:
    assert draft.signatory
    assert draft.signatory.startswith("Директор департамента по контролю и надзору в сфере образования")
    assert "\n" not in draft.signatory
    assert draft.signatory.endswith(("О.Ю. Макарова", "Т.С. Луговая"))


def test_two_groups_hold_eight_items(draft: Draft) -> None:
    assert [item.number for item in draft.items] == ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.1", "2.2"]
    assert {item.modality for item in draft.items} == {"order"}


def test_each_item_is_addressed_to_those_at_the_head_of_its_group(draft: Draft) -> None:
    heads = [draft.text.partition(f"\n{number}. ")[2].partition(":")[0] for number in (1, 2)]
    assert [item.addressees for item in draft.items] == [(heads[0],)] * 6 + [(heads[1],)] * 2


def test_deadlines_are_dates_with_the_words_as_written(draft: Draft) -> None:
    assert [item.deadline.date for item in draft.items] == [JUNE_3] * 2 + [JUNE_30] * 6
    assert draft.items[0].deadline.literal == "03 июня 2020 года"
    assert draft.items[4].deadline.literal == "до 30 июня 2020 года"
    assert {item.deadline.kind for item in draft.items if item.number != "2.1"} == {"date"}


def test_an_item_without_a_deadline_takes_the_one_below_it_in_its_group_and_says_so(draft: Draft) -> None:
    item = draft.items[6]
    assert (item.deadline.kind, item.deadline.date) == ("inherited", JUNE_30)
    assert (item.deadline.inherited_from, item.deadline.inherited_kind) == ("2.2", "date")
    assert [doubt.code for doubt in item.doubts] == ["deadline-inherited"]


def test_the_form_of_an_item_has_its_columns(draft: Draft) -> None:
    columns = draft.items[0].form_columns
    assert columns
    assert len(columns) == 4
    assert not any(item.form_columns for item in draft.items[1:])


def test_an_item_without_a_verb_takes_that_of_the_item_before(draft: Draft) -> None:
    first, second = draft.items[:2]
    verb = first.text.split()[0]
    assert second.text.startswith(f"{verb} ")
    assert f"1.2 {second.text.removeprefix(verb).strip()}" in draft.text
    assert [doubt.code for doubt in second.doubts] == ["verb-carried"]


def test_text_runs_on_across_an_empty_line(draft: Draft) -> None:
    assert "на 2020-2021 учебный год" in draft.items[2].text


def test_addresses_for_replies_are_found(draft: Draft) -> None:
    assert [item.number for item in draft.items if item.contacts] == ["1.1", "1.2", "1.6"]
    assert all("@" in contact for item in draft.items for contact in item.contacts)


def test_every_item_and_field_has_its_place_in_the_text(draft: Draft) -> None:
    for item in draft.items:
        start, end = item.span
        source = draft.text[start:end]
        assert source.startswith(f"{item.number} ")
        assert item.deadline.kind == "inherited" or (item.deadline.literal or "?") in source
    places = {name: draft.text[start:end] for name, (start, end) in draft.spans.items()}
    assert places["date"] == "1 июня 2020 года"
    assert places["time"] == "16.00"
    assert places["place"] == draft.place
    assert " ".join(places["signatory"].split()) == draft.signatory


def test_what_is_certain_raises_no_doubt(draft: Draft) -> None:
    doubtful = {item.number: [doubt.code for doubt in item.doubts] for item in draft.items if item.doubts}
    assert doubtful == {"1.2": ["verb-carried"], "2.1": ["deadline-inherited"]}


def test_reading_twice_gives_the_same(draft: Draft) -> None:
    assert read(draft.text.encode(), "protocol.txt") == draft


def test_emphasis_marks_are_no_part_of_the_text(draft: Draft) -> None:
    assert "**" not in draft.text


def test_a_draft_survives_the_way_through_json(draft: Draft) -> None:
    again = Draft.model_validate_json(draft.model_dump_json())
    assert again.model_dump(mode="json") == draft.model_dump(mode="json")
    assert again.items[0].deadline == draft.items[0].deadline
