"""One `up` for each home: a lock that the operating system takes back, however its holder ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from states.refusal import RefusedError


class RunningError(RefusedError):
    """Somebody else holds the home."""

    template = (
        "“poruchenie up” runs on {home} already. Stop it first (Ctrl-C), or set PORUCHENIE_HOME to another folder."
    )


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the home within the block. Raises RunningError."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "up.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunningError(home=home) from error
        yield
