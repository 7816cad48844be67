"""An empty place of the log: named by whatever would seal it, and filled by a command that tells of it."""

import pytest

from audit.merkle.sequencer import EmptyPlaceError
from commands.context.actors import actor_for_login
from commands.log.empty_places import NothingToFillError, fill_places
from commands.verification.alarms import alarms
from states.lifecycle import WrongRoleError
from tests.commands.verification.scene import Scene
from tests.world import World


@pytest.fixture
def emptied(world: World) -> World:
    """Somebody who dropped the guards gave the next two places to no entry, and put the guards back."""
    world.register()
    world.seal()
    world.act("a", 1, "acknowledge")
    scene = Scene(world, 1, 2)
    with scene.unguarded() as connection:
        next_ = "SELECT max(leaf_index) + 1, NULL, NULL FROM leaves"
        for _ in range(2):
            connection.exec_driver_sql(f"INSERT INTO leaves (leaf_index, trail, seq) {next_}")
    return world


def filled(world: World, by: str = "controller") -> list[int]:
    with world.installation.write() as tx:
        return fill_places(tx, actor_for_login(tx, by, "cli:tester"), "Order 4")


def test_seal_and_alarms_name_it(emptied: World) -> None:
    with pytest.raises(EmptyPlaceError, match="is empty: somebody gave it to no entry"):
        emptied.seal()
    with emptied.installation.read() as tx:
        assert [each for each in alarms(tx) if isinstance(each, EmptyPlaceError)]
    assert [each for each in emptied.faults() if "place" in each]


def test_filled_it_is_sealed_and_everything_holds(emptied: World) -> None:
    with pytest.raises(WrongRoleError):
        filled(emptied, "clerk")
    first, second = filled(emptied)
    assert emptied.seal()[-1] > second
    assert emptied.faults() == []
    told = emptied.trail("log:1")[-2:]
    assert [(each.action, each.facts["place"]) for each in told] == [("fill_place", first), ("fill_place", second)]
    with pytest.raises(NothingToFillError):
        filled(emptied)


def test_no_other_client_fills_a_place_nor_moves_one(emptied: World) -> None:
    scene = Scene(emptied, 1, 2)
    last = "(SELECT max(leaf_index) FROM leaves)"
    for columns in (
        "trail = 'assignment:1', seq = 2",
        "trail = 'log:1', seq = 1",
        "leaf_index = leaf_index + 1",
        "trail = 'ghost:1', seq = 1",
    ):
        scene.refuses(
            f"UPDATE leaves SET {columns} WHERE leaf_index = {last}", sentence="rows of leaves are never changed"
        )
