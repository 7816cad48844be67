"""Destroying personal data in the log: value and salt go, the commitment, the proofs and the act stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from audit.trails.tables import disclosures, entries
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.log.sealing import log_of
from commands.recording.changes import Change
from commands.recording.requirements import basis_of
from commands.recording.stored_entries import parse_entry
from commands.recording.trail_fold import subjects
from commands.recording.writer import TrailState, record
from models.base import table_of
from models.log import Log
from states.actions import Action
from states.refusal import ConflictError
from states.subjects import LOG

ATTACHED = "/"
"""Fields of attached rows (`items/0`) carry it in their names."""


class NothingToEraseError(ConflictError):
    """No such text is disclosed."""

    template = "{subject} has no disclosed text “{field}”. Disclosed: {fields}."


class StillInUseError(ConflictError):
    """A text that the row of today shows."""

    template = "“{field}” of {subject} is in use. Change it first (or close the account); then erase what it was."


@dataclass(frozen=True, slots=True)
class Erased:
    """One destroyed text: what its entry committed to stays."""

    seq: int
    digest: str


@dataclass(frozen=True, slots=True)
class ErasureCertificate:
    """The act of destruction. `entry` of the log's own trail tells of it, under `hash`."""

    subject: str
    field: str
    texts: Sequence[Erased]
    reason: str
    by: str
    at: datetime
    entry: int
    hash: bytes


def erase(tx: Transaction, actor: Actor, subject: str, field: str, reason: str) -> ErasureCertificate:
    """Destroy every text that was disclosed under this name to the entries of a subject.

    Raises LogNotBegunError, NothingToEraseError, StillInUseError, NeedError, WrongRoleError, DamagedEntryError.
    """
    row = log_of(tx.session)
    basis = basis_of(LOG, Action.ERASE, reason)
    texts = _committed(tx, subject, field)
    _refuse_in_use(tx, subject, field)
    told = [{"trail": subject, "seq": each.seq, "field": field, "digest": each.digest} for each in texts]
    change = Change(facts={"erased": told}, texts={"note": basis})
    entry = record(tx, actor, TrailState.of_columns(Log, row), Action.ERASE, change)
    gone = delete(disclosures).where(disclosures.c.trail == subject, disclosures.c.field == field)
    tx.session.execute(gone)
    return ErasureCertificate(
        subject, field, texts, basis, actor.login, entry.record.at, entry.head.seq, entry.head.hash
    )


def _committed(tx: Transaction, subject: str, field: str) -> list[Erased]:
    shown = select(disclosures.c.seq, disclosures.c.field).where(disclosures.c.trail == subject)
    found = tx.session.execute(shown.order_by(disclosures.c.seq)).all()
    numbers = [seq for seq, name in found if name == field]
    if not numbers or ATTACHED in field:
        names = sorted({name for _, name in found if ATTACHED not in name})
        raise NothingToEraseError(subject=subject, field=field, fields=", ".join(names) or "—")
    wanted = select(entries.c.seq, entries.c.hash, entries.c.body)
    rows = tx.session.execute(wanted.where(entries.c.trail == subject, entries.c.seq.in_(numbers)))
    contents: dict[int, dict[str, Any]] = {seq: parse_entry(subject, seq, body, digest) for seq, digest, body in rows}
    return [Erased(seq, contents[seq]["fields"][field]) for seq in numbers]


def _refuse_in_use(tx: Transaction, subject: str, field: str) -> None:
    """A column of today must stay provable: it is changed first. Raises StillInUseError."""
    kind, _, number = subject.partition(":")
    model = subjects()[kind]
    if field not in model.committed:
        return
    table = table_of(model)
    if tx.session.scalar(select(table.c[field]).where(table.c.id == int(number))) is not None:
        raise StillInUseError(subject=subject, field=field)
