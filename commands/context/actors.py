"""Actors: an account in a role, through a channel; perhaps in an absent person's name."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, select

from commands.context.installation import Transaction
from models.accounts import Account, Substitution
from models.base import table_of
from states.lifecycle import Role
from states.refusal import ForbiddenError
from states.subjects import AccountState, Kind, Subject

SYSTEM = "system"
MAIL = "mail:"
"""Begins the login under which an organisation acts by links from its letters; no person's does."""

_ACCOUNTS = table_of(Account)
_OPEN = select(_ACCOUNTS).where(_ACCOUNTS.c.login == bindparam("login"), _ACCOUNTS.c.state == AccountState.ACTIVE)


class UnknownLoginError(ForbiddenError):
    """No such account, or closed."""

    template = "There is no open account “{login}”. “poruchenie user list” shows the accounts."


class NotSubstituteError(ForbiddenError):
    """Acting in somebody's name without a substitution for today."""

    template = "“{login}” is not appointed as a substitute for “{absent}” today."


class SystemLoginError(ForbiddenError):
    """A person who signs in as the flows."""

    template = "“system” is the account of the flows; act under your own login."


@dataclass(frozen=True, slots=True)
class Actor:
    """An account that acts. `channel`: `cli:<os user>`, `web:<session>`, `mail:<session>`, `token:<id>`,
    `flow:<name>`. `only`: the one assignment that a link from a letter leads to.
    """

    account: int
    person: int
    login: str
    role: Role
    organisation: int | None
    channel: str
    instead_of: tuple[int, int] | None = None  # account and person of the absent one
    own_organisation: int | None = None  # of a substitute, whose `organisation` is that of the absent one
    only: int | None = None

    @property
    def persons(self) -> frozenset[int]:
        """Everybody whose judgement this is, for the separation of persons."""
        return frozenset({self.person, self.instead_of[1]} if self.instead_of else {self.person})

    @property
    def organisations(self) -> frozenset[int | None]:
        """Organisations whose interest it might be: nobody judges what comes from one of them."""
        return frozenset({self.organisation, self.own_organisation})


def personal() -> ColumnElement[bool]:
    """The SQL condition on accounts of persons: not that of the flows, nor those of organisations that come by mail."""
    return and_(_ACCOUNTS.c.login != SYSTEM, _ACCOUNTS.c.login.not_like(f"{MAIL}%"))


def actor_for_login(tx: Transaction, login: str, channel: str, instead_of: str | None = None) -> Actor:
    """The actor behind a login. Raises UnknownLoginError, NotSubstituteError, SystemLoginError."""
    if login == SYSTEM:
        raise SystemLoginError
    if login.startswith(MAIL):
        raise UnknownLoginError(login=login)
    own = _actor(_account(tx, login), channel)
    return own if instead_of is None else in_name_of(tx, own, instead_of)


def in_name_of(tx: Transaction, own: Actor, login: str) -> Actor:
    """The same person with an absent one's role and organisation. Raises UnknownLoginError, NotSubstituteError."""
    for each in (own.login, login):
        if each.startswith(MAIL):
            raise UnknownLoginError(login=each)
    absent = _account(tx, login)
    today = tx.policy.calendar.day_of(tx.now)
    appointed = tx.session.scalar(
        select(Substitution.id).where(
            Substitution.absent_id == absent.id,
            Substitution.substitute_id == own.account,
            Substitution.since <= today,
            Substitution.until >= today,
        )
    )
    if appointed is None:
        raise NotSubstituteError(login=own.login, absent=login)
    return replace(
        own,
        role=Role(absent.role),
        organisation=absent.organisation_id,
        instead_of=(absent.id, absent.person_id),
        own_organisation=own.organisation,
    )


def itself(tx: Transaction, account: int, channel: str) -> Actor:
    """The actor behind an open account's number. Raises UnknownLoginError."""
    table = table_of(Account)
    wanted = select(table).where(table.c.id == account, table.c.state == AccountState.ACTIVE, table.c.login != SYSTEM)
    found = tx.session.execute(wanted).one_or_none()
    if found is None:
        raise UnknownLoginError(login=Subject(Kind.ACCOUNT, account).trail)
    return _actor(found, channel)


def system(tx: Transaction, channel: str) -> Actor:
    """The flows' own actor. Raises UnknownLoginError on a database without `init`."""
    return _actor(_account(tx, SYSTEM), channel)


def _account(tx: Transaction, login: str) -> Row[Any]:
    found = tx.session.execute(_OPEN, {"login": login}).one_or_none()
    if found is None:
        raise UnknownLoginError(login=login)
    return found


def _actor(account: Row[Any], channel: str) -> Actor:
    return Actor(
        account.id,
        account.person_id,
        account.login,
        Role(account.role),
        account.organisation_id,
        channel,
    )
