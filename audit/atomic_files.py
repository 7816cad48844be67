"""Files that are there whole or not at all, whatever happens: temporary file, fsync, rename, fsync of the folder."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

_PRIVATE = 0o700


def put(path: Path, data: bytes) -> None:
    """Write one file, for this user alone, in the place of an older one. Raises OSError."""
    put_all([(path, data)])


def put_all(files: Iterable[tuple[Path, bytes]]) -> None:
    """Write files one after the other; their folders reach the disk last, each once. Raises OSError."""
    folders: dict[Path, None] = {}
    for path, data in files:
        make(path.parent)
        _write(path, data)
        folders[path.parent] = None
    for folder in folders:
        sync(folder)


def _write(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def make(folder: Path) -> None:
    """A folder for this user alone, with those above it that lack; each is on the disk. Raises OSError."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(mode=_PRIVATE, exist_ok=True)
        sync(each.parent)


def sync(folder: Path) -> None:
    """Bring to the disk what was renamed or removed in the folder. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
