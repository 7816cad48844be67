"""A check attempted: whatever it stumbles over is a fault of its own, and the checks after it go on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from audit.trails.verify import Fault

_LONGEST = 300


@dataclass(frozen=True)
class Stumble(Fault):
    """A check that could not be made, or not to its end."""

    UNMADE: ClassVar = "the check “{check}” could not be made: {reason}"


def attempted(connection: Connection, check: str, found: Iterator[Fault | int]) -> Iterator[Fault | int]:
    """What a check finds, named by a sentence `check`. A failed statement is undone, for PostgreSQL refuses all others
    after it. Raises DBAPIError where the database is gone.
    """
    savepoint = connection.begin_nested()
    try:
        yield from found
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        savepoint.rollback()
        yield Stumble("log:1", 0, Stumble.UNMADE, {"check": check, "reason": reason(error)})
    else:
        savepoint.commit()


def reason(error: Exception) -> object:
    """Why it stumbled: a refusal, to be translated, or the first line of what a driver or Python says."""
    if hasattr(error, "template"):
        return error
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    return f"{type(error).__name__}: {said.splitlines()[0] if said else '—'}"[:_LONGEST]
