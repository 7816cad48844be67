"""The signer's memory held against what is published: without it the signer would sign any other tree."""

from audit.errors import LogError
from audit.merkle.checkpoints import Checkpoint
from audit.merkle.signed_notes import Note
from audit.merkle.tile_store import TileStore
from commands.log.sealing import signer_of, store_of
from models.settings import Settings
from states.refusal import DamagedError


class MemoryGoneError(DamagedError):
    """Published checkpoints, and a signer that knows of none."""

    template = (
        "The signer remembers nothing of what it signed, though a checkpoint of {size} entries is published: it would "
        "sign any other log. Restore {file} from its backup, and look who took it away."
    )


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
