"""Stored entries and rows as they are read back: what was tampered with or broken is refused in a sentence."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Executable, Row
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from audit.trails.canonical_json import CanonicalError
from audit.trails.entries import digest, read
from states.refusal import DamagedError

STUMBLING = (TypeError, ValueError, RecursionError, DataError)
"""What reading raises where a column holds text for a number, JSON without bottom, or no date (infinity)."""


class DamagedEntryError(DamagedError):
    """An entry whose bytes or disclosed texts are not what was written."""

    template = (
        "Entry {seq} of {trail} is damaged: it can't be relied on. "
        "Run “poruchenie audit verify”, and keep a copy of the database as it is."
    )


class DamagedRowError(DamagedError):
    """A row with something in it that its columns can't hold."""

    template = (
        "The database holds something that can't be read: {reason}. "
        "Run “poruchenie audit verify”, and keep a copy of the database as it is."
    )


def parse_entry(trail: str, seq: int, body: bytes, sealed: bytes | None = None) -> dict[str, Any]:
    """The content of an entry. `sealed`: the hash that its bytes must give. Raises DamagedEntryError."""
    try:
        content = read(body)
    except (CanonicalError, AttributeError, TypeError) as error:
        raise DamagedEntryError(trail=trail, seq=seq) from error
    if sealed is not None and digest(body) != sealed:
        raise DamagedEntryError(trail=trail, seq=seq)
    return content


@contextmanager
def disclosed(trail: str, seq: int) -> Iterator[None]:
    """Reading what was disclosed to an entry. Raises DamagedEntryError."""
    try:
        yield
    except (KeyError, AttributeError, *STUMBLING) as error:
        raise DamagedEntryError(trail=trail, seq=seq) from error


def rows(session: Session, query: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
    """All rows of a query. Raises DamagedRowError: SQLite keeps in a column whatever it is given."""
    try:
        return session.execute(query, values).all()
    except STUMBLING as error:
        raise DamagedRowError(reason=str(error).splitlines()[0]) from error
