"""Verification of everything: tables, trails, tallies, the Merkle log with signers and witnesses, evidence files."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from audit.errors import LogError
from audit.merkle.checkpoints import Checkpoint, Signed
from audit.merkle.fsck import Kept, fsck
from audit.merkle.scan import LOG
from audit.trails.attempts import attempted
from audit.trails.verify import Fault, tolerant
from commands.checks.moments import of_the_future
from commands.checks.policies import policy_remarks
from commands.context.installation import Installation, Transaction
from commands.log.consistency import ever_used
from commands.log.pins import unpinned
from commands.log.sealing import LogNotBegunError, log_of, signer_of, store_of
from commands.log.signer_memory import memory_amiss
from commands.log.witnesses import policy_of
from commands.recording.tallies import mistallied
from commands.verification import replay
from commands.verification.installation_check import single, usable
from commands.verification.key_changes import key_changes
from commands.verification.resumptions import Resumptions, resumptions_of
from commands.verification.stored_forms import other_forms
from models.clock import instance
from models.schema_comparison import broken_indexes, compare_schema
from models.settings import Settings
from states.refusal import N_, RefusedError

PUBLISHED = N_("the folder of the log")
SIGNER = N_("the signer's memory")
YOURS = N_("the checkpoint that you gave")
CLOCK_AND_POLICY = N_("the clock and the policy in force")
FUTURE = N_("entries of the future")
SCHEMA = N_("the schema of the database")
INDEXES = N_("the indexes of the database")
POLICY = N_("the policies adopted")
SINGLE_ROWS = N_("the tables of one row")
FORMS = N_("the forms in which values are stored")
TALLIES = N_("the counts of the board")
HEADS = N_("the checkpoints held outside of the database")
RESTORED = N_("the restored backups")
KEYS = N_("the changes of keys")
MEMORY = N_("the memory of the signer")
MERKLE_LOG = N_("the Merkle log")


OutsideHead = tuple[str, bytes | Checkpoint | Fault]
"""Whose, and a tree head that is not opened yet, or why it can't be read."""


def outside_heads(settings: Settings) -> list[OutsideHead]:
    """Heads held outside of the database: published, remembered by the signer, cosigned by witnesses.

    The log goes on meanwhile, so this is to be read before the transaction that is compared with it.
    """
    store = store_of(settings)
    found = _read(PUBLISHED, store.checkpoint)
    try:
        found += _read(SIGNER, signer_of(settings).signed)
        for each in policy_of(settings).witnesses.values():
            found += _read(each.name, partial(store.cosignature, each.key))
    except (LogError, RefusedError) as error:
        found.append((LOG, _fault(error)))
    return found


def _read(whose: str, read: Callable[[], bytes | Checkpoint | None]) -> list[OutsideHead]:
    try:
        found = read()
    except LogError as error:
        return [(whose, _fault(error))]
    return [] if found is None else [(whose, found)]


def verify(
    installation: Installation, tx: Transaction, kept: bytes | None = None, outside: Sequence[OutsideHead] | None = None
) -> Iterator[Fault | int]:
    """Every fault; in between the number of entries read so far, then again from 0 those of the Merkle log.

    `kept`: a checkpoint (signed note) up to which everything was verified before: only trails written to since
    are read, whole. `outside`: what was `outside_heads` when the transaction began.
    Raises NoteError, CheckpointError, SignatureError for a `kept` that is none of this log.
    """
    connection = tx.session.connection()
    outside = outside_heads(tx.settings) if outside is None else outside
    since = _kept(tx, kept) if kept else None
    with tolerant(connection):
        yield from attempted(connection, CLOCK_AND_POLICY, usable(tx))
        yield from replay.verify(connection, tx.evidence, since.size if since else None)
        yield from attempted(connection, FUTURE, _of_the_future(tx, connection))
        yield from attempted(connection, SCHEMA, compare_schema(connection))
        if since is None:  # it reads every index
            yield from attempted(connection, INDEXES, broken_indexes(connection))
        yield from attempted(connection, POLICY, policy_remarks(connection, installation.policy, tx.policy))
        yield from attempted(connection, SINGLE_ROWS, single(connection))
        if since is None:  # it reads every row
            yield from attempted(connection, FORMS, other_forms(connection))
        yield from attempted(connection, TALLIES, mistallied(connection))
        yield from verify_log(installation, tx, connection, outside, since)


def _of_the_future(tx: Transaction, connection: Connection) -> Iterator[Fault]:
    if instance(tx.session).clock == "system":
        leeway = timedelta(minutes=tx.policy.rules.audit.leeway_minutes)
        yield from of_the_future(connection, tx.real, leeway)


def verify_log(
    installation: Installation,
    tx: Transaction,
    connection: Connection,
    outside: Sequence[OutsideHead],
    since: Kept | None = None,
) -> Iterator[Fault | int]:
    """The Merkle log against tables, signers and witnesses."""
    heads: list[Kept] = []
    yield from attempted(connection, HEADS, _take(heads, _heads(tx, outside)))
    published = next((head for head in heads if head.whose == PUBLISHED), None)
    others = [head for head in heads if head is not published]
    resumed = Resumptions()
    yield from attempted(connection, RESTORED, _resumed(tx, resumed))
    yield from attempted(connection, KEYS, key_changes(tx))
    yield from attempted(connection, MEMORY, _memory(tx))
    heads_and_resumed = [*others, *resumed.heads]
    store, url = store_of(tx.settings), installation.database.url
    read = fsck(connection, url, store, published, heads_and_resumed, since=since, lost=resumed.lost)
    yield from attempted(connection, MERKLE_LOG, read)


def _take(heads: list[Kept], found: Iterator[Kept | Fault]) -> Iterator[Fault]:
    for each in found:
        if isinstance(each, Kept):
            heads.append(each)
        else:
            yield each


def _memory(tx: Transaction) -> Iterator[Fault]:
    if amiss := memory_amiss(tx.settings):
        yield _fault(amiss)


def _resumed(tx: Transaction, told: Resumptions) -> Iterator[Fault]:
    found = resumptions_of(tx)
    told.lost, told.heads = found.lost, found.heads
    yield from found.found


def _kept(tx: Transaction, note: bytes) -> Kept:
    return _head(YOURS, Signed.open(note, ever_used(tx)).checkpoint)


def _heads(tx: Transaction, outside: Sequence[OutsideHead]) -> Iterator[Kept | Fault]:
    try:
        yield from map(_fault, unpinned(log_of(tx.session), tx.settings))
        keys = ever_used(tx)
    except LogNotBegunError:
        keys = []
    except (RefusedError, LogError, ValueError, KeyError, TypeError) as error:
        yield _fault(error)
        return
    for whose, found in outside:
        try:
            if isinstance(found, bytes):
                yield _head(whose, Signed.open(found, keys).checkpoint)
            else:
                yield found if isinstance(found, Fault) else _head(whose, found)
        except LogError as error:
            yield _fault(error)


def _head(whose: str, checkpoint: Checkpoint) -> Kept:
    return Kept(whose, checkpoint.size, checkpoint.root)


def _fault(error: Exception) -> Fault:
    template, values = getattr(error, "template", "{error}"), getattr(error, "values", {"error": str(error)})
    return Fault(LOG, 0, template, values)
