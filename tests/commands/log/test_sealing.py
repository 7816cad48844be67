"""The sequencer: everything that was written gets one place, in order, and the same files come out whatever happens."""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, event, func, select
from sqlalchemy.orm import Session

from audit.merkle.sequencer import BATCH, DamagedLeafError, RestoredError, bodies_of, place, size
from audit.merkle.signer import RewrittenError
from audit.merkle.tile_store import TileMissingError, TileStore
from audit.merkle.tiles import BUNDLES, Tile
from audit.trails.tables import entries, leaves, pending
from commands.assignments.locked_assignment import TakeAction
from commands.assignments.transitions import take_action
from commands.context.actors import actor_for_login
from commands.log.sealing import begin, follow, published_size, seal_all, sequencer_of, store_of, unpublished, waiting
from commands.verification.alarms import SealLateError, alarms
from models.database import Database, DatabaseAwayError
from tests.commands.log.sealing import holds, stored
from tests.torture import mortal
from tests.world import World


def test_everything_that_waits_is_sealed_in_the_order_of_its_writing(world: World) -> None:
    world.register()
    with world.installation.database.read() as session:
        written = session.execute(select(pending.c.trail, pending.c.seq).order_by(pending.c.id)).all()
    begin(world.installation, "cli:tester")
    assert world.seal() == [len(written) + 1]
    with world.installation.database.read() as session:
        places = session.execute(select(leaves.c.trail, leaves.c.seq).order_by(leaves.c.leaf_index)).all()
    assert places == [*written, ("log:1", 1)]
    holds(world)


def test_with_nothing_new_nothing_is_sealed_again(world: World) -> None:
    assert world.seal() == [stored(world)]
    note = store_of(world.installation.settings).checkpoint()
    assert world.seal() == []
    assert store_of(world.installation.settings).checkpoint() == note


@pytest.mark.slow
def test_a_log_grows_by_whole_and_partial_tiles(world: World) -> None:
    world.register()
    world.seal()
    for _ in range(5):
        for line in world.assignments():
            for _ in range(8):
                world.act("controller", line.id, "comment", note="Noted")
        world.seal()
        holds(world)
    assert stored(world) > 256
    store = store_of(world.installation.settings)
    assert not (store.folder / Tile(BUNDLES, 0, 1).path).parent.exists()
    assert len(store.entries(0, 200)) == 200  # as it was, read from the file that is full now


@pytest.mark.slow
@pytest.mark.parametrize("lines", range(20, 420, 2 if "PORUCHENIE_TORTURE" in os.environ else 79))
def test_killed_at_any_line_it_goes_on_to_the_same_bytes(world: World, lines: int) -> None:
    world.register()
    begin(world.installation, "cli:tester")
    world.installation.database.close()

    def child() -> None:
        database = Database(world.installation.database.url)
        list(seal_all(replace(world.installation, database=database), "cli:tester"))

    mortal.ended(mortal.run(child, lines))
    before = unsealed(world)
    follow(world.installation, "cli:tester", OneLook(), 0)
    assert unsealed(world) == 0, f"killed with {before} entries to seal, “--follow” left some"
    holds(world)


class OneLook(threading.Event):
    """Lets `follow` look once: it stops when it would wait for the next."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return super().wait(timeout)


def unsealed(world: World) -> int:
    """Entries that no published checkpoint covers, whatever step they have come to."""
    with world.installation.read() as tx:
        published = published_size(tx.session, tx.settings)
        waits = tx.session.scalar(select(func.count()).select_from(pending)) or 0
        assert waits or size(tx.session.connection()) == published or unpublished(tx).since
        return waits + size(tx.session.connection()) - published


@pytest.mark.slow
def test_beside_writers_every_entry_gets_one_place_after_the_one_before_it(world: World) -> None:
    world.register()
    begin(world.installation, "cli:tester")
    numbers = [line.id for line in world.assignments()][:4]
    stop = threading.Event()
    sequencers = [
        threading.Thread(target=follow, args=(world.installation, "cli:tester", stop, 0.01)) for _ in range(2)
    ]
    writers = [
        threading.Thread(
            target=lambda number=number: [world.act("controller", number, "comment", note="Noted") for _ in range(20)]
        )
        for number in numbers
    ]
    for each in (*sequencers, *writers):
        each.start()
    for each in writers:
        each.join()
    stop.set()
    for each in sequencers:
        each.join()
    world.seal()
    holds(world)
    with world.installation.database.read() as session:
        seen: Counter[str] = Counter()
        for trail, seq in session.execute(select(leaves.c.trail, leaves.c.seq).order_by(leaves.c.leaf_index)):
            seen[trail] += 1
            assert seq == seen[trail]


def test_a_database_that_knows_less_than_was_sealed_is_noticed_before_anything_is_written(world: World) -> None:
    world.seal()
    world.register()
    settings = replace(world.installation.settings.seal, tiles=world.installation.settings.home / "other")
    with world.installation.database.writer.connect() as connection, connection.begin() as transaction:
        _unguarded(connection)
        connection.execute(delete(leaves).where(leaves.c.leaf_index >= 3))
        transaction.commit()
    note = store_of(world.installation.settings).checkpoint()
    with pytest.raises(RestoredError, match="the database only 3"):
        world.seal()
    assert store_of(world.installation.settings).checkpoint() == note
    lost = replace(world.installation, settings=replace(world.installation.settings, seal=settings))
    with pytest.raises(RewrittenError):  # without the tiles the signer still remembers
        list(seal_all(lost, "cli:tester"))


def _unguarded(connection: object) -> None:
    execute = connection.exec_driver_sql  # type: ignore[attr-defined]
    if connection.dialect.name == "sqlite":  # type: ignore[attr-defined]
        for name in execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
            execute(f"DROP TRIGGER {name}")
    else:
        execute("SET LOCAL session_replication_role = replica")


def test_lost_files_are_made_anew_from_the_database(world: World) -> None:
    world.register()
    world.seal()
    store = store_of(world.installation.settings)
    for file in [each for each in store.folder.rglob("*") if each.is_file()]:
        file.unlink()
    world.seal()
    holds(world)


def test_an_entry_changed_before_the_lost_files_are_made_anew_is_not_signed_again(world: World) -> None:
    world.register()
    world.seal()
    store = store_of(world.installation.settings)
    for file in [each for each in store.folder.rglob("*") if each.is_file()]:
        file.unlink()
    with world.installation.database.writer.connect() as connection, connection.begin() as transaction:
        _unguarded(connection)
        first = entries.c.trail == "account:1"
        connection.execute(entries.update().where(first).values(body=b"{}"))
        transaction.commit()
    with pytest.raises(RewrittenError):
        world.seal()
    assert store.checkpoint() is None


def test_a_tile_that_is_missing_is_named(world: World) -> None:
    world.register()
    world.seal()
    store = store_of(world.installation.settings)
    (tile,) = (store.folder / "tile" / "0").rglob("*.p/*")
    tile.unlink()
    world.act("controller", world.assignments()[0].id, "comment", note="Noted")
    with pytest.raises(TileMissingError, match=r"tile/0/000\.p"):
        world.seal()


def test_places_are_given_batch_by_batch(world: World) -> None:
    world.register()
    count = stored(world)
    with world.installation.database.write() as session:
        for _ in range(3):
            place(session.connection(), 5)
        assert size(session.connection()) == 15
        assert session.scalar(select(func.count()).select_from(pending)) == count - 15
        place(session.connection())
    assert count < BATCH
    world.seal()
    holds(world)


def test_places_that_were_not_committed_leave_no_files(world: World) -> None:
    world.register()
    sequencer = sequencer_of(world.installation, begin(world.installation, "cli:tester"))

    @contextmanager
    def failing() -> Iterator[Session]:
        with sequencer.write() as session:
            yield session
            raise DatabaseAwayError(database="", reason="the power failed")

    with pytest.raises(DatabaseAwayError):
        list(replace(sequencer, write=failing).seal())
    assert not (sequencer.store.folder / "tile").exists()
    world.seal()
    holds(world)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer at a time
@pytest.mark.parametrize("moment", ["BEFORE", "INSERT INTO leaves", "DELETE FROM pending"])
def test_a_number_drawn_early_and_committed_late_gets_its_place_too(world: World, moment: str) -> None:
    world.register()
    world.seal()
    with ExitStack() as late:
        tx = late.enter_context(world.installation.write())
        take_action(tx, actor_for_login(tx, "controller", "cli:tester"), TakeAction(1, "comment", note="Drawn first"))
        world.act("controller", 2, "comment", note="Committed first")

        def commit(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            if statement.startswith(moment):
                late.close()

        event.listen(world.installation.database.engine, "before_cursor_execute", commit)
        world.seal()
        event.remove(world.installation.database.engine, "before_cursor_execute", commit)
    world.seal()
    holds(world)


def test_bytes_that_are_not_there_are_named(world: World) -> None:
    with world.installation.database.read() as session, pytest.raises(DamagedLeafError, match="entry 0"):
        bodies_of(session.connection(), 0, 1)


def test_what_waits_too_long_is_late(database: Database, tmp_path: Path) -> None:
    world = World.found(database, tmp_path, clock="system")
    start = world.installation.system()
    with world.installation.read() as tx:
        assert not waiting(tx).late
    world.installation = replace(world.installation, system=lambda: start + timedelta(minutes=2))
    with world.installation.read() as tx:
        assert waiting(tx).late
    world.seal()
    with world.installation.read() as tx:
        assert waiting(tx).since is None


def killed_between_places_and_files(world: World) -> None:
    begin(world.installation, "cli:tester")
    with world.installation.database.write() as session:
        place(session.connection())
        assert session.scalar(select(func.count()).select_from(pending)) == 0


class Once(threading.Event):
    """Set as soon as somebody waits for it."""

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.set()
        return True


def test_whoever_follows_finishes_what_a_kill_left_with_places_and_no_files(world: World) -> None:
    world.register()
    killed_between_places_and_files(world)
    follow(world.installation, "cli:tester", Once())
    holds(world)
    assert stored(world) == sequencer_of(world.installation, begin(world.installation, "cli:tester")).published().size


def test_what_has_a_place_and_no_checkpoint_for_too_long_is_an_alarm(database: Database, tmp_path: Path) -> None:
    world = World.found(database, tmp_path, clock="system")
    start = world.installation.system()
    killed_between_places_and_files(world)
    for minutes, late in ((0, False), (2, True)):
        moment = start + timedelta(minutes=minutes)
        later = replace(world.installation, system=moment.astimezone)
        with later.read() as tx:
            assert not waiting(tx).late
            assert unpublished(tx).late is late
            assert [type(each) for each in alarms(tx)] == ([SealLateError] if late else [])
    world.seal()
    with world.installation.read() as tx:
        assert unpublished(tx).since is None


def test_files_of_the_log_are_for_this_user_alone(world: World) -> None:
    world.seal()
    store = TileStore(world.installation.settings.seal.tiles)
    assert {each.stat().st_mode & 0o077 for each in [store.folder, *store.folder.rglob("*")]} == {0}
