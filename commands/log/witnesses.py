"""The log's witnesses: what each is to be asked, what each has cosigned, and whether that is enough."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from audit.atomic_files import put
from audit.errors import LogError
from audit.merkle.checkpoints import Signed
from audit.merkle.signed_notes import Note, NoteError, Signature, Verifier, open_note
from audit.merkle.tile_store import TileStore
from audit.merkle.tree import consistency
from audit.merkle.witness import Request
from audit.merkle.witness_policy import KnownWitness, WitnessPolicy
from commands.log.sealing import LogNotBegunError, store_of
from models.settings import Settings
from states.refusal import ConflictError, DamagedError, NotFoundError, UnavailableError


class WitnessPolicyError(UnavailableError):
    """A policy file that can't be read."""

    template = "The witness policy {file} can't be read: {reason}."


class UnknownWitnessError(NotFoundError):
    """A witness that the policy does not name."""

    template = "There is no witness “{name}” in the policy. It names: {names}."


class ForeignAnswerError(ConflictError):
    """Lines that are no cosignature of the checkpoint that was asked for."""

    template = "The answer holds no cosignature by “{name}” on the checkpoint that was asked for."


class DamagedCosignatureError(DamagedError):
    """A cosignature that can't be read any more."""

    template = (
        "What the witness “{name}” cosigned last can't be read ({reason}). It counts for nothing until the witness is "
        "asked anew: “poruchenie audit ask {name}”."
    )


LATEST_S = 2**37
"""Seconds since 1970, the year 6325: no time that a witness gives is later."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """The last cosignature of a witness: over how many entries, and when (UTC)."""

    witness: KnownWitness
    size: int = 0
    at: datetime | None = None


def policy_of(settings: Settings) -> WitnessPolicy:
    """The policy file; without one no witnesses. Raises WitnessPolicyError, PolicyFormError."""
    file = settings.seal.witness_policy
    if file is None:
        return WitnessPolicy()
    try:
        return WitnessPolicy.parse(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WitnessPolicyError(file=file, reason=getattr(error, "strerror", None) or error) from error


def witness_named(policy: WitnessPolicy, name: str) -> KnownWitness:
    """Raises UnknownWitnessError."""
    if name not in policy.witnesses:
        raise UnknownWitnessError(name=name, names=", ".join(policy.witnesses) or "—")
    return policy.witnesses[name]


def request_for(settings: Settings, keys: Sequence[Verifier], witness: KnownWitness, old: int | None = None) -> Request:
    """The request to a witness: the last checkpoint, with a proof from `old` (or what it cosigned last).

    Raises LogNotBegunError, LogError.
    """
    store = store_of(settings)
    note = store.checkpoint()
    if note is None:
        raise LogNotBegunError
    signed = Signed.open(note, keys)
    new = signed.checkpoint.size
    since = min(new, witnessed(store, witness).size if old is None else old)
    return Request(since, store.roots(consistency(since, new), new), signed)


def take(store: TileStore, witness: KnownWitness, note: Note, answer: bytes) -> Witnessed:
    """Keep a witness's cosignature of a note. Raises ForeignAnswerError, StoreFilesError."""
    try:
        lines = [Signature.parse(line) for line in answer.decode().splitlines() if line]
        own = tuple(each for each in lines if witness.key.made(each))
        (at,) = open_note(Note(note.text, own), [witness.key]).values()
        if at is not None and at > LATEST_S:
            raise ForeignAnswerError(name=witness.name)
    except (NoteError, UnicodeDecodeError, LogError) as error:
        raise ForeignAnswerError(name=witness.name) from error
    cosigned = Note(note.text, (*note.signatures, *own))
    with store.usable():
        put(store.cosigned(witness.key), cosigned.data)
    return witnessed(store, witness)


def witnessed(store: TileStore, witness: KnownWitness) -> Witnessed:
    """The last cosignature of a witness. Raises StoreFilesError, NoteError, CheckpointError, SignatureError."""
    data = store.cosignature(witness.key)
    if data is None:
        return Witnessed(witness)
    signed = Signed.parse(data)
    (at,) = open_note(signed.note, [witness.key]).values()
    return Witnessed(witness, signed.checkpoint.size, datetime.fromtimestamp(min(at or 0, LATEST_S), UTC))


def cosignatures(settings: Settings) -> list[Witnessed]:
    """The last cosignature of each witness of the policy; of one whose file is damaged none (see `damaged`).

    Raises WitnessPolicyError, PolicyFormError.
    """
    store = store_of(settings)
    found = []
    for each in policy_of(settings).witnesses.values():
        try:
            found.append(witnessed(store, each))
        except LogError:
            found.append(Witnessed(each))
    return found


def damaged(settings: Settings) -> Iterator[DamagedCosignatureError]:
    """A refusal for each cosignature that can't be read. Raises WitnessPolicyError, PolicyFormError."""
    store = store_of(settings)
    for each in policy_of(settings).witnesses.values():
        try:
            witnessed(store, each)
        except LogError as error:
            yield DamagedCosignatureError(name=each.name, reason=error)


def best_note(settings: Settings, keys: Sequence[Verifier], index: int) -> bytes | None:
    """The newest checkpoint over this place that meets the witness policy, or simply the newest. Raises LogError."""
    found = enough(settings, keys)
    return found.note.data if found and found.checkpoint.size > index else store_of(settings).checkpoint()


def enough(settings: Settings, keys: Sequence[Verifier]) -> Signed | None:
    """The newest checkpoint that meets the witness policy. Raises LogError, WitnessPolicyError, PolicyFormError."""
    store, policy = store_of(settings), policy_of(settings)
    published = store.checkpoint()
    notes = [*([Note.parse(published)] if published else []), *_cosigned(store, policy)]
    merged: Mapping[str, Note] = {text: _merged(text, notes) for text in {note.text for note in notes}}
    signed = [Signed.open(note.data, keys) for note in merged.values()]
    met = [each for each in signed if policy.met(cosigners(policy, each.note))]
    return max(met, key=lambda one: one.checkpoint.size, default=None)


def _cosigned(store: TileStore, policy: WitnessPolicy) -> Iterator[Note]:
    """The notes that witnesses cosigned; one that can't be read or verified never stops the others."""
    for key in _keys(policy):
        with suppress(LogError):
            data = store.cosignature(key)
            if data:
                note = Note.parse(data)
                open_note(note, [key])
                yield note


def _keys(policy: WitnessPolicy) -> list[Verifier]:
    return [each.key for each in policy.witnesses.values()]


def _merged(text: str, notes: Sequence[Note]) -> Note:
    signatures = dict.fromkeys(each for note in notes if note.text == text for each in note.signatures)
    return Note(text, tuple(signatures))


def cosigners(policy: WitnessPolicy, note: Note) -> list[Verifier]:
    """The witnesses of the policy that cosigned a note. Raises SignatureError for a cosignature that is wrong."""
    made = [key for key in _keys(policy) if any(key.made(each) for each in note.signatures)]
    return list(open_note(note, made)) if made else []
