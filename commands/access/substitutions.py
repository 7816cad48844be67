"""Substitutes: who may act in whose name, and from which day to which."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from commands.access.accounts import account_named, may_grant
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.recording.changes import Change
from commands.recording.requirements import basis_of
from commands.recording.writer import numbers, record
from models.accounts import Account, Substitution
from states.actions import Action
from states.lifecycle import Role
from states.refusal import InvalidError
from states.subjects import ACCOUNT, AccountState


class SubstitutionError(InvalidError):
    """A substitution that makes no sense."""

    template = "A substitution needs two different persons and a last day not before the first ({since} – {until})."


@dataclass(frozen=True, slots=True)
class Substitute:
    """A substitution: from `since` to `until` (local dates, both included) one may act in the name of `absent`."""

    absent: str
    substitute: str
    since: date
    until: date
    basis: str


@dataclass(frozen=True, slots=True)
class SubstitutionLine:
    """An appointment; logins, and the role that is lent. Days are local, both included."""

    absent: str
    substitute: str
    role: Role
    since: date
    until: date


_ABSENT, _DEPUTY = aliased(Account), aliased(Account)
_OPEN = (
    select(_ABSENT.login, _DEPUTY.login, _ABSENT.role, Substitution.since, Substitution.until)
    .join_from(Substitution, _ABSENT, _ABSENT.id == Substitution.absent_id)
    .join(_DEPUTY, _DEPUTY.id == Substitution.substitute_id)
    .where(_ABSENT.state == AccountState.ACTIVE, _DEPUTY.state == AccountState.ACTIVE)
    .order_by(Substitution.since, Substitution.id)
)


def substitute(tx: Transaction, actor: Actor, command: Substitute) -> None:
    """Appoint a substitute. Raises UnknownLoginError, GrantError, NeedError, SubstitutionError."""
    absent = account_named(tx, command.absent)
    deputy = account_named(tx, command.substitute)
    may_grant(actor, Role(absent.role))
    if absent.person_id == deputy.person_id or command.until < command.since:
        raise SubstitutionError(since=command.since, until=command.until)
    row = {
        "id": numbers(tx.session, "substitution")[0],
        "absent_id": absent.id,
        "substitute_id": deputy.id,
        "since": command.since,
        "until": command.until,
    }
    change = Change(attached=[(Substitution, row)], texts={"note": basis_of(ACCOUNT, Action.SUBSTITUTE, command.basis)})
    record(tx, actor, absent, Action.SUBSTITUTE, change)


def substitutes_of(tx: Transaction, absent: int) -> list[SubstitutionLine]:
    """The substitutes of an account, today or later."""
    return _lines(tx, Substitution.absent_id == absent)


def appointments_of(tx: Transaction, account: int) -> list[SubstitutionLine]:
    """In whose name the person of an account may act today."""
    return _lines(tx, Substitution.substitute_id == account, Substitution.since <= _today(tx))


def _lines(tx: Transaction, *where: Any) -> list[SubstitutionLine]:  # noqa: ANN401 - SQL conditions
    open_ = _OPEN.where(Substitution.until >= _today(tx), *where)
    return [
        SubstitutionLine(absent, deputy, Role(role), since, until)
        for absent, deputy, role, since, until in tx.session.execute(open_)
    ]


def _today(tx: Transaction) -> date:
    return tx.policy.calendar.day_of(tx.now)
