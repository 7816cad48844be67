"""Everything that the threat model covers is detected; the document says so, and says openly what is not."""

import pytest

from tests.commands.verification.scene import Scene
from tests.commands.verification.tampering import (
    DOCUMENT,
    MISSED,
    NAMED,
    PENDING,
    SEALED,
    Ground,
    document,
    meanings,
    results,
    with_meanings,
)
from tests.world import World

UNDETECTABLE = {
    ("entries", "row", "rewrite, the chain and the row recomputed", PENDING),
    ("entries", "row", "add a well-formed one in somebody's name", PENDING),
    ("entries", "trail", "roll back to a copy", PENDING),
}


@pytest.fixture
def ground(world: World) -> Ground:
    return Ground.of(world)


@pytest.mark.slow
def test_a_malicious_administrator_is_found_wherever_a_design_can(ground: Ground) -> None:
    told = results(ground)
    missed = {case for case, found in told.items() if found == MISSED}
    assert missed == UNDETECTABLE
    assert not any(stage == SEALED for *_, stage in missed)
    assert len(told) > 60
    if ground.scene.sqlite:
        assert DOCUMENT.read_text("utf-8") == document(told), (
            "stale: run python -m tests.commands.verification.tampering"
        )


@pytest.mark.slow
def test_an_entry_that_means_something_impossible_is_named_whatever_its_action(scene: Scene) -> None:
    told = meanings(scene)
    assert set(told.values()) == {NAMED}, {key: found for key, found in told.items() if found != NAMED}
    assert len({action for action, _ in told}) > 12
    if scene.sqlite:
        assert DOCUMENT.read_text("utf-8") == with_meanings(DOCUMENT.read_text("utf-8"), told), (
            "stale: run python -m tests.commands.verification.tampering"
        )
