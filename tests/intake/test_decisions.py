import pytest

from intake.protocol import read
from tests.intake.conftest import Reader


@pytest.mark.parametrize(
    "marker", ["РЕШИЛИ:", "РЕШИЛИ", "ПОСТАНОВИЛИ:", "Р Е Ш И Л И :", "Заслушав доклад, комиссия решила:"]
)
def test_decisions_follow_a_marker(marker: str) -> None:
    text = f"ПРОТОКОЛ\n1 июня 2020 года\n{marker}\n1. Министерству финансов выделить средства."
    assert [item.number for item in read(text.encode(), "a.txt").items] == ["1"]


def test_a_decision_may_stand_on_the_markers_own_line() -> None:
    text = "ПРОТОКОЛ\n1 июня 2020 года\nРЕШИЛИ: 1. Главам районов починить дороги.\n2. Директорам школ починить крыши."
    assert [item.number for item in read(text.encode(), "a.txt").items] == ["1", "2"]


def test_a_list_of_instructions_needs_no_marker() -> None:
    text = (
        "ПЕРЕЧЕНЬ ПОРУЧЕНИЙ\n1 июня 2020 года\n1. Главам районов починить дороги.\n2. Директорам школ починить крыши."
    )
    assert [item.number for item in read(text.encode(), "a.txt").items] == ["1", "2"]


def test_each_group_may_hold_groups(understand: Reader) -> None:
    draft = understand("1. О дорогах:\n1.1 Главам районов:\n1.1.1 починить дороги;\n1.1.2 починить мосты.")
    assert [item.number for item in draft.items] == ["1.1.1", "1.1.2"]
    assert {item.addressees for item in draft.items} == {("Главам районов",)}


def test_an_item_under_a_topic_has_its_own_addressee(understand: Reader) -> None:
    draft = understand("1. О дорогах\n1.1 Главам районов починить дороги.\n1.2 Директорам школ починить крыши.")
    assert [item.addressees for item in draft.items] == [("Главам районов",), ("Директорам школ",)]


def test_a_number_in_the_middle_of_a_sentence_opens_no_item(understand: Reader) -> None:
    draft = understand(
        "1. Министерству финансов исполнить решение, указанное в пункте\n2. прежнего протокола, до\n30 июня."
    )
    assert [item.number for item in draft.items] == ["1"]


def test_brackets_number_the_parts_of_an_item(understand: Reader) -> None:
    [item] = understand("1. Министерству финансов выделить:\n1) деньги;\n2) ещё деньги.").items
    assert item.text == "выделить: 1) деньги; 2) ещё деньги."


def test_a_gap_in_the_numbers_is_doubted(understand: Reader) -> None:
    draft = understand("1. Главам районов починить дороги.\n\n3. Директорам школ починить крыши.")
    assert "number-unexpected" in [doubt.code for doubt in draft.items[1].doubts]


def test_decisions_that_begin_late_are_doubted(understand: Reader) -> None:
    [item] = understand("2. Принять к сведению доклад.").items
    assert [str(doubt) for doubt in item.doubts] == [
        "The decisions begin with item 2: check that nothing before it is missing."
    ]


def test_paragraphs_without_numbers_are_numbered_and_doubted(understand: Reader) -> None:
    draft = understand("Главам районов починить дороги.\n\nДиректорам школ починить крыши.")
    assert [item.number for item in draft.items] == ["1", "2"]
    assert all("item-unnumbered" in [doubt.code for doubt in item.doubts] for item in draft.items)


def test_roman_numbers_head_the_questions() -> None:
    text = (
        "ПРОТОКОЛ\n1 июня 2020 года\n\nI. О дорогах\n(Иванов, Петров)\n\nРЕШИЛИ:\n1. Главам районов чинить дороги.\n\n"
        "II. О крышах\n\nРЕШИЛИ:\n1. Директорам школ починить крыши."
    )
    assert [item.number for item in read(text.encode(), "a.txt").items] == ["I.1", "II.1"]


def test_what_was_said_between_decisions_is_none(understand: Reader) -> None:
    draft = understand(
        "1. Главам районов починить дороги.\nСЛУШАЛИ: Иванова И.И.\nРЕШИЛИ:\n2. Директорам школ починить крыши."
    )
    assert [item.text for item in draft.items] == ["починить дороги.", "починить крыши."]


def test_a_word_divided_at_a_lines_end_is_made_whole(understand: Reader) -> None:
    [item] = understand(
        "1. Министерству финансов выделить образова-\nтельным школам и школе-\nинтернату средства."
    ).items
    assert item.text == "выделить образовательным школам и школе-интернату средства."


def test_the_lines_of_a_form_are_no_items(understand: Reader) -> None:
    draft = understand(
        "1. Министерству финансов дать отчёт по форме:\n№ п/п\tСумма\n1.\tрубль\n\n2. Главам районов починить дороги."
    )
    assert [item.number for item in draft.items] == ["1", "2"]
    assert draft.items[0].form_columns == ("№ п/п", "Сумма")


def test_the_signature_ends_the_last_item(understand: Reader) -> None:
    draft = understand(
        "1. Главам районов починить дороги\n\nЗаместитель министра – председатель\nИ.И. Иванов\nСекретарь П.П. Петров"
    )
    assert draft.items[0].text == "починить дороги"
    assert draft.signatory == "Заместитель министра – председатель И.И. Иванов"


def test_an_annex_is_no_part_of_the_last_item(understand: Reader) -> None:
    draft = understand("1. Главам районов починить дороги.\n\nПриложение № 1\n\n1. Список дорог.")
    assert [item.text for item in draft.items] == ["починить дороги."]


def test_an_item_without_any_verb_is_doubted(understand: Reader) -> None:
    [item] = understand("1. Главам районов: дороги.\nСрок – постоянно.").items
    assert [doubt.code for doubt in item.doubts] == ["verb-missing"]


def test_more_than_nine_hundred_and_ninety_nine_items_under_one_head(understand: Reader) -> None:
    items = "".join(f"1.{number} починить дорогу;\n" for number in range(1, 1_102))
    draft = understand("1. Главам районов:\n" + items)
    assert (len(draft.items), draft.items[-1].number) == (1_101, "1.1101")


def test_a_year_at_the_beginning_of_a_line_is_no_number(understand: Reader) -> None:
    draft = understand("1. Главам районов починить дороги в\n\n2020 году.\n\n2. Директорам школ починить крыши.")
    assert [item.number for item in draft.items] == ["1", "2"]
