"""Folders and files for this user alone: they hold salts, names and mail."""

import os
from pathlib import Path


def private_folder(folder: Path) -> None:
    """Make a folder and whatever is missing above it; those that are there keep their modes. Raises OSError."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(20, os.strerror(20), str(folder))


def private_file(file: Path) -> None:
    """Make an empty file unless it is there. Raises OSError."""
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
