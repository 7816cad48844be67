"""State of the Merkle log for the control officer, and one sealed entry with its proof and neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from audit.errors import LogError
from audit.merkle.checkpoints import Signed
from audit.merkle.tiles import WIDTH
from audit.merkle.tree import check_inclusion, inclusion
from audit.trails.entries import digest
from audit.trails.tables import leaves
from audit.trails.verify import Fault
from commands.context.installation import Transaction
from commands.log.consistency import trusted_keys
from commands.log.sealing import LogNotBegunError, LogSummary, log_summary, store_of
from commands.log.witnesses import Witnessed, cosignatures
from commands.verification.alarms import alarms, known_to_database
from commands.verification.last_run import Verified, last_verified
from commands.verification.resumptions import resumptions_of
from states.refusal import NotFoundError, RefusedError


class NoPlaceError(NotFoundError):
    """A place that the log has not."""

    template = "The log has no place {index}: it holds {size} entries, from 0."


@dataclass(frozen=True, slots=True)
class LogOverview:
    """`amiss` is all that makes it red; `standing` is None where the log can't be read. `resumed`: what was lost with
    backups that were restored, and what is amiss with the entries that tell of it.
    """

    standing: LogSummary | None
    amiss: Sequence[RefusedError | LogError]
    resumed: Sequence[Fault]
    checkpoint: str
    witnesses: Sequence[Witnessed]
    verified: Verified


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """One entry by its place; `trail` is None for one that a restored backup did not know."""

    index: int
    size: int
    trail: str | None
    seq: int | None
    body: str
    leaf: str
    proof: Sequence[str]
    proven: bool


def state_of_log(tx: Transaction) -> LogOverview:
    """Never raises: what is wrong is part of the state."""
    store, verified = store_of(tx.settings), last_verified(tx)
    try:
        note = store.checkpoint()
        seen = cosignatures(tx.settings)
        text = note.decode() if note else ""
        return LogOverview(log_summary(tx), list(alarms(tx)), _resumed(tx), text, seen, verified)
    except (RefusedError, LogError) as error:
        return LogOverview(None, [error, *known_to_database(tx)], _resumed(tx), "", (), verified)


def _resumed(tx: Transaction) -> Sequence[Fault]:
    try:
        return resumptions_of(tx).found
    except (RefusedError, LogError):  # of the witness policy, which is among what is amiss
        return ()


def sealed_entry(tx: Transaction, index: int) -> SealedEntry:
    """Read from the log's files. Raises LogNotBegunError, NoPlaceError, LogError."""
    store = store_of(tx.settings)
    note = store.checkpoint()
    if note is None:
        raise LogNotBegunError
    head = Signed.open(note, trusted_keys(tx)).checkpoint
    if not 0 <= index < head.size:
        raise NoPlaceError(index=index, size=head.size)
    body = store.entries(index // WIDTH, head.size)[index % WIDTH]
    proof = store.roots(inclusion(index, head.size), head.size)
    try:
        check_inclusion(index, head.size, digest(body), proof, head.root)
        proven = True
    except LogError:
        proven = False
    row = tx.session.execute(select(leaves.c.trail, leaves.c.seq).where(leaves.c.leaf_index == index)).one_or_none()
    trail, seq = row or (None, None)
    text = body.decode(errors="replace")
    return SealedEntry(index, head.size, trail, seq, text, digest(body).hex(), [each.hex() for each in proof], proven)
