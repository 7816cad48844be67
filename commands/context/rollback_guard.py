"""A database that was restored from a backup older than what was sealed is noticed before it takes a write."""

from sqlalchemy.orm import Session

from audit.merkle.checkpoints import Signed
from audit.merkle.sequencer import RestoredError
from audit.merkle.sequencer import size as placed
from audit.merkle.signer import Signer
from audit.merkle.tile_store import TileStore
from models.settings import Settings


def sealed_size(settings: Settings) -> int:
    """The number of sealed entries, by the files or the signer's memory. Raises LogError."""
    note = TileStore(settings.seal.tiles).checkpoint()
    last = Signer(settings.seal.signer).signed()
    return max(Signed.parse(note).checkpoint.size if note else 0, last.size if last else 0)


def notice(session: Session, settings: Settings) -> None:
    """Raises RestoredError for a database that knows less than was sealed."""
    if not settings.seal.tiles.exists():
        return
    sealed, stored = sealed_size(settings), placed(session.connection())
    if stored < sealed:
        raise RestoredError(sealed=sealed, stored=stored)
