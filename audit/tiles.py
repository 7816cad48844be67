"""Where the hashes and entries of a log lie in files: the layout of C2SP tlog-tiles. Arithmetic and bytes, no files.

A tile of level L holds up to 256 hashes of the tree's level 8·L; a bundle the 256 entries below one of level 0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audit.errors import LogError

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH_BYTES = 32
ENTRY_BYTES = 2**16 - 1
"""The longest entry that a bundle takes."""
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
    held = _held(level, size) - number * WIDTH
    return Tile(level, number, min(held, WIDTH))


def place(level: int, number: int, size: int) -> tuple[Tile, int, int]:
    """Where a perfect subtree's hash is found: a tile, the first of its hashes below it, and how many."""
    above = level % HEIGHT
    first = number << above
    tile = tile_of(level // HEIGHT, first // WIDTH, size)
    return tile, first % WIDTH, 1 << above


def changed(old: int, new: int) -> Iterator[Tile]:
    """The tiles and bundles of a tree of `new` leaves that one of `old` has not, bundles first, then upwards."""
    yield from _changed(BUNDLES, old, new)
    level = 0
    while held := _held(level, new):
        yield from _changed(level, old, new)
        level += 1
        if held < WIDTH:
            return


def _changed(level: int | str, old: int, new: int) -> Iterator[Tile]:
    before, after = _held(level, old), _held(level, new)
    if before < after:
        for number in range(before // WIDTH, (after - 1) // WIDTH + 1):
            yield tile_of(level, number, new)


def _held(level: int | str, size: int) -> int:
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
