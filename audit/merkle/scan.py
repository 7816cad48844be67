"""Reads sealed entries part by part, and compares what tables, bundles and tiles hold of each."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from typing import Any, ClassVar

from sqlalchemy import URL, Connection, create_engine, select

from audit.errors import LogError
from audit.merkle.tile_store import TileStore
from audit.merkle.tiles import BUNDLES, HEIGHT, WIDTH, hashes, tile_of
from audit.merkle.tree import root
from audit.trails.entries import digest
from audit.trails.tables import entries, leaves
from audit.trails.verify import Fault

LOG = "log:1"
AT_ONCE = 16 * WIDTH
"""So many entries are asked for in one question to the database."""
Perfect = tuple[int, bytes]
Row = tuple[str | None, int | None, object]
"""Trail, sequence and bytes of an entry, as the tables have them."""
_NOWHERE: Row = (None, None, None)


class Findings:
    """The sentences about the log."""

    ALTERED: ClassVar = "the database holds other bytes than were sealed at place {index}"
    FILE: ClassVar = "the file {path} holds other bytes than were sealed at place {index}"
    BOTH: ClassVar = "neither the database nor the files hold the bytes that were sealed at place {index}"
    GONE: ClassVar = "the entry that was sealed at place {index} is not in the database any more"
    LATER: ClassVar = "the tile {path} says other than the tiles below it"
    BRANCHED: ClassVar = "the log does not lead to the root of {size} entries that {whose} holds: it was rewritten"
    SHORT: ClassVar = "{whose} holds a checkpoint of {size} entries, the database has places for {stored} only"
    UNPUBLISHED: ClassVar = "there are {stored} sealed entries, but no checkpoint is published"
    DISORDERED: ClassVar = "waits for its place in the log before the entry that it follows"
    EMPTY: ClassVar = "place {index} of the log was given to no entry: nothing behind it can be sealed"
    GAP: ClassVar = "the log has {stored} places, but the last of them is {index}: some are missing"
    TWICE: ClassVar = "has a place in the log and waits for another"
    REQUEUED: ClassVar = "waits for a place in the log, but was sealed at place {index} already: somebody put it back"


@dataclass
class Checked:
    """Findings over some leaves: faults, and the perfect subtrees that they make, one after the other.

    `displaced`: leaf hashes, with their places, whose entries the database does not hold there any more.
    """

    faults: list[Fault] = field(default_factory=list)
    row: list[Perfect] = field(default_factory=list)
    displaced: dict[bytes, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of a log of `size`: its leaves from `begun` (to `end`), `step` at a time.

    Those about the sizes `watched` are told one by one.
    """

    store: TileStore
    size: int
    begun: int
    watched: AbstractSet[int]
    lost: Sequence[range]
    step: int
    end: int | None = None

    def until(self, size: int) -> "Reading":
        """Only the leaves before this one."""
        return replace(self, end=size)

    def everything(self, connection: Connection, url: URL | None) -> Iterator[tuple[int, Checked]]:
        """Each part with the number of leaves read by its end; on two cores if there is more than one."""
        last = self.size if self.end is None else self.end
        starts = range(self.begun // self.step * self.step, last, self.step)
        ends = [min(start + self.step, last) - self.begun for start in starts]
        if len(starts) < 2 or url is None:  # noqa: PLR2004 - nothing to share
            yield from zip(ends, (self.part(connection, start) for start in starts), strict=True)
            return
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:
            yield from zip(ends, pool.map(partial(_elsewhere, url, self), starts), strict=True)

    def part(self, connection: Connection, start: int) -> Checked:
        """The leaves of one aligned subtree."""
        checked = Checked()
        stop = min(start + self.step, self.size if self.end is None else self.end)
        rows: Mapping[int, Row] = {}
        for first in range(max(start, self.begun), stop, WIDTH):
            if first not in rows:
                rows = _stored(connection, first, min(first + AT_ONCE, stop))
            last = min(first + WIDTH, stop)
            sealed = self._bundle(rows, first, last, checked)
            if last - first == WIDTH and self.watched.isdisjoint(range(first + 1, last)):
                checked.row.append((HEIGHT, root(sealed)))
            else:
                checked.row += [(0, leaf) for leaf in sealed]
        return checked

    def _bundle(self, rows: Mapping[int, Row], first: int, last: int, checked: Checked) -> Sequence[bytes]:
        """Compare up to 256 entries of tables and files with their tile; the hashes that the tile holds."""
        number = first // WIDTH
        sealed = self._sealed(number, checked)[: last - first]
        filed: Sequence[bytes | None] = [None] * (last - first)
        try:
            filed = self.store.entries(number, self.size)[: last - first]
        except LogError as error:
            checked.faults.append(Fault(LOG, 0, error.template, error.values))
        path = tile_of(BUNDLES, number, self.size).path
        for index, leaf, body in zip(range(first, last), sealed, filed, strict=True):
            row = rows.get(index, _NOWHERE)
            if row[2] != body or digest(body or b"") != leaf:
                is_lost = row[0] is None and any(index in each for each in self.lost)
                checked.faults += _leaf(index, leaf, body, row, path, is_lost=is_lost)
                if not is_lost and not (isinstance(row[2], bytes) and digest(row[2]) == leaf):
                    checked.displaced[leaf] = index
        return sealed

    def _sealed(self, number: int, checked: Checked) -> list[bytes]:
        tile = tile_of(0, number, self.size)
        try:
            found = hashes(self.store.read(tile))
            if len(found) != tile.width:
                raise self.store.missing(tile)
        except LogError as error:
            checked.faults.append(Fault(LOG, 0, error.template, error.values))
            return [b""] * tile.width
        if tile.width == WIDTH:
            checked.faults += self._above(number, root(found))
        return found

    def _above(self, number: int, expected: bytes) -> Iterator[Fault]:
        tile = tile_of(1, number // WIDTH, self.size)
        try:
            right = hashes(self.store.read(tile))[number % WIDTH] == expected
        except (LogError, IndexError):
            right = False
        if not right:
            yield Fault(LOG, 0, Findings.LATER, {"path": tile.path})


def _elsewhere(url: URL, reading: Reading, start: int) -> Checked:
    # Bytes as they are: psycopg's text form of them has twice the length.
    binary = {"cursor_factory": _binary} if url.get_backend_name() == "postgresql" else {}
    engine = create_engine(url, connect_args=binary)
    with engine.connect() as connection:
        found = reading.part(connection, start)
    engine.dispose()
    return found


def _binary(connection: Any, *, row_factory: Any) -> Any:  # noqa: ANN401 - as psycopg calls it
    import psycopg  # noqa: PLC0415 - SQLite needs none

    cursor = psycopg.Cursor(connection, row_factory=row_factory)
    cursor.format = psycopg.pq.Format.BINARY
    return cursor


def _stored(connection: Connection, first: int, last: int) -> Mapping[int, Row]:
    same = (entries.c.trail == leaves.c.trail) & (entries.c.seq == leaves.c.seq)
    wanted = (
        select(leaves.c.leaf_index, leaves.c.trail, leaves.c.seq, entries.c.body)
        .outerjoin_from(leaves, entries, same)
        .where(leaves.c.leaf_index >= first, leaves.c.leaf_index < last)
    )
    return {index: (trail, seq, body) for index, trail, seq, body in connection.execute(wanted)}


def _leaf(index: int, leaf: bytes, filed: bytes | None, row: Row, path: str, *, is_lost: bool) -> Iterator[Fault]:
    trail, seq, body = row
    place = (trail or LOG, seq or 0)
    in_table = isinstance(body, bytes) and digest(body) == leaf
    in_file = filed is not None and digest(filed) == leaf
    if body is None and not is_lost:
        yield Fault(*place, Findings.GONE, {"index": index})
    elif not in_table and not in_file and not is_lost:
        yield Fault(*place, Findings.BOTH, {"index": index})
    elif not in_table and not is_lost:
        yield Fault(*place, Findings.ALTERED, {"index": index})
    if filed is not None and not in_file and (in_table or is_lost):
        yield Fault(*place, Findings.FILE, {"index": index, "path": path})
