"""Writing and reading trails. The caller owns the transaction and the lock on the subject."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session

from audit.commitments import Commitment
from audit.entries import Entry
from audit.tables import disclosures, edges, entries, lifecycles


def declare(
    session: Session, rules: Mapping[bytes, bytes], moves: Mapping[bytes, Iterable[tuple[str, str, str]]]
) -> None:
    """Keep lifecycles (hash → bytes) and their legal (action, source, state). Idempotent; known ones are left alone."""
    known = set(session.scalars(select(lifecycles.c.hash)))
    for digest, declared in rules.items():
        if digest in known:
            continue
        session.execute(insert(lifecycles), {"hash": digest, "declared": declared})
        rows = [{"lifecycle": digest, "action": a, "source": s, "state": d} for a, s, d in moves[digest]]
        session.execute(insert(edges), rows)


def store(session: Session, sealed: Sequence[Entry]) -> None:
    """Write entries with what they disclose. IntegrityError if somebody has extended a trail meanwhile."""
    if not sealed:
        return
    session.execute(insert(entries), [_row(entry) for entry in sealed])
    if shown := [_shown(entry, each) for entry in sealed for each in entry.disclosed]:
        session.execute(insert(disclosures), shown)


def _row(entry: Entry) -> dict[str, Any]:
    record = entry.record
    return {
        "trail": record.trail,
        "seq": entry.head.seq,
        "hash": entry.head.hash,
        "lifecycle": record.lifecycle,
        "action": record.action,
        "source": record.source,
        "state": record.state,
        "at": record.at,
        "body": entry.body,
    }


def _shown(entry: Entry, each: Commitment) -> dict[str, Any]:
    place = {"trail": entry.record.trail, "seq": entry.head.seq}
    return place | {"field": each.field, "salt": each.salt, "value": each.value}


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
