"""The log in files, beside the database: tiles, bundles of entries, the checkpoint published last."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from audit.atomic_files import make, put, put_all
from audit.errors import LogError
from audit.merkle.signed_notes import Verifier
from audit.merkle.tiles import BUNDLES, HEIGHT, WIDTH, Tile, cut, grown, hashes, held, place, tile_of, unbundle
from audit.merkle.tree import Span, root, subtree

CHECKPOINT = "checkpoint"


class StoreFilesError(LogError):
    """The folder of the log can't be used."""

    template = "The folder of the log {folder} can't be used: {reason}."


class TileMissingError(LogError):
    """A file that the checkpoint promises is not there."""

    template = (
        "The file {path} of the log is missing or damaged. Restore the folder {folder} from a backup; "
        "what is sealed since will be made anew from the database."
    )


class TileStore:
    """A folder with the files of C2SP tlog-tiles. Reading needs no lock; whoever writes holds `alone()`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody else writes here, and hold the folder within the block. Raises StoreFilesError."""
        with self.usable():
            make(self.folder)
            lock = os.open(self.folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def usable(self) -> Iterator[None]:
        """Turn the operating system's word into StoreFilesError."""
        try:
            yield
        except OSError as error:
            raise StoreFilesError(folder=self.folder, reason=error.strerror or error) from error

    def checkpoint(self) -> bytes | None:
        """The signed note published last. Raises StoreFilesError."""
        with self.usable():
            try:
                return (self.folder / CHECKPOINT).read_bytes()
            except FileNotFoundError:
                return None

    def publish(self, note: bytes) -> None:
        """A newer checkpoint; its tiles are there. Raises StoreFilesError."""
        with self.usable():
            put(self.folder / CHECKPOINT, note)

    def cosigned(self, witness: Verifier) -> Path:
        """The file of the note that a witness cosigned last."""
        return self.folder / "cosigned" / witness.key_id.hex()

    def cosignature(self, witness: Verifier) -> bytes | None:
        """The note that a witness cosigned last. Raises StoreFilesError."""
        with self.usable():
            try:
                return self.cosigned(witness).read_bytes()
            except FileNotFoundError:
                return None

    def grow(self, old: int, entries: Sequence[bytes]) -> None:
        """Write what a log of `old` entries gets with these. Idempotent. Raises BundleError, StoreFilesError."""
        made = grown(old, entries, self.read)
        with self.usable():
            put_all((self.folder / tile.path, data) for tile, data in made)

    def tidy(self, old: int, new: int) -> None:
        """Take away the partial files of a log of `old` entries that are full in one of `new`."""
        for level in (BUNDLES, *range(HEIGHT)):
            tile = tile_of(level, held(level, old) // WIDTH, old)
            if tile.width and held(level, new) // WIDTH > tile.number:
                shutil.rmtree((self.folder / tile.path).parent, ignore_errors=True)

    def read(self, tile: Tile) -> bytes:
        """The bytes of a tile or bundle, from the full file where the partial one is gone. Raises TileMissingError."""
        for found in dict.fromkeys((tile, Tile(tile.level, tile.number))):
            with self.usable(), suppress(FileNotFoundError):
                data = (self.folder / found.path).read_bytes()
                return data if found == tile else cut(data, tile)
        raise self.missing(tile)

    def missing(self, tile: Tile) -> TileMissingError:
        """The error that names a file."""
        return TileMissingError(path=tile.path, folder=self.folder)

    def entries(self, number: int, size: int) -> list[bytes]:
        """The entries of one bundle in a log of `size`. Raises TileMissingError, BundleError, StoreFilesError."""
        tile = tile_of(BUNDLES, number, size)
        found = unbundle(self.read(tile))
        if len(found) != tile.width:
            raise self.missing(tile)
        return found

    def hash_of(self, size: int) -> Callable[[int, int], bytes]:
        """The hashes of perfect subtrees in a log of `size` entries, by level and number."""

        @lru_cache(maxsize=64)
        def read(tile: Tile) -> list[bytes]:
            found = hashes(self.read(tile))
            if len(found) != tile.width:
                raise self.missing(tile)
            return found

        def hash_of(level: int, number: int) -> bytes:
            tile, first, count = place(level, number, size)
            return root(read(tile)[first : first + count])

        return hash_of

    def roots(self, spans: Sequence[Span], size: int) -> tuple[bytes, ...]:
        """The roots of subtrees in a log of `size` entries: a proof. Raises what `read` does."""
        hash_of = self.hash_of(size)
        return tuple(subtree(span, hash_of) for span in spans)
