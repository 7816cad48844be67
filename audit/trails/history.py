"""The history of one trail, as its entries lie in the database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from audit.trails.tables import disclosures, entries


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as it lies in the database, with what is still disclosed of it."""

    trail: str
    seq: int
    hash: bytes
    at: datetime
    body: bytes
    disclosed: Mapping[str, str]


def history(session: Session | Connection, trail: str) -> Iterator[Stored]:
    """One trail, oldest entry first."""
    shown: dict[int, dict[str, str]] = {}
    wanted = select(*disclosures.c["seq", "field", "value"]).where(disclosures.c.trail == trail)
    for seq, name, value in session.execute(wanted):
        shown.setdefault(seq, {})[name] = value
    found = select(*entries.c["seq", "hash", "at", "body"]).where(entries.c.trail == trail).order_by(entries.c.seq)
    for seq, digest, at, body in session.execute(found):
        yield Stored(trail, seq, digest, at, body, shown.get(seq, {}))
