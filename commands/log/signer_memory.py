"""The signer's memory held against what is published: without it the signer would sign any other tree."""

from audit.errors import LogError
from audit.merkle.checkpoints import Checkpoint, Signed
from audit.merkle.signed_notes import Note
from audit.merkle.tile_store import TileStore
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.log.consistency import trusted_keys
from commands.log.sealing import log_of, signer_of, store_of
from commands.recording.changes import Change
from commands.recording.requirements import basis_of
from commands.recording.writer import TrailState, record
from models.log import Log
from models.settings import Settings
from states.actions import Action
from states.refusal import ConflictError, DamagedError
from states.subjects import LOG


class MemoryGoneError(DamagedError):
    """Published checkpoints, and a signer that knows of none."""

    template = (
        "The signer remembers nothing of what it signed, though a checkpoint of {size} entries is published: it would "
        "sign any other log. Restore {file} from its backup, and look who took it away."
    )


class NothingForgottenError(ConflictError):
    """A memory that is as it should be, or one that no command may replace."""

    template = "The signer remembers what is published, or another log: there is nothing that it could be told."


class OtherMemoryError(DamagedError):
    """A memory that what is published does not come from."""

    template = (
        "The signer remembers a checkpoint of {signed} entries that is not of the log published, with {size} entries: "
        "somebody has changed {file}. Restore it from its backup, and compare the log with what witnesses hold."
    )


def memory_amiss(settings: Settings) -> DamagedError | None:
    """What is wrong with the memory. Raises LogError for files that can't be read."""
    store, signer = store_of(settings), signer_of(settings)
    # In this order: the signer remembers a tree before it is published.
    note = store.checkpoint()
    remembered = signer.signed()
    if note is None:
        return None
    published = Checkpoint.parse(Note.parse(note).text)
    if remembered is None:
        return MemoryGoneError(size=published.size, file=signer.memory)
    if _continues(store, published, remembered) or store.checkpoint() != note:
        return None  # or it was sealed meanwhile, which tidies files away
    return OtherMemoryError(signed=remembered.size, size=published.size, file=signer.memory)


def _continues(store: TileStore, published: Checkpoint, remembered: Checkpoint) -> bool:
    """Whether it is the checkpoint published, or one behind it whose tiles lie there already."""
    if remembered.origin != published.origin or remembered.size < published.size:
        return False
    if remembered.size == published.size:
        return remembered.root == published.root
    try:
        (root,) = store.roots([(0, remembered.size)], remembered.size)
    except LogError:
        return False
    return root == remembered.root


def remember(tx: Transaction, actor: Actor, basis: str) -> Checkpoint:
    """Have the signer remember what is published by the pinned keys, under an entry that tells of it.

    Raises NothingForgottenError, KeysNotPinnedError, NeedError, WrongRoleError, LogNotBegunError, LogError.
    """
    note, row = basis_of(LOG, Action.REPAIR, basis), log_of(tx.session)
    data, signer = store_of(tx.settings).checkpoint(), signer_of(tx.settings)
    published = Signed.open(data, trusted_keys(tx)).checkpoint if data else None
    last = signer.signed()
    if published is None or (last is not None and (last.size >= published.size or last.origin != published.origin)):
        raise NothingForgottenError
    facts = {"signer": {"size": published.size, "root": published.root.hex()}}
    record(tx, actor, TrailState.of_columns(Log, row), Action.REPAIR, Change(facts=facts, texts={"note": note}))
    signer.remember(published)
    return published
