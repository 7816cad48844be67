"""Whether a sealed log is whole."""

from sqlalchemy import func, select

from audit.merkle.checkpoints import Signed
from audit.merkle.sequencer import bodies_of, size
from audit.merkle.tiles import grown
from audit.merkle.tree import root
from audit.trails.entries import digest
from audit.trails.tables import pending
from audit.trails.verify import count
from commands.log.sealing import keys_of, store_of
from tests.world import World


def stored(world: World) -> int:
    """How many entries stand in the tables."""
    with world.installation.database.read() as session:
        return count(session.connection())


def holds(world: World) -> None:
    """Tables, files and checkpoint say the same, byte for byte."""
    store = store_of(world.installation.settings)
    with world.installation.database.read() as session:
        connection = session.connection()
        count = size(connection)
        bodies = bodies_of(connection, 0, count)
        keys = keys_of(session)
        assert session.scalar(select(func.count()).select_from(pending)) == 0
    checkpoint = Signed.open(store.checkpoint() or b"", keys).checkpoint
    assert (checkpoint.size, checkpoint.root) == (count, root(map(digest, bodies)))
    for tile, data in grown(0, bodies, lambda _: b""):
        assert (store.folder / tile.path).read_bytes() == data
    assert stored(world) == count
    assert world.faults() == []
