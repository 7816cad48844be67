import pytest

from intake.addressees import names, read_head
from tests.intake.conftest import Reader


def test_an_addressee_keeps_the_clause_that_says_who_is_meant() -> None:
    phrase = "Руководителям органов местного самоуправления, осуществляющих управление в сфере образования"
    assert read_head(f"{phrase}:").addressees == (phrase,)


def test_a_colon_or_an_infinitive_ends_the_addressees() -> None:
    for text in ("Министерству финансов (Иванову И.И.): выделить средства", "Министерству финансов выделить средства"):
        head = read_head(text)
        assert head.addressees[0].startswith("Министерству финансов")
        assert head.rest == "выделить средства"


def test_a_list_of_addressees_is_divided_where_another_begins() -> None:
    head = read_head("Министерству образования (Иванову И.И.), министерству финансов и главам районов принять меры")
    assert head.addressees == ("Министерству образования (Иванову И.И.)", "министерству финансов", "главам районов")


@pytest.mark.parametrize(
    "phrase",
    [
        "Министерству образования, науки и молодёжной политики Озёрной области",
        "Министерству транспорта, связи и дорог",
        "Директорам школ, включённых в перечень",
    ],
)
def test_one_addressee_is_not_divided_at_its_own_commas(phrase: str) -> None:
    assert names(phrase) == (phrase,)


def test_persons_are_divided_and_keep_their_initials() -> None:
    assert names("Иванов И.И., Петров П.П.") == ("Иванов И.И.", "Петров П.П.")


def test_those_who_act_together_are_co_executors() -> None:
    head = read_head("Министерству образования совместно с главами районов подготовить доклад")
    assert (head.addressees, head.co_executors) == (("Министерству образования",), ("главами районов",))


def test_an_item_that_begins_with_its_verb_names_nobody() -> None:
    assert read_head("направить в министерство отчёт").addressees == ()
    assert read_head("программы направить в министерство").addressees == ()


@pytest.mark.parametrize("opening", ["Рекомендовать", "Предложить", "Просить"])
def test_to_recommend_is_not_to_order(opening: str) -> None:
    head = read_head(f"{opening} главам районов обеспечить подвоз")
    assert (head.modality, head.addressees, head.rest) == ("recommend", ("главам районов",), "обеспечить подвоз")


@pytest.mark.parametrize(
    "text",
    [
        "Принять к сведению информацию Иванова И.И.",
        "Принять информацию Иванова И.И. к сведению",
        "Информировать граждан",
    ],
)
def test_to_take_note_orders_nothing(text: str) -> None:
    head = read_head(text)
    assert (head.modality, head.addressees, head.rest) == ("inform", (), text)


def test_control_is_laid_on_a_person() -> None:
    assert read_head("Контроль за исполнением протокола возложить на Луговую Т.С.").addressees == ("Луговую Т.С.",)


def test_those_named_after_a_label_are_addressees(understand: Reader) -> None:
    [item] = understand(
        "1. Подготовить доклад.\nОтветственный исполнитель – министерство финансов (Иванов И.И.)\n"
        "Соисполнители: министерство культуры, министерство спорта\nСрок исполнения: 03 июня 2020 года"
    ).items
    assert item.addressees == ("министерство финансов (Иванов И.И.)",)
    assert item.co_executors == ("министерство культуры", "министерство спорта")
    assert item.deadline.literal == "03 июня 2020 года"
    assert item.text == "Подготовить доклад."


def test_labels_may_stand_inside_the_paragraph(understand: Reader) -> None:
    [item] = understand("1. Подготовить доклад. Ответственные: Иванов И.И., Петров П.П. Срок – постоянно.").items
    assert (item.text, item.addressees) == ("Подготовить доклад.", ("Иванов И.И.", "Петров П.П."))
    assert item.deadline.kind == "standing"


def test_an_order_to_nobody_is_doubted(understand: Reader) -> None:
    [item] = understand("1. Подготовить доклад до 3 июня 2020 года.").items
    assert [doubt.code for doubt in item.doubts] == ["addressee-missing"]


def test_taking_note_needs_neither_addressee_nor_deadline(understand: Reader) -> None:
    [item] = understand("1. Принять к сведению доклад Иванова И.И.").items
    assert (item.modality, item.doubts) == ("inform", ())


def test_a_group_is_recommended_to_as_a_whole(understand: Reader) -> None:
    draft = understand("1. Рекомендовать главам районов:\n1.1 починить дороги;\n1.2 починить мосты.")
    assert {item.modality for item in draft.items} == {"recommend"}
