"""Entries as their bytes tell them, for whoever looks behind the sentences."""

from dataclasses import dataclass
from itertools import pairwise

from audit.trails.entries import digest
from audit.trails.history import Stored, history
from commands.context.installation import Transaction
from commands.recording.stored_entries import parse_entry


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An entry as its bytes tell it. `holds`: the bytes give its hash, and `previous` is the hash before."""

    previous: str | None
    lifecycle: str
    body: str
    holds: bool


def raw_entries(tx: Transaction, subject: str) -> dict[int, RawEntry]:
    """The entries of a trail by number. `audit verify` examines more; this only what a reader sees."""
    stored = list(history(tx.session, subject))
    return {each.seq: _kept(before, each) for before, each in pairwise([None, *stored]) if each}


def _kept(before: Stored | None, entry: Stored) -> RawEntry:
    content = parse_entry(entry.trail, entry.seq, entry.body)
    linked = content["prev"] == (before.hash.hex() if before else None)
    follows = entry.seq == (before.seq if before else 0) + 1
    holds = digest(entry.body) == entry.hash and linked and follows
    return RawEntry(content["prev"], content["lifecycle"], entry.body.decode(), holds)
