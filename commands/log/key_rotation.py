"""The log's keys change with an overlap: a new one is added, both sign, the old one is retired; all of it audited."""

from collections.abc import Sequence

from audit.merkle.checkpoints import Signed
from audit.merkle.signed_notes import SigningKey, Verifier
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.log.pins import pin, pins_of
from commands.log.sealing import log_of, signer_of, store_of
from commands.recording.changes import Change
from commands.recording.requirements import basis_of
from commands.recording.writer import TrailState, record
from models.log import Log
from models.settings import Settings
from states.actions import Action
from states.refusal import ConflictError
from states.subjects import LOG


class KeyUnknownError(ConflictError):
    """A key that is not in use, or the last one."""

    template = "“{key}” can't be retired: it is not a key of the log, or its last one. In use: {keys}."


class ForeignSignerError(ConflictError):
    """Keys that a command holds, not we."""

    template = "The log is signed by the command {command}; change its key there, and PORUCHENIE_SIGN_KEY with it."


def rotate(tx: Transaction, actor: Actor, basis: str, retired: str | None = None) -> list[Verifier]:
    """Add a key, or retire one; the keys in use from now on. Call `settle` after the commit.

    Raises LogNotBegunError, KeyUnknownError, ForeignSignerError, NeedError, WrongRoleError, LogError.
    """
    row = log_of(tx.session)
    note = basis_of(LOG, Action.ROTATE, basis)
    if tx.settings.seal.sign_command:
        raise ForeignSignerError(command=tx.settings.seal.sign_command)
    in_use = [*row.keys, _added(tx, row.origin)] if retired is None else _without(tx, row.keys, retired)
    change = Change({"keys": in_use}, texts={"note": note})
    record(tx, actor, TrailState.of_columns(Log, row), Action.ROTATE, change)
    return [Verifier.parse(key) for key in in_use]


def _added(tx: Transaction, origin: str) -> str:
    """A new key, in the folder before the log knows of it: until then nobody signs with it."""
    signer = signer_of(tx.settings)
    key = SigningKey.generate(origin)
    signer.keep([*signer.held(), key])
    return str(key.verifier)


def _without(tx: Transaction, keys: Sequence[str], retired: str) -> list[str]:
    kept = [key for key in keys if key != retired]
    if len(kept) == len(keys) or not kept:
        raise KeyUnknownError(key=retired, keys=", ".join(keys))
    if note := store_of(tx.settings).checkpoint():
        Signed.open(note, map(Verifier.parse, kept))  # the overlap has begun
    return kept


def settle(settings: Settings, in_use: Sequence[Verifier]) -> None:
    """Pin the keys in use, and destroy the private keys of others. Raises PinsError, KeyFileError."""
    signer, pins = signer_of(settings), pins_of(settings)
    if pins is not None:  # what is gone is an alarm, and no rotation makes it good
        pin(settings, pins.with_keys([str(key) for key in in_use]))
    signer.keep([key for key in signer.held() if key.verifier in in_use])
