"""Pins: what this installation trusts, kept in a file outside of its database: the log's keys, the witness policy.

Whoever has the database can put keys of his own into it. They are held against this file, of which a copy belongs into
a safe.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from audit.atomic_files import put
from audit.merkle.signed_notes import KeyFormError, Verifier
from models.settings import Settings
from states.refusal import DamagedError, RefusedError, UnavailableError

_HEAD = """# What this installation of Poruchenie trusts, kept outside of its database. Keep a copy of it elsewhere:
# in a safe, with the prosecutor. “poruchenie audit pin” writes it anew, and tells of that in the log.
"""


class PinsError(UnavailableError):
    """A file of pins that can't be read or written."""

    template = "The file {file} with the pins of the log can't be used: {reason}. Restore it from its copy."


class PinsGoneError(DamagedError):
    """Nothing outside of the database says which keys are the log's."""

    template = (
        "Nothing outside of the database says which keys are the log's: the file {file} is gone. Restore it from its "
        "copy; if there is none, compare the key below with what was given out, then run “poruchenie audit pin”."
    )


class KeysNotPinnedError(DamagedError):
    """Keys in the database that are not those of the file."""

    template = (
        "The database says that the log is signed by {found}, but pinned in {file} is {pinned}: somebody changed one "
        "of the two. Trust neither before you know who; a change that was decided on is pinned by “poruchenie audit "
        "pin”."
    )


class WitnessPolicyNotPinnedError(DamagedError):
    """A witness policy that is not the one that was adopted."""

    template = (
        "The witness policy {file} is not the one that was adopted: somebody changed it. If that was decided on, adopt "
        "it by “poruchenie audit pin”; the log tells of it."
    )


@dataclass(frozen=True, slots=True)
class Pins:
    """Verifier keys in use, those retired, and the SHA-256 (hex) of the witness policy adopted last."""

    keys: tuple[str, ...]
    retired: tuple[str, ...] = ()
    witnesses: str | None = None

    @property
    def text(self) -> str:
        """The file."""
        lines = [f"keys = {_listed(self.keys)}", f"retired = {_listed(self.retired)}"]
        return _HEAD + "\n".join([*lines, *([f'witnesses = "{self.witnesses}"'] if self.witnesses else [])]) + "\n"

    def with_keys(self, keys: Sequence[str]) -> "Pins":
        """With other keys in use; the others are retired."""
        known = dict.fromkeys((*self.retired, *self.keys))
        return Pins(tuple(keys), tuple(key for key in known if key not in keys), self.witnesses)


def _listed(keys: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{key}"' for key in keys) + "]"


def pins_of(settings: Settings) -> Pins | None:
    """The pins of this installation; None where there is no such file. Raises PinsError."""
    file = settings.seal.pins
    try:
        told = tomllib.loads(file.read_text("utf-8"))
        keys, retired = (
            tuple(str(Verifier.parse(each)) for each in told.get(name, ())) for name in ("keys", "retired")
        )
        return Pins(keys, retired, told.get("witnesses"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyFormError) as error:
        raise PinsError(file=file, reason=getattr(error, "strerror", None) or error) from error


def pin(settings: Settings, pins: Pins) -> None:
    """Write the file. Raises PinsError."""
    try:
        put(settings.seal.pins, pins.text.encode())
    except OSError as error:
        raise PinsError(file=settings.seal.pins, reason=error.strerror or error) from error


def witness_digest(settings: Settings) -> str | None:
    """The SHA-256 (hex) of the witness policy's file; None where there is none."""
    file = settings.seal.witness_policy
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest() if file else None
    except OSError:
        return None  # it is named where it is read


def pinned_keys(settings: Settings) -> list[Verifier] | None:
    """Every key that is or was pinned; None where nothing is. Raises PinsError."""
    pins = pins_of(settings)
    return None if pins is None else [Verifier.parse(each) for each in (*pins.keys, *pins.retired)]


def unpinned(row: Row[Any], settings: Settings) -> Iterator[RefusedError]:
    """What the row of the log, or the witness policy, says otherwise than the pins."""
    try:
        pins = pins_of(settings)
    except PinsError as error:
        yield error
        return
    if pins is None:
        yield PinsGoneError(file=settings.seal.pins)
        return
    if set(row.keys) != set(pins.keys):
        told = {"found": ", ".join(map(str, row.keys)) or "—", "pinned": ", ".join(pins.keys) or "—"}
        yield KeysNotPinnedError(file=settings.seal.pins, **told)
    if len({row.witnesses, pins.witnesses, witness_digest(settings)}) > 1:
        yield WitnessPolicyNotPinnedError(file=settings.seal.witness_policy or "—")
