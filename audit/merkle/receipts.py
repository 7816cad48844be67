"""Receipts: a C2SP tlog-proof that carries the bytes of its entries and the texts disclosed to them.

Each entry holds the hash of the one before, so the proof of a trail's last entry proves the whole trail.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from audit.errors import LogError
from audit.merkle.checkpoints import Signed
from audit.merkle.proofs import Proof
from audit.merkle.signed_notes import Verifier, decoded, encoded
from audit.merkle.tile_store import TileStore
from audit.merkle.tree import ProofError, inclusion
from audit.trails.canonical_json import Json, canonical
from audit.trails.entries import digest
from audit.trails.tables import disclosures, entries, leaves

FORMAT = 1


class NoEntryError(LogError):
    """A trail or an entry that is not there."""

    template = "{trail} has no entry {seq}."


class UnsealedError(LogError):
    """An entry that waits for its place in the log."""

    template = "Entry {seq} of {trail} is not sealed yet. It takes a second; or run “poruchenie audit seal”."


class OtherBytesError(LogError):
    """A database that holds other bytes than were sealed."""

    template = "Entry {seq} of {trail} is not what was sealed: no receipt can be made. Run “poruchenie audit verify”."


@dataclass(frozen=True, slots=True)
class Shown:
    """A disclosed text with the salt of its commitment."""

    seq: int
    field: str
    value: str
    salt: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """`entries` are bytes, the last of them proven by `proof`."""

    trail: str
    seq: int
    entries: Sequence[bytes]
    proof: Proof
    signed: Signed

    @property
    def data(self) -> bytes:
        """The file."""
        return self.proof.data


NoteFor = Callable[[int], bytes | None]
"""The checkpoint to prove a place by."""


def receipt(
    connection: Connection, store: TileStore, keys: Sequence[Verifier], note_for: NoteFor, trail: str, seq: int | None
) -> Receipt:
    """Of one entry, or (`seq` None) of a whole trail up to its last sealed entry.

    Raises NoEntryError, UnsealedError, OtherBytesError, or what reading the log's files raises.
    """
    index, last = _place(connection, trail, seq)
    if (note := note_for(index)) is None:
        raise UnsealedError(trail=trail, seq=last)
    signed = Signed.open(note, keys)
    if index >= signed.checkpoint.size:
        raise UnsealedError(trail=trail, seq=last)
    bodies = _bodies(connection, trail, last if seq else 1, last)
    hashes = store.roots(inclusion(index, signed.checkpoint.size), signed.checkpoint.size)
    extra = _extra(bodies, _shown(connection, trail, last if seq else 1, last))
    made = Receipt(trail, last, bodies, Proof(index, hashes, note, extra), signed)
    try:
        made.proof.check(digest(bodies[-1]), signed)
    except ProofError as error:
        raise OtherBytesError(trail=trail, seq=last) from error
    return made


def _place(connection: Connection, trail: str, seq: int | None) -> tuple[int, int]:
    """The place of an entry, or of the last one that has a place. Raises NoEntryError, UnsealedError."""
    wanted = select(leaves.c.leaf_index, leaves.c.seq).where(leaves.c.trail == trail)
    wanted = wanted.where(leaves.c.seq == seq) if seq else wanted.order_by(leaves.c.seq.desc()).limit(1)
    found = connection.execute(wanted).one_or_none()
    if found is not None:
        return found.leaf_index, found.seq
    there = connection.scalar(select(entries.c.seq).where(entries.c.trail == trail, entries.c.seq == (seq or 1)))
    if there is None:
        raise NoEntryError(trail=trail, seq=seq or 1)
    raise UnsealedError(trail=trail, seq=there)


def _bodies(connection: Connection, trail: str, first: int, last: int) -> list[bytes]:
    wanted = select(entries.c.body).where(entries.c.trail == trail, entries.c.seq.between(first, last))
    return list(connection.scalars(wanted.order_by(entries.c.seq)))


def _shown(connection: Connection, trail: str, first: int, last: int) -> list[Shown]:
    wanted = select(*disclosures.c["seq", "field", "value", "salt"]).where(
        disclosures.c.trail == trail, disclosures.c.seq.between(first, last)
    )
    ordered = wanted.order_by(disclosures.c.seq, disclosures.c.field)
    return [Shown(*row) for row in connection.execute(ordered)]


def _extra(bodies: Sequence[bytes], shown: Sequence[Shown]) -> bytes:
    told: list[Json] = [
        {"seq": each.seq, "field": each.field, "value": each.value, "salt": each.salt.hex()} for each in shown
    ]
    return canonical({"receipt": FORMAT, "entries": [encoded(body) for body in bodies], "disclosed": told})


def carried(proof: Proof) -> list[bytes]:
    """The entries that a receipt carries; none for another proof."""
    try:
        return [decoded(each) for each in json.loads(proof.extra or b"{}").get("entries", [])]
    except (ValueError, AttributeError, TypeError):
        return []
