"""A database from an older backup: noticed before it takes a write, and gone on from without a smaller tree."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.merkle.sequencer import RestoredError
from audit.offline_verifier import key_of, verify_export
from commands.log.consistency import extends
from commands.log.export import export, extent
from commands.log.restoration import NotRestoredError, OtherPastError
from commands.log.sealing import keys_of, store_of
from tests.commands.log.backups import Backup, resumed
from tests.world import World


@pytest.fixture
def backup(world: World, tmp_path: Path) -> Iterator[Backup]:
    """Of a world with sealed entries and one that waits; after it, more is written and all of it sealed."""
    world.register()
    world.seal()
    world.act("a", 1, "acknowledge")
    made = Backup(world, tmp_path)
    world.act("a", 1, "submit", note="Done")
    world.act("reviewer", 1, "return", note="No dates")
    world.seal()
    yield made
    made.remove()


def checkpoint(world: World) -> bytes:
    return store_of(world.installation.settings).checkpoint() or b""


def test_it_is_noticed_before_a_write_and_named_by_verification(backup: Backup) -> None:
    world = backup.restore()
    with pytest.raises(RestoredError, match="restored from an older backup"):
        world.act("a", 1, "comment", note="Lost?")
    with pytest.raises(RestoredError):
        world.seal()
    assert any("the database has places for" in fault for fault in world.faults())
    assert len(world.trail("assignment:1")) == 2


def test_the_log_goes_on_behind_what_was_sealed(backup: Backup, tmp_path: Path) -> None:
    before = checkpoint(backup.world)
    world = backup.restore()
    done = resumed(world)
    # One of the three was in the restored queue; it gets the place that it had, the other two are lost.
    assert (done.end - done.start, done.found) == (3, 1)
    world.act("a", 1, "submit", note="Once more")
    world.seal()
    assert world.faults() == []
    with world.installation.read() as tx:
        assert extends(tx, before).old == done.end
        (tmp_path / "export.zip").write_bytes(b"".join(export(tx, extent(tx))))
        keys = [key_of(str(key)) for key in keys_of(tx.session)]
    with (tmp_path / "export.zip").open("rb") as file:
        assert verify_export(file, keys)["size"] > done.end
    last = world.trail("log:1")[-1]
    assert (last.action, last.facts["lost"]) == ("resume", [[done.start + 1, done.end]])
    assert last.facts["checkpoint"].encode() == before


def test_nothing_is_gone_on_from_without_a_reason(backup: Backup) -> None:
    world = backup.world
    with pytest.raises(NotRestoredError):
        resumed(world)


def test_a_backup_that_was_tampered_with_is_no_past_of_this_log(backup: Backup) -> None:
    world = backup.restore()
    with world.installation.database.writer.connect() as connection, connection.begin() as transaction:
        if backup.sqlite:
            connection.exec_driver_sql("DROP TRIGGER entries_unchanged")
            connection.exec_driver_sql("UPDATE entries SET body = CAST('{}' AS BLOB) WHERE trail = 'protocol:1'")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql("UPDATE entries SET body = '{}'::bytea WHERE trail = 'protocol:1'")
        transaction.commit()
    with pytest.raises(OtherPastError, match="not a past of this log"):
        resumed(world)
