"""Everything people read is in Russian and in English; neither lags behind the code."""

import re
from pathlib import Path

import click
from babel.messages.pofile import read_po

from commands.assignments.locked_assignment import StaleVersionError
from commands.context.actors import UnknownLoginError
from commands.context.language import catalogue, said, sentence, shown, shown_due, speaking, tr
from commands.verification.replay import ILLEGAL
from states.lifecycle import Role, WrongRoleError
from states.refusal import Word
from tests.sentences import ROOT, sentences
from tests.world import moment


def _messages() -> dict[str, list[str]]:
    """Key → its translations (several where there are plurals)."""
    with (ROOT / "commands" / "locale" / "ru.po").open("rb") as file:
        read = [each for each in read_po(file, locale="ru") if each.id]
    return {key: _several(each.string) for each in read for key in _several(each.id)}


def _several(texts: object) -> list[str]:
    return [str(text) for text in texts] if isinstance(texts, list | tuple) else [str(texts)]


def test_every_sentence_of_the_code_is_translated() -> None:
    assert sentences() - _messages().keys() == set()


def test_no_translation_outlives_its_sentence() -> None:
    click_itself = "".join(file.read_text(encoding="utf-8") for file in Path(click.__file__).parent.glob("*.py"))
    for key in _messages().keys() - sentences():
        assert key.encode("unicode_escape").decode() in click_itself, key


def test_translations_name_the_same_values() -> None:
    for key, texts in _messages().items():
        for text in texts:
            assert set(re.findall(r"{(\w+)", text)) == set(re.findall(r"{(\w+)", key)), key


def test_a_refusal_is_said_in_the_language_in_use() -> None:
    error = WrongRoleError(role=Role.EXECUTOR, action=Word("accept"), roles=(Role.CONTROLLER,))
    assert str(error) == "The role “executor” may not take the action “accept”; it is for: controller."
    with speaking("ru"):
        assert (
            sentence(error)
            == "Роль «исполнитель» не может совершить действие «принять»; оно для: controller (контролёр)."
        )


def test_what_people_wrote_is_not_translated_even_where_it_spells_a_word_of_ours() -> None:
    with speaking("ru"):
        assert tr("Account {number} “{new_login}” is open.", number=5, new_login="reviewer").endswith(
            "«reviewer» открыта."
        )
        assert "«controller»" in sentence(UnknownLoginError(login="controller"))
        assert "«Рассмотрено»" in sentence(StaleVersionError(assignment=1, seen=1, version=2, state=Word("reviewed")))


def test_a_refusal_within_a_sentence_is_said_in_the_same_language() -> None:
    reason = WrongRoleError(role=Role.EXECUTOR, action=Word("accept"), roles=(Role.CONTROLLER,))
    with speaking("ru"):
        assert said(ILLEGAL, {"reason": reason}).endswith("оно для: controller (контролёр).")


def test_times_are_shown_in_the_regions_zone() -> None:
    assert shown(moment("2020-06-30 23:30")) == "30 June 2020, 23:30"
    assert shown_due(moment("2020-07-01 00:00")) == "30 June 2020, 24:00"
    with speaking("ru"):
        assert shown_due(moment("2020-07-01 00:00")) == "30 июня 2020 г., 24:00"


def test_an_unknown_sentence_stays_as_it_is() -> None:
    with speaking("ru"):
        assert tr("No such sentence") == "No such sentence"
    assert catalogue("ru") is catalogue("ru")
