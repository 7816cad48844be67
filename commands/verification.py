"""Verification of everything: tables and trails, the Merkle log with its signers and witnesses, evidence files."""

from collections.abc import Callable, Iterator
from functools import partial

from sqlalchemy import Connection

from audit import Fault
from audit.checkpoints import Checkpoint, Signed
from audit.errors import LogError
from audit.fsck import Kept, fsck
from audit.notes import Verifier
from audit.reading import LOG
from commands import replay
from commands.consistency import ever_used
from commands.installation import Installation, Office
from commands.sealing import LogNotBegunError, log_of, signer_of, store_of
from commands.witnessing import policy_of
from states.refusal import N_, RefusedError

PUBLISHED = N_("the folder of the log")
SIGNER = N_("the signer's memory")
YOURS = N_("the checkpoint that you gave")


def verify(installation: Installation, office: Office, kept: bytes | None = None) -> Iterator[Fault | int]:
    """Every fault; in between the number of entries read so far, then again from 0 those of the Merkle log.

    `kept`: a checkpoint (signed note) up to which the sealed entries were verified before.
    Raises NoteError, CheckpointError, SignatureError for a `kept` that is none of this log.
    """
    connection = office.session.connection()
    since = _kept(office, kept) if kept else None
    yield from replay.verify(connection, office.evidence)
    yield from verify_log(installation, office, connection, since)


def verify_log(
    installation: Installation, office: Office, connection: Connection, since: Kept | None = None
) -> Iterator[Fault | int]:
    """The Merkle log against tables, signers and witnesses."""
    heads: list[Kept] = []
    for found in _heads(office):
        if isinstance(found, Kept):
            heads.append(found)
        else:
            yield found
    published = next((head for head in heads if head.whose == PUBLISHED), None)
    others = [head for head in heads if head is not published]
    yield from fsck(connection, installation.database.url, store_of(office.settings), published, others, since)


def _kept(office: Office, note: bytes) -> Kept:
    return _head(YOURS, Signed.open(note, ever_used(office)).checkpoint)


def _heads(office: Office) -> Iterator[Kept | Fault]:
    """The published head first, then what the signer remembers and what each witness cosigned."""
    try:
        log_of(office.session)
        keys = ever_used(office)
    except LogNotBegunError:
        keys = []
    except (LogError, ValueError, KeyError, TypeError) as error:
        yield _fault(error)
        return
    store = store_of(office.settings)
    yield from _opened(PUBLISHED, keys, store.checkpoint)
    try:
        if last := signer_of(office.settings).signed():
            yield _head(SIGNER, last)
        for each in policy_of(office.settings).witnesses.values():
            yield from _opened(each.name, keys, partial(store.cosignature, each.key))
    except (LogError, RefusedError) as error:
        yield _fault(error)


def _opened(whose: str, keys: list[Verifier], read: Callable[[], bytes | None]) -> Iterator[Kept | Fault]:
    try:
        if (note := read()) is not None:
            yield _head(whose, Signed.open(note, keys).checkpoint)
    except LogError as error:
        yield _fault(error)


def _head(whose: str, checkpoint: Checkpoint) -> Kept:
    return Kept(whose, checkpoint.size, checkpoint.root)


def _fault(error: Exception) -> Fault:
    template, values = getattr(error, "template", "{error}"), getattr(error, "values", {"error": str(error)})
    return Fault(LOG, 0, template, values)
