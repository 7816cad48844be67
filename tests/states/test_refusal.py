"""A refusal is one sentence, made of its values."""

import pytest

from states.lifecycle import Role
from states.refusal import N_, RefusedError, Word


class TeapotError(RefusedError):
    """Not coffee."""

    template = "There is no {drink} in {place}; there is: {others}."


def refused(**values: object) -> str:
    return str(TeapotError(**{"drink": "coffee", "place": "a teapot", "others": ()} | values))


def test_the_sentence_speaks_of_its_values() -> None:
    assert refused(others=("tea", "milk")) == "There is no coffee in a teapot; there is: tea, milk."


def test_an_empty_list_is_a_dash() -> None:
    assert refused(others=()) == "There is no coffee in a teapot; there is: —."


def test_a_list_of_roles_is_told_by_their_words() -> None:
    assert refused(others=(Role.ADMIN, Role.LEADER)).endswith("there is: admin, leader.")


def test_further_refusals_follow_as_sentences() -> None:
    more = (TeapotError(drink="rum", place="a pot", others=()), TeapotError(drink="gin", place="a pot", others=()))
    assert refused(others=more).endswith(
        "there is: There is no rum in a pot; there is: —. There is no gin in a pot; there is: —.."
    )


def test_the_values_are_kept_for_whoever_translates_the_sentence() -> None:
    assert TeapotError(drink="rum", place=5, others=("a",)).values == {"drink": "rum", "place": 5, "others": ("a",)}


def test_a_value_that_is_missing_is_an_error_of_the_programmer() -> None:
    with pytest.raises(KeyError, match="place"):
        TeapotError(drink="rum")


def test_braces_in_a_value_are_left_alone() -> None:
    assert refused(drink="{place}").startswith("There is no {place} in a teapot")


def test_our_own_words_are_marked_and_are_text_all_the_same() -> None:
    assert isinstance(N_("due"), Word)
    assert N_("due") == "due"
