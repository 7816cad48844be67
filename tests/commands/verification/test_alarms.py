"""What is amiss with the log's witnesses, by a clock that goes on: how long entries may stay without them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit.merkle.signed_notes import COSIGNATURE, SigningKey
from commands.log.restoration import UnwitnessedRestorationError
from commands.verification.alarms import UnwitnessedError, alarms
from models.database import Database
from tests.commands.log.backups import Backup, resumed
from tests.witnesses import cosign
from tests.world import World

START = datetime(2020, 6, 1, 6, tzinfo=UTC)
PROSECUTOR = SigningKey.generate("prosecutor.example", COSIGNATURE)


@pytest.fixture
def earnest(database: Database, tmp_path: Path) -> World:
    """A world in earnest use whose policy demands one witness; all is sealed, and nothing cosigned yet."""
    world = World.found(database, tmp_path, clock="system")
    (tmp_path / "witnesses").write_text(f"witness prosecutor {PROSECUTOR.verifier}\nquorum prosecutor\n", "utf-8")
    settings = world.installation.settings
    seal = replace(settings.seal, witness_policy=tmp_path / "witnesses")
    world.installation = replace(world.installation, settings=replace(settings, seal=seal))
    world.register()
    world.seal()
    return world


def later(world: World, **by: float) -> World:
    """The same world; its clock shows so much more than at the beginning."""
    at = START + timedelta(**by)
    world.installation = replace(world.installation, system=lambda: at)
    return world


def alarm(world: World) -> bool:
    with world.installation.read() as tx:
        return any(isinstance(each, UnwitnessedError) for each in alarms(tx))


def term(world: World) -> int:
    return world.installation.policy.rules.audit.witnessed_hours


def test_the_first_entries_need_no_patience_and_later_ones_have_their_term(earnest: World) -> None:
    assert alarm(earnest)
    cosign(earnest.installation, "prosecutor", PROSECUTOR)
    assert not alarm(later(earnest, days=30))  # nothing new: nothing waits
    earnest.act("a", 1, "acknowledge")
    earnest.seal()
    assert not alarm(later(earnest, days=30, hours=term(earnest)))
    assert alarm(later(earnest, days=30, hours=term(earnest) + 0.1))
    cosign(earnest.installation, "prosecutor", PROSECUTOR)
    assert not alarm(earnest)


@contextmanager
def restored(world: World, folder: Path) -> Iterator[World]:
    """Two entries were sealed after the backup; with the backup in place the log goes on behind them."""
    backup = Backup(world, folder)
    world.act("a", 1, "acknowledge")
    world.act("a", 1, "submit", note="Done")
    world.seal()
    try:
        yield backup.restore()
    finally:
        backup.remove()


def test_behind_places_that_a_backup_lost_it_is_the_next_entry_that_waits(earnest: World, tmp_path: Path) -> None:
    cosign(earnest.installation, "prosecutor", PROSECUTOR)
    with restored(later(earnest, days=1), tmp_path) as world:
        with pytest.raises(UnwitnessedRestorationError, match="Ask them first"):
            resumed(later(world, days=2))
        cosign(world.installation, "prosecutor", PROSECUTOR)
        assert resumed(later(world, days=2)).found == 0
        assert not [each for each in world.faults() if each.startswith("log:1")]
        world.seal()
        assert not alarm(later(world, days=2, hours=term(world)))
        assert alarm(later(world, days=2, hours=term(world) + 0.1))
