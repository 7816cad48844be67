"""One audit entry: who did what to which subject, as canonical bytes chained to the bytes before."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from audit.trails.canonical_json import CanonicalError, Json, canonical, parse
from audit.trails.commitments import Commitment, commit

FORMAT = 1
ENTRY_BYTES = 2**16 - 1
"""The longest entry: a bundle of C2SP tlog-tiles writes lengths in two bytes."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a trail: its sequence number (from 1; 0 before the first) and its hash."""

    seq: int
    hash: bytes


GENESIS = Head(0, b"")
"""The head of a trail that has no entry yet."""


@dataclass(frozen=True, slots=True)
class Record:
    """The content of an entry. `facts` stand in the entry as they are, `fields` only as commitments."""

    trail: str  # kind:number
    lifecycle: bytes  # the hash of the rules in force
    action: str
    source: str
    state: str  # the state after
    actor: int
    person: int  # whose account that is: separation is of persons
    role: str
    channel: str
    at: datetime  # aware; kept in UTC to the microsecond
    actor_for: tuple[int, int] | None = None  # account and person in whose name a substitute acts
    facts: Mapping[str, Json] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A sealed record: its place, its bytes, and what was disclosed to it."""

    record: Record
    head: Head
    body: bytes
    disclosed: tuple[Commitment, ...]


class TooLongError(CanonicalError):
    """An entry that no bundle of the Merkle log would take."""

    def __init__(self, length: int) -> None:
        super().__init__(f"an entry of {length} bytes is too long: at most {ENTRY_BYTES}")
        self.length = length


def seal(record: Record, after: Head) -> Entry:
    """Chain a record to the head of its trail. Raises CanonicalError."""
    disclosed = tuple(commit(name, value) for name, value in record.fields.items())
    content: dict[str, Any] = {
        "v": FORMAT,
        "trail": record.trail,
        "seq": after.seq + 1,
        "prev": after.hash.hex() or None,
        "lifecycle": record.lifecycle.hex(),
        "action": record.action,
        "from": record.source,
        "to": record.state,
        "actor": record.actor,
        "person": record.person,
        "role": record.role,
        "channel": record.channel,
        "at": stamp(record.at),
        "facts": record.facts,
        "fields": {each.field: each.digest for each in disclosed},
    }
    if record.actor_for:
        content["for"], content["for_person"] = record.actor_for
    body = canonical(content)
    if len(body) > ENTRY_BYTES:
        raise TooLongError(len(body))
    return Entry(record, Head(after.seq + 1, digest(body)), body, disclosed)


def read(body: bytes) -> dict[str, Any]:
    """The content of an entry's bytes, each part of its right type. Raises CanonicalError for any other bytes."""
    content = parse(body)
    if {name: type(value) for name, value in content.items()} not in _SHAPES:
        raise CanonicalError("the bytes do not hold the parts of an entry")
    try:
        right = content["v"] == FORMAT and _is_stamp(content["at"])
        hashes = (content["lifecycle"], content["prev"] or "")
        right = right and all(bytes.fromhex(each).hex() == each for each in hashes)
    except ValueError as error:
        raise CanonicalError(str(error)) from error
    if right and all(isinstance(each, str) for each in content["fields"].values()):
        return content
    raise CanonicalError("the bytes do not hold an entry of this format")


_PARTS = (
    dict.fromkeys(("trail", "prev", "lifecycle", "action", "from", "to", "role", "channel", "at"), str)
    | dict.fromkeys(("v", "seq", "actor", "person"), int)
    | dict.fromkeys(("facts", "fields"), dict)
)
_STAMP = len("2020-06-01T13:30:00.000000Z")
_FIRST = {"prev": type(None)}
_SUBSTITUTED = {"for": int, "for_person": int}
_SHAPES = (_PARTS, _PARTS | _FIRST, _PARTS | _SUBSTITUTED, _PARTS | _FIRST | _SUBSTITUTED)


def digest(body: bytes) -> bytes:
    """The hash of an entry: at once its chain link and its leaf hash in a Merkle log (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + body).digest()


def _is_stamp(text: str) -> bool:
    """Whether `stamp` could have written it. Raises ValueError for what is no moment at all."""
    return len(text) == _STAMP and datetime.fromisoformat(text[:-1]).isoformat(timespec="microseconds") + "Z" == text


def stamp(moment: datetime) -> str:
    """A moment as entries write it: UTC, six digits, Z. Raises CanonicalError for one without a time zone."""
    if moment.utcoffset() is None:
        raise CanonicalError(f"{moment} has no time zone")
    # Not strftime, which writes the year 999 in three digits.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
