"""The drill: every way on a copy sounds the alarm, and the installation stays as it was."""

from pathlib import Path

import pytest

from commands.log.sealing import store_of
from commands.verification.drill import EXERCISES, NothingToDrillError, drill
from tests.world import World


def files(world: World) -> dict[str, bytes]:
    folder = store_of(world.installation.settings).folder
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@pytest.mark.slow
def test_every_way_is_noticed_and_nothing_is_changed(world: World, tmp_path: Path) -> None:
    world.register()
    world.act("a", 1, "submit", note="Done")
    world.seal()
    before = files(world)
    copy = tmp_path / "copy"
    copy.mkdir()
    alarms = list(drill(world.installation, copy))
    assert [alarm.title for alarm in alarms] == [exercise.title for exercise in EXERCISES]
    assert [alarm.title for alarm in alarms if not alarm.faults] == []
    assert files(world) == before
    assert world.faults() == []


def test_a_log_without_an_assignment_is_too_little(world: World, tmp_path: Path) -> None:
    world.seal()
    copy = tmp_path / "copy"
    copy.mkdir()
    with pytest.raises(NothingToDrillError, match="too little"):
        list(drill(world.installation, copy))
