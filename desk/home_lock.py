"""One `up` for each home: a lock that the operating system takes back, however its holder ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from models.folders import private_folder
from states.refusal import InvalidError


class RunningError(InvalidError):
    """Somebody else holds the home."""

    template = (
        "“poruchenie up” runs on {home} already. Stop it first (Ctrl-C), or set PORUCHENIE_HOME to another folder."
    )


class HomeError(InvalidError):
    """A home that can't be used."""

    template = "The folder {home} can't be used: {reason}. Set PORUCHENIE_HOME to a folder that may be written."


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the home within the block. Raises RunningError, HomeError."""
    with _lock(home) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunningError(home=home) from error
        yield


def _lock(home: Path) -> IO[str]:
    try:
        private_folder(home)
        return (home / "up.lock").open("w")
    except OSError as error:
        raise HomeError(home=home, reason=error.strerror) from error
