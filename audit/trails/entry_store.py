"""The entry store: writes sealed entries. The caller owns the transaction and the lock on the subject."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from audit.trails.commitments import Commitment
from audit.trails.entries import Entry
from audit.trails.tables import disclosures, entries


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
