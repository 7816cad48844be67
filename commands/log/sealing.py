"""The Merkle log of this installation: its beginning, its sealing, and how far it lags."""

import secrets
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from audit.errors import LogError
from audit.merkle.checkpoints import Checkpoint, Signed
from audit.merkle.sequencer import RestoredError, Sequencer
from audit.merkle.sequencer import size as placed_in
from audit.merkle.signed_notes import SigningKey, Verifier
from audit.merkle.signer import Signer
from audit.merkle.tile_store import TileStore
from audit.trails.tables import entries, leaves, pending
from audit.trails.verify import count
from commands.context.actors import Actor, system
from commands.context.installation import Installation, Transaction
from commands.log.pins import Pins, pin, witness_digest
from commands.recording.changes import Change
from commands.recording.writer import TrailState, numbers, record
from models.base import table_of
from models.clock import instance, pace
from models.log import Log
from models.only_row import only_row
from models.settings import Settings
from states.actions import Action
from states.refusal import ConflictError, RefusedError, UnavailableError

EVERY_S = 1.0
AGAIN_S = 15.0
LATE = timedelta(minutes=1)
"""An entry that waits longer for its place means that no sequencer is at work."""

log = structlog.get_logger("poruchenie")


class KeysDifferError(UnavailableError):
    """Keys in the signer's folder that are not those of the log."""

    template = (
        "The log is signed by {told}, but {folder} holds {found}. "
        "Restore that folder from its backup, or set PORUCHENIE_SIGNER to where it is."
    )


class LogNotBegunError(ConflictError):
    """Nothing was sealed yet."""

    template = "The Merkle log has not begun yet. Run “poruchenie audit seal”."


def store_of(settings: Settings) -> TileStore:
    """The log's files."""
    return TileStore(settings.seal.tiles)


def signer_of(settings: Settings, keys: Sequence[str] | None = None) -> Signer:
    """The signer: by these verifier keys only, where they are given."""
    seal = settings.seal
    return Signer(seal.signer, seal.sign_command, seal.sign_key, seal.countersign_command, keys)


def log_of(session: Session) -> Row[Any]:
    """The log's row. Raises LogNotBegunError, SeveralRowsError."""
    found = only_row(session, table_of(Log))
    if found is None:
        raise LogNotBegunError
    return found


def keys_of(session: Session) -> list[Verifier]:
    """The log's keys in use. Raises LogNotBegunError, KeyFormError."""
    return [Verifier.parse(key) for key in log_of(session).keys]


def begin(installation: Installation, channel: str) -> Row[Any]:
    """The log's row; with its first key, its first entry and its pins where there is none yet.

    Raises RefusedError, LogError.
    """
    with installation.write() as tx:
        numbers(tx.session, Log.kind, 0)  # holds the counter: of several at once one begins
        begun = tx.session.scalar(select(table_of(Log).c.id)) is None
        if begun:
            _begin(tx, system(tx, channel))
        row = log_of(tx.session)
    if begun:
        pin(installation.settings, Pins(tuple(row.keys), witnesses=row.witnesses))
    found = [str(key) for key in signer_of(installation.settings).verifiers()]
    if not set(row.keys) <= set(found):
        folder = installation.settings.seal.signer
        raise KeysDifferError(told=", ".join(row.keys), folder=folder, found=", ".join(found) or "—")
    return row


def _begin(tx: Transaction, actor: Actor) -> None:
    signer = signer_of(tx.settings)
    if not signer.verifiers():
        host = urlsplit(tx.settings.desk_url).netloc
        name = tx.settings.seal.origin or f"{host}/log/{secrets.token_hex(4)}"
        signer.keep([SigningKey.generate(name)])
    keys = signer.verifiers()
    number = numbers(tx.session, Log.kind)[0]
    told = {"origin": keys[0].name, "keys": [str(key) for key in keys], "witnesses": witness_digest(tx.settings)}
    change = Change(told)
    record(tx, actor, TrailState.new(Log, number), Action.BEGIN, change)


def sequencer_of(installation: Installation, row: Row[Any]) -> Sequencer:
    """The sequencer of the log with this row."""
    database, settings = installation.database, installation.settings
    signer, store = signer_of(settings, row.keys), store_of(settings)
    return Sequencer(row.origin, store, signer, database.engine, database.write, database.read)


def seal_all(installation: Installation, channel: str) -> Iterator[Checkpoint]:
    """Seal what waits; yields each checkpoint. Raises RefusedError, LogError."""
    yield from sequencer_of(installation, begin(installation, channel)).seal()


def follow(installation: Installation, channel: str, stop: threading.Event, every: float = EVERY_S) -> None:
    """Seal whatever comes, until told to stop. What goes wrong is logged, and tried again."""
    while not stop.is_set():
        pause = every
        try:
            if _something_waits(installation):
                for checkpoint in seal_all(installation, channel):
                    log.info("log.sealed", size=checkpoint.size)
        except (RefusedError, LogError) as error:
            log.error("log.not_sealed", reason=str(error))  # noqa: TRY400 - a sentence says more than a traceback
            pause = max(every, AGAIN_S)
        stop.wait(pause)


def _something_waits(installation: Installation) -> bool:
    with installation.database.read() as session:
        if session.scalar(select(table_of(Log).c.id)) is None or session.scalar(select(pending.c.id).limit(1)):
            return True
        # Whoever was killed between places and files left nothing in the queue.
        return placed_in(session.connection()) > published_size(session, installation.settings)


def published_size(session: Session, settings: Settings) -> int:
    """The number of entries under the checkpoint published last. Raises LogNotBegunError, LogError."""
    note = store_of(settings).checkpoint()
    return Signed.open(note, keys_of(session)).checkpoint.size if note else 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Entries that wait for their place: since when (UTC; None: nothing), and whether that is too long."""

    since: datetime | None
    late: bool


def waiting(tx: Transaction) -> Waiting:
    """The lag of the sequencer. A demo's time is counted by its pace; on a test clock nothing is late."""
    first = select(pending.c.trail, pending.c.seq).order_by(pending.c.id).limit(1).subquery()
    same = (entries.c.trail == first.c.trail) & (entries.c.seq == first.c.seq)
    return _waiting_since(tx, tx.session.scalar(select(entries.c.at).join_from(first, entries, same)))


def unpublished(tx: Transaction) -> Waiting:
    """Entries that have their places, but no checkpoint over them yet. Raises LogNotBegunError, LogError."""
    same = (entries.c.trail == leaves.c.trail) & (entries.c.seq == leaves.c.seq)
    beyond = leaves.c.leaf_index >= published_size(tx.session, tx.settings)
    first = select(entries.c.at).join_from(leaves, entries, same).where(beyond).order_by(leaves.c.leaf_index).limit(1)
    return _waiting_since(tx, tx.session.scalar(first))


def _waiting_since(tx: Transaction, since: datetime | None) -> Waiting:
    if since is None or instance(tx.session).clock == "test":
        return Waiting(since, late=False)
    return Waiting(since, late=tx.now - since > LATE * pace(tx.session, tx.now))


@dataclass(frozen=True, slots=True)
class LogSummary:
    """The state of the log: `size` entries under the last checkpoint, of `stored` in the database."""

    origin: str
    keys: Sequence[Verifier]
    size: int
    stored: int
    waiting: Waiting


def log_summary(tx: Transaction) -> LogSummary:
    """Raises LogNotBegunError, RestoredError, or what reading the files raises."""
    row, keys = log_of(tx.session), keys_of(tx.session)
    note = store_of(tx.settings).checkpoint()
    size = Signed.open(note, keys).checkpoint.size if note else 0
    last = signer_of(tx.settings).signed()
    sealed = max(size, last.size if last else 0)  # killed in between, the signer is ahead of what was published
    connection = tx.session.connection()
    if (placed := placed_in(connection)) < sealed:
        raise RestoredError(sealed=sealed, stored=placed)
    return LogSummary(row.origin, keys, size, count(connection), waiting(tx))
