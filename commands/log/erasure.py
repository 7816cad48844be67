"""Destroying personal data in the log: value and salt go, the commitment, the proofs and the act stay.

Names and free text a controller destroys alone. Hashes of evidence and reasons of decisions take two: a controller
asks, and another (where there is none, the leader) destroys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, tuple_

from audit.trails.tables import disclosures, entries
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.log.sealing import log_of
from commands.recording.changes import Change
from commands.recording.requirements import basis_of
from commands.recording.stored_entries import parse_entry
from commands.recording.trail_fold import subjects
from commands.recording.writer import TrailState, record
from models.accounts import Account
from models.base import table_of
from models.log import Log
from states.actions import Action
from states.lifecycle import Role
from states.refusal import ConflictError, ForbiddenError, NotFoundError
from states.rights import erased_by_two
from states.subjects import LOG, AccountState, Kind, Subject

ATTACHED = "/"
"""Fields of attached rows (`items/0`) carry it in their names."""


class NothingToEraseError(ConflictError):
    """No such text is disclosed."""

    template = "{subject} has no disclosed text “{field}”. Disclosed: {fields}."


class StillInUseError(ConflictError):
    """A text that the row of today shows."""

    template = "“{field}” of {subject} is in use. Change it first (or close the account); then erase what it was."


class TwoPersonsError(ForbiddenError):
    """Evidence or the reason of a decision, by one person alone."""

    template = (
        "“{field}” of {subject} proves what was reported or decided: two persons destroy it. A controller asks for it "
        "(“poruchenie audit ask-erasure”), another controller carries it out with the number of that request."
    )


class UnknownRequestError(NotFoundError):
    """No request for an erasure under this number."""

    template = "Entry {asked} of the log is no request for an erasure that still waits."


class OtherRequestError(ConflictError):
    """A request for the erasure of something else."""

    template = "Request {asked} is about other texts than “{field}” of {subject}. Ask for these anew."


class OwnRequestError(ForbiddenError):
    """The same person twice."""

    template = "Whoever asked for the erasure does not carry it out as well; another controller does."


class NotYetLeaderError(ForbiddenError):
    """A leader, though there is another controller."""

    template = "A leader carries out an erasure only on request {asked} where there is no second controller."


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


@dataclass(frozen=True, slots=True)
class Erase:
    """Every disclosed text of a subject under this name, or of one of its entries only.

    `asked`: the entry of the log's trail by which another person asked for it.
    """

    subject: str
    field: str
    reason: str
    entry: int | None = None
    asked: int | None = None


def ask_erasure(tx: Transaction, actor: Actor, command: Erase) -> int:
    """The number of a request that another person may carry out. Raises what `erase` raises of the text itself."""
    row = log_of(tx.session)
    basis = basis_of(LOG, Action.ASK_ERASURE, command.reason)
    told, _ = _texts(tx, command)
    _refuse_in_use(tx, command.subject, command.field)
    change = Change(facts={"texts": told}, texts={"note": basis})
    return record(tx, actor, TrailState.of_columns(Log, row), Action.ASK_ERASURE, change).head.seq


def erase(tx: Transaction, actor: Actor, command: Erase) -> ErasureCertificate:
    """Destroy the texts.

    Raises LogNotBegunError, NothingToEraseError, StillInUseError, NeedError, WrongRoleError, DamagedEntryError, and
    where it takes two persons TwoPersonsError, UnknownRequestError, OtherRequestError, OwnRequestError,
    NotYetLeaderError.
    """
    row = log_of(tx.session)
    basis = basis_of(LOG, Action.ERASE, command.reason)
    LOG.permit(Action.ERASE, actor.role)
    told, by_two = _texts(tx, command)
    _refuse_in_use(tx, command.subject, command.field)
    if by_two or command.asked is not None or actor.role is Role.LEADER:
        _second(tx, actor, command, told)
    facts = {"erased": told} if command.asked is None else {"erased": told, "asked": command.asked}
    entry = record(tx, actor, TrailState.of_columns(Log, row), Action.ERASE, Change(facts=facts, texts={"note": basis}))
    for each in told:
        here = (disclosures.c.trail == each["trail"]) & (disclosures.c.seq == each["seq"])
        tx.session.execute(delete(disclosures).where(here, disclosures.c.field == each["field"]))
    texts = [Erased(each["seq"], each["digest"]) for each in told]
    act = (entry.record.at, entry.head.seq, entry.head.hash)
    return ErasureCertificate(command.subject, command.field, texts, basis, actor.login, *act)


def _second(tx: Transaction, actor: Actor, command: Erase, told: Sequence[Mapping[str, Any]]) -> None:
    """Another person than the one who asked for just these texts."""
    if command.asked is None:
        raise TwoPersonsError(field=command.field, subject=command.subject)
    request = _request(tx, command.asked)
    if request["facts"].get("texts") != list(told):
        raise OtherRequestError(asked=command.asked, field=command.field, subject=command.subject)
    asked_by = {request["person"], request.get("for_person", request["person"])}
    if asked_by & actor.persons:
        raise OwnRequestError
    if actor.role is Role.LEADER and _other_controller(tx, asked_by):
        raise NotYetLeaderError(asked=command.asked)


def _request(tx: Transaction, asked: int) -> dict[str, Any]:
    """The content of a request that was not carried out yet. Raises UnknownRequestError, DamagedEntryError."""
    trail = Subject(Kind.LOG, 1).trail
    wanted = select(*entries.c["seq", "action", "hash", "body"]).where(entries.c.trail == trail)
    told: dict[int, Row[Any]] = {row.seq: row for row in tx.session.execute(wanted.where(entries.c.seq >= asked))}
    if asked not in told or told[asked].action != Action.ASK_ERASURE:
        raise UnknownRequestError(asked=asked)
    for row in told.values():
        if (
            row.action == Action.ERASE
            and parse_entry(trail, row.seq, row.body, row.hash)["facts"].get("asked") == asked
        ):
            raise UnknownRequestError(asked=asked)
    return parse_entry(trail, asked, told[asked].body, told[asked].hash)


def _other_controller(tx: Transaction, than: set[int]) -> bool:
    others = select(Account.id).where(
        Account.role == Role.CONTROLLER, Account.state == AccountState.ACTIVE, Account.person_id.not_in(than)
    )
    return tx.session.scalar(others.limit(1)) is not None


def _texts(tx: Transaction, command: Erase) -> tuple[list[dict[str, Any]], bool]:
    """The texts as an entry tells of them, and whether two persons are needed for one of them."""
    subject, field = command.subject, command.field
    shown = select(disclosures.c.seq, disclosures.c.field).where(disclosures.c.trail == subject)
    found = tx.session.execute(shown.order_by(disclosures.c.seq)).all()
    numbers = [seq for seq, name in found if name == field and command.entry in (None, seq)]
    if not numbers or ATTACHED in field:
        names = sorted({name for _, name in found if ATTACHED not in name})
        raise NothingToEraseError(subject=subject, field=field, fields=", ".join(names) or "—")
    wanted = select(*entries.c["trail", "seq", "hash", "body"])
    rows = tx.session.execute(
        wanted.where(tuple_(entries.c.trail, entries.c.seq).in_([(subject, seq) for seq in numbers]))
    )
    told, by_two = [], False
    for row in sorted(rows, key=lambda each: each.seq):
        content = parse_entry(subject, row.seq, row.body, row.hash)
        told.append({"trail": subject, "seq": row.seq, "field": field, "digest": content["fields"][field]})
        by_two = by_two or erased_by_two(content["action"], field)
    return told, by_two


def _refuse_in_use(tx: Transaction, subject: str, field: str) -> None:
    """A column of today must stay provable: it is changed first. Raises StillInUseError."""
    kind, _, number = subject.partition(":")
    model = subjects()[kind]
    if field not in model.committed:
        return
    table = table_of(model)
    if tx.session.scalar(select(table.c[field]).where(table.c.id == int(number))) is not None:
        raise StillInUseError(subject=subject, field=field)
