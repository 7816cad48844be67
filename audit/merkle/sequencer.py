"""The sequencer: entries out of the queue into the Merkle log, in three steps that may be cut off anywhere.

First their places are committed in the database, then their tiles and bundles lie in files, then the checkpoint is
signed and published. Each step starts from what is done, so that after a kill the same bytes come out.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, exists, func, insert, literal, select
from sqlalchemy.orm import Session

from audit.errors import LogError
from audit.merkle.checkpoints import Checkpoint, Signed
from audit.merkle.signer import Signer
from audit.merkle.tile_store import TileStore
from audit.merkle.tree import Range, consistency
from audit.trails.tables import entries, leaves, pending

BATCH = 8_192
_TURN = 7062
"""The key of PostgreSQL's advisory lock."""


class RestoredError(LogError):
    """A database that knows less than what was sealed."""

    template = (
        "The files of the log hold {sealed} entries, the database only {stored}: it was restored from an older backup, "
        "or rows were taken out of it. Nothing is written before somebody has decided: run “poruchenie audit restore”."
    )


class DamagedLeafError(LogError):
    """An entry in the log whose bytes the database lacks."""

    template = "The bytes of entry {index} of the log are not in the database; run “poruchenie audit verify”."


class EmptyPlaceError(LogError):
    """A place in the log that was given to no entry."""

    template = (
        "Place {index} of the log is empty: somebody gave it to no entry. Nothing is sealed before it is filled: keep "
        "a copy of the database, then run “poruchenie audit fill-place”, which tells of it in the log."
    )


class ForgottenError(LogError):
    """A signer without its memory, or with one of before the checkpoint that is published."""

    template = (
        "The signer does not remember that a checkpoint of {size} entries is published: it would sign any other log. "
        "Nothing is signed. Restore {file} from its backup, and look who took it away; if there is none, run "
        "“poruchenie audit remember”, which tells of it in the log."
    )


@dataclass(frozen=True, slots=True)
class Sequencer:
    """`write` and `read` open a transaction each; `engine` is theirs."""

    origin: str
    store: TileStore
    signer: Signer
    engine: Engine
    write: Callable[[], AbstractContextManager[Session]]
    read: Callable[[], AbstractContextManager[Session]]

    def seal(self) -> Iterator[Checkpoint]:
        """Empty the queue; yields each checkpoint that was published. Raises LogError."""
        with self.store.alone(), self._turn():
            published = self.published()
            self._remembers(published)
            while (placed := self._placed(published.size)) > published.size:
                published = self._publish(published, min(placed, published.size + BATCH))
                yield published
            if self.store.checkpoint() is None:
                yield self._sign(published)

    def _remembers(self, published: Checkpoint) -> None:
        """Raises ForgottenError: a memory that grew anew by itself would be no memory."""
        last = self.signer.signed()
        if published.size > (last.size if last else 0):
            raise ForgottenError(size=published.size, file=self.signer.memory)

    def published(self) -> Checkpoint:
        """The checkpoint published last, by our own key. Raises LogError."""
        note = self.store.checkpoint()
        if note is None:
            return Checkpoint(self.origin, 0, Range().root())
        return Signed.open(note, self.signer.verifiers()).checkpoint

    def _placed(self, sealed: int) -> int:
        """Commit places in the log for a batch of the queue; how many entries have theirs now. Raises RestoredError."""
        with self.write() as session:
            if (stored := size(session.connection())) < sealed:
                raise RestoredError(sealed=sealed, stored=stored)
            place(session.connection())
            return size(session.connection())

    def _publish(self, before: Checkpoint, after: int) -> Checkpoint:
        with self.read() as session:
            bodies = bodies_of(session.connection(), before.size, after)
        self.store.grow(before.size, bodies)
        (root,) = self.store.roots([(0, after)], after)
        made = self._sign(Checkpoint(self.origin, after, root))
        self.store.tidy(before.size, after)
        return made

    def _sign(self, checkpoint: Checkpoint) -> Checkpoint:
        last = self.signer.signed()
        known = min(last.size if last else 0, checkpoint.size)
        proof = self.store.roots(consistency(known, checkpoint.size), checkpoint.size)
        self.store.publish(self.signer.sign(checkpoint, proof).data)
        return checkpoint

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Of several sequencers on one database one is at work. On SQLite they share a folder, which is enough."""
        if self.engine.dialect.name != "postgresql":
            yield
            return
        with self.engine.connect() as connection:
            connection.execute(select(func.pg_advisory_lock(_TURN)))
            connection.commit()  # the lock is the session's: no transaction stays open beside the work
            try:
                yield
            finally:
                connection.execute(select(func.pg_advisory_unlock(_TURN)))


def size(connection: Connection) -> int:
    """The number of entries that have a place in the log."""
    last: int | None = connection.scalar(select(func.max(leaves.c.leaf_index)))
    return 0 if last is None else last + 1


def place(connection: Connection, most: int = BATCH) -> None:
    """Give the first entries of the queue the next places, in the order of their writing, and take them out of it."""
    waiting = select(pending.c.id).order_by(pending.c.id).limit(most).subquery()
    last = connection.scalar(select(func.max(waiting.c.id)))
    if last is None:
        return
    number = literal(size(connection) - 1) + func.row_number().over(order_by=pending.c.id)
    taken = select(number, pending.c.trail, pending.c.seq).where(pending.c.id <= last).order_by(pending.c.id)
    connection.execute(insert(leaves).from_select(["leaf_index", "trail", "seq"], taken))
    # An entry with a smaller number may have been committed in between: it stays, and comes next.
    placed = exists().where(leaves.c.trail == pending.c.trail, leaves.c.seq == pending.c.seq)
    connection.execute(delete(pending).where(pending.c.id <= last, placed))


def bodies_of(connection: Connection, start: int, end: int) -> list[bytes]:
    """The bytes of the entries with these places. Raises EmptyPlaceError, DamagedLeafError."""
    same = (entries.c.trail == leaves.c.trail) & (entries.c.seq == leaves.c.seq)
    wanted = (
        select(leaves.c.leaf_index, leaves.c.trail, entries.c.body)
        .outerjoin_from(leaves, entries, same)
        .where(leaves.c.leaf_index >= start, leaves.c.leaf_index < end)
        .order_by(leaves.c.leaf_index)
    )
    found = {}
    for index, trail, body in connection.execute(wanted).tuples():
        if trail is None:
            raise EmptyPlaceError(index=index)
        found[index] = body
    for index in range(start, end):
        if not isinstance(found.get(index), bytes):
            raise DamagedLeafError(index=index)
    return list(found.values())
