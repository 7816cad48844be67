"""Re-reads the Merkle log: every sealed entry in the tables against the files, the files against every signed head.

Trusts only signatures: the hashes of all leaves must lead to each root that was signed by the log, remembered by its
signer, cosigned by a witness, or kept by somebody.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import URL, Connection, func, select

from audit.errors import LogError
from audit.merkle.scan import LOG, Findings, Perfect, Reading
from audit.merkle.sequencer import size as placed
from audit.merkle.tile_store import TileStore
from audit.merkle.tiles import WIDTH, hashes, tile_of
from audit.merkle.tree import Range, perfect
from audit.trails.entries import digest
from audit.trails.tables import entries, leaves, pending
from audit.trails.verify import Fault

CHUNK = 2**16
"""Leaves of an aligned subtree that one process reads at a time."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A tree head that somebody holds."""

    whose: str
    size: int
    root: bytes


def fsck(
    connection: Connection,
    url: URL | None,
    store: TileStore,
    published: Kept | None,
    others: Sequence[Kept] = (),
    *,
    since: Kept | None = None,
    lost: Sequence[range] = (),
) -> Iterator[Fault | int]:
    """Every fault found; in between how many leaves were read.

    `since`: read only what was sealed after; the tiles before must still lead to its root. `url`: read on two cores.
    `lost`: places whose entries a restored backup did not know any more, as somebody has judged.
    """
    stored = placed(connection)
    all_heads = [each for each in (published, *others, since) if each]
    yield from _short(all_heads, stored)
    yield from _twice(connection)
    yield from _disordered(connection)
    yield from _vacant(connection, published.size if published else 0)
    if published is None:
        if stored:
            yield Fault(LOG, 0, Findings.UNPUBLISHED, {"stored": stored})
        return
    end = min(published.size, stored)
    begun = since.size // WIDTH * WIDTH if since else 0
    seen, watched = Range(), {each.size for each in all_heads}
    for each in _roots_before(store, begun, end):
        if isinstance(each, Fault):
            yield each
            return
        seen.append(each[1], each[0])
    roots = {begun: seen.root()}
    displaced: dict[bytes, int] = {}
    reading = Reading(store, end, begun, watched, lost, CHUNK)
    for read, checked in reading.everything(connection, url):
        yield from checked.faults
        displaced |= checked.displaced
        for level, found in checked.row:
            seen.append(found, level)
            if seen.size in watched:
                roots[seen.size] = seen.root()
        yield read
    yield from _requeued(connection, displaced | _unplaced(store, end, published.size))
    for head in all_heads:
        if head.size in roots and roots[head.size] != head.root:
            yield Fault(LOG, 0, Findings.BRANCHED, {"size": head.size, "whose": head.whose})


def _short(heads: Sequence[Kept], stored: int) -> Iterator[Fault]:
    for head in heads:
        if head.size > stored:
            yield Fault(LOG, 0, Findings.SHORT, {"whose": head.whose, "size": head.size, "stored": stored})


def _twice(connection: Connection) -> Iterator[Fault]:
    both = select(leaves.c.trail, leaves.c.seq).intersect(select(pending.c.trail, pending.c.seq))
    yield from (Fault(row.trail, row.seq, Findings.TWICE) for row in connection.execute(both))


def _unplaced(store: TileStore, stored: int, size: int) -> dict[bytes, int]:
    """Leaf hashes, with their places, of which the database knows no place any more."""
    found: dict[bytes, int] = {}
    for number in range(stored // WIDTH, -(-size // WIDTH)) if stored < size else ():
        try:
            leaves_of = hashes(store.read(tile_of(0, number, size)))
        except LogError:
            continue  # the files before them are named for what they are
        found |= {leaf: index for index, leaf in enumerate(leaves_of, number * WIDTH) if index >= stored}
    return found


def _requeued(connection: Connection, displaced: Mapping[bytes, int]) -> Iterator[Fault]:
    """Entries in the queue that the log's files hold already."""
    if not displaced:
        return
    same = (entries.c.trail == pending.c.trail) & (entries.c.seq == pending.c.seq)
    for trail, seq, body in connection.execute(select(*entries.c["trail", "seq", "body"]).join(pending, same)):
        index = displaced.get(digest(body)) if isinstance(body, bytes) else None
        if index is not None:
            yield Fault(trail, seq, Findings.REQUEUED, {"index": index})


def _vacant(connection: Connection, published: int) -> Iterator[Fault]:
    """Places that are still to be sealed and have no entry, and a row of places with a gap."""
    empty = select(leaves.c.leaf_index).where(leaves.c.trail.is_(None), leaves.c.leaf_index >= published)
    for index in connection.scalars(empty.order_by(leaves.c.leaf_index)):
        yield Fault(LOG, 0, Findings.EMPTY, {"index": index})
    count, last = connection.execute(select(func.count(), func.max(leaves.c.leaf_index))).one()
    if count and count != last + 1:
        yield Fault(LOG, 0, Findings.GAP, {"stored": count, "index": last})


def _disordered(connection: Connection) -> Iterator[Fault]:
    """The queue is emptied in order of its numbers, so an entry must not stand before the one that it follows."""
    before = pending.alias()
    follows = (pending.c.trail == before.c.trail) & (pending.c.seq == before.c.seq + 1) & (pending.c.id < before.c.id)
    wanted = select(pending.c.trail, pending.c.seq).join_from(pending, before, follows)
    yield from (Fault(row.trail, row.seq, Findings.DISORDERED) for row in connection.execute(wanted))


def _roots_before(store: TileStore, begun: int, end: int) -> Iterator[Perfect | Fault]:
    try:
        hash_of = store.hash_of(end)
        for level, number in perfect((0, begun)):
            yield level, hash_of(level, number)
    except LogError as error:
        yield Fault(LOG, 0, error.template, error.values)
