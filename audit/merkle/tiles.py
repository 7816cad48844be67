"""Tiles and entry bundles: the places of a log's hashes and entries (C2SP tlog-tiles). Arithmetic and bytes, no files.

A tile of level L holds up to 256 hashes of the tree's level 8·L; a bundle the 256 entries below one of level 0.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from audit.errors import LogError
from audit.merkle.tree import root
from audit.trails.entries import ENTRY_BYTES, digest

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH_BYTES = 32
BUNDLES = "entries"


class BundleError(LogError):
    """Bytes that are not whole entries."""

    template = "a bundle of entries is cut off or holds too much"


@dataclass(frozen=True, slots=True)
class Tile:
    """One file. `level` is a number or BUNDLES, `width` how many hashes or entries it holds (1 to 256)."""

    level: int | str
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Relative to the log's folder, such as `tile/1/x001/234` or `tile/entries/000.p/15`."""
        digits = f"{self.number:03}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        shown = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{self.level}/{shown}{part}"


def tile_of(level: int | str, number: int, size: int) -> Tile:
    """The tile with this number on its level in a tree of `size` leaves; full, or as wide as the tree makes it."""
    return Tile(level, number, min(held(level, size) - number * WIDTH, WIDTH))


def place(level: int, number: int, size: int) -> tuple[Tile, int, int]:
    """The place of a perfect subtree's hash: a tile, the first of its hashes below it, and how many."""
    above = level % HEIGHT
    first = number << above
    tile = tile_of(level // HEIGHT, first // WIDTH, size)
    return tile, first % WIDTH, 1 << above


def grown(old: int, entries: Sequence[bytes], read: Callable[[Tile], bytes]) -> Iterator[tuple[Tile, bytes]]:
    """The files that a tree of `old` leaves gets with these entries, bundles first, then upwards. Raises BundleError.

    `read` gives the partial files of the tree as it was.
    """
    begun = unbundle(read(tile_of(BUNDLES, old // WIDTH, old))) if old % WIDTH else []
    for number, some in enumerate(_split(begun + list(entries)), old // WIDTH):
        yield Tile(BUNDLES, number, len(some)), bundle(some)
    level, row = 0, [digest(each) for each in entries]
    while row:
        before = held(level, old)
        begun = hashes(read(tile_of(level, before // WIDTH, old))) if before % WIDTH else []
        split = list(_split(begun + row))
        for number, some in enumerate(split, before // WIDTH):
            yield Tile(level, number, len(some)), b"".join(some)
        level, row = level + 1, [root(some) for some in split if len(some) == WIDTH]


def _split(row: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (row[at : at + WIDTH] for at in range(0, len(row), WIDTH))


def held(level: int | str, size: int) -> int:
    """The number of hashes or entries that the files of a level hold together."""
    return size if isinstance(level, str) else size >> (HEIGHT * level)


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries one after the other, each with its length in two bytes before it. Raises BundleError."""
    if any(len(each) > ENTRY_BYTES for each in entries):
        raise BundleError
    return b"".join(len(each).to_bytes(2) + each for each in entries)


def unbundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises BundleError."""
    found: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2])
        if at + 2 > len(data) or end > len(data):
            raise BundleError
        found.append(data[at + 2 : end])
        at = end
    return found


def hashes(data: bytes) -> list[bytes]:
    """The hashes of a tile. Raises BundleError."""
    if len(data) % HASH_BYTES:
        raise BundleError
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def cut(data: bytes, tile: Tile) -> bytes:
    """The content of a partial file, from the full one. Raises BundleError."""
    return bundle(unbundle(data)[: tile.width]) if tile.level == BUNDLES else data[: tile.width * HASH_BYTES]
