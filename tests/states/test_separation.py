"""Separation of persons: nobody judges his own work, under whatever account or substitute."""

import pytest

from states.separation import Deed, SamePersonError, Separation, separate

ANNA, BORIS, VERA = 1, 2, 3
TWO, THREE = Separation.TWO, Separation.THREE


def by(action: str, *persons: int) -> Deed:
    """Several persons: a substitute and whoever he acts for."""
    return Deed(action, frozenset(persons))


@pytest.mark.parametrize(
    ("policy", "history", "deed"),
    [
        (THREE, [by("submit", ANNA)], by("review", BORIS)),
        (THREE, [by("submit", ANNA), by("review", BORIS)], by("accept", VERA)),
        (TWO, [by("submit", ANNA), by("review", BORIS)], by("accept", BORIS)),
        (TWO, [by("submit", ANNA), by("review", BORIS)], by("accept", VERA)),
        (THREE, [by("submit", ANNA)], by("submit", ANNA)),  # a new version is no judgement
        (THREE, [by("submit", ANNA), by("review", BORIS)], by("return", ANNA)),  # nor is sending it back
        (THREE, [], by("review", ANNA)),
        # Only the latest report counts: Boris brought an earlier one, Anna the one that is judged.
        (THREE, [by("submit", BORIS), by("submit", ANNA)], by("review", BORIS)),
    ],
)
def test_other_persons_may(policy: Separation, history: list[Deed], deed: Deed) -> None:
    separate(policy, history, deed)


@pytest.mark.parametrize(
    ("policy", "history", "deed", "earlier"),
    [
        (THREE, [by("submit", ANNA)], by("review", ANNA), "submit"),
        (TWO, [by("submit", ANNA)], by("review", ANNA), "submit"),
        (THREE, [by("submit", ANNA), by("review", BORIS)], by("accept", ANNA), "submit"),
        (TWO, [by("submit", ANNA), by("review", BORIS)], by("accept", ANNA), "submit"),
        (THREE, [by("submit", ANNA), by("review", BORIS)], by("accept", BORIS), "review"),
        # A substitute and the absent person are both in a deed, before and now.
        (THREE, [by("submit", ANNA)], by("review", BORIS, ANNA), "submit"),
        (THREE, [by("submit", BORIS, ANNA)], by("review", BORIS), "submit"),
        (THREE, [by("submit", BORIS, ANNA)], by("review", ANNA), "submit"),
        (THREE, [by("submit", ANNA), by("review", VERA, BORIS)], by("accept", VERA), "review"),
        (TWO, [by("submit", ANNA), by("review", BORIS)], by("accept", VERA, ANNA), "submit"),
    ],
)
def test_the_same_person_may_not(policy: Separation, history: list[Deed], deed: Deed, earlier: str) -> None:
    with pytest.raises(SamePersonError) as refused:
        separate(policy, history, deed)
    assert str(refused.value).startswith(
        f"Policy “{policy}” separates persons: whoever took “{earlier}” may not take “{deed.action}”"
    )
