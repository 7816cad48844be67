"""Accounts. Reviewers and controllers are made by a controller, everybody else by an administrator."""

import re
from dataclasses import dataclass

from sqlalchemy import select

from commands.context.actors import Actor, UnknownLoginError, personal
from commands.context.installation import Transaction
from commands.recording.changes import Change
from commands.recording.requirements import basis_of
from commands.recording.writer import TrailState, numbers, record
from commands.rosters.organisations import organisation_named
from intake.roster import is_email
from models.accounts import Account
from states.actions import Action
from states.lifecycle import Role
from states.refusal import ConflictError, ForbiddenError, InvalidError
from states.rights import grantor
from states.subjects import ACCOUNT, AccountState

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_GRANTORS = (Role.CONTROLLER, Role.ADMIN)


class LoginError(InvalidError):
    """A login in a form that we do not take."""

    template = "“{login}” can't be a login: use up to 64 Latin letters in lower case, digits, dots, dashes."


class LoginTakenError(ConflictError):
    """The login exists already."""

    template = "The login “{login}” is taken. Choose another."


class GrantError(ForbiddenError):
    """The actor may not grant the role."""

    template = "“{login}” ({role}) may not grant the role “{granted}”; ask an account with the role “{grantor}”."


class OrganisationNeededError(InvalidError):
    """An executor without an organisation would see nothing."""

    template = "An executor belongs to an organisation; name it, as the roster does."


class EmailError(InvalidError):
    """An address that no mail could be sent to."""

    template = "“{email}” is not an e-mail address; give one such as name@example.org."


class LastAccountError(ConflictError):
    """Nobody would be left to grant roles."""

    template = "“{login}” is the last open account with the role “{role}”; open another before you close it."


@dataclass(frozen=True, slots=True)
class AddAccount:
    """A new account. `same_person_as`: another login of the same human being."""

    login: str
    role: Role
    organisation: str | None = None
    name: str | None = None
    email: str | None = None
    same_person_as: str | None = None


def add_account(tx: Transaction, actor: Actor, command: AddAccount) -> int:
    """The new account's number. Raises this module's errors."""
    if not _LOGIN.fullmatch(command.login):
        raise LoginError(login=command.login)
    may_grant(actor, command.role)
    _check_email(command.email)
    number = numbers(tx.session, Account.kind)[0]  # holds the counter: nobody takes the login beside us
    if tx.session.scalar(select(Account.id).where(Account.login == command.login)) is not None:
        raise LoginTakenError(login=command.login)
    organisation = organisation_named(tx, command.organisation).id if command.organisation else None
    if command.role is Role.EXECUTOR and organisation is None:
        raise OrganisationNeededError
    person = account_named(tx, command.same_person_as).person_id if command.same_person_as else number
    change = Change(
        {
            "login": command.login,
            "role": command.role.value,
            "person_id": person,
            "organisation_id": organisation,
            "name": command.name,
            "email": command.email,
        }
    )
    record(tx, actor, TrailState.new(Account, number), Action.CREATE, change)
    return number


def _check_email(email: str | None) -> None:
    if email is not None and not is_email(email):
        raise EmailError(email=email)


def may_grant(actor: Actor, role: Role) -> None:
    """Whether the actor may make and keep accounts of a role. Raises GrantError."""
    keeper = grantor(role)
    if actor.role not in (Role.SYSTEM, keeper):
        raise GrantError(login=actor.login, role=actor.role, granted=role, grantor=keeper or Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class UpdateAccount:
    """New particulars of an account; what is None stays."""

    login: str
    name: str | None = None
    email: str | None = None


def update_account(tx: Transaction, actor: Actor, command: UpdateAccount) -> None:
    """Change name or address. Raises UnknownLoginError, GrantError, EmailError."""
    account = account_named(tx, command.login)
    may_grant(actor, Role(account.role))
    _check_email(command.email)
    asked = {"name": command.name, "email": command.email}
    columns = {name: value for name, value in asked.items() if value is not None}
    if columns:
        change = Change(columns)
        record(tx, actor, account, Action.UPDATE, change)


def close_account(tx: Transaction, actor: Actor, login: str, basis: str) -> None:
    """Close an account for good; what it did stays.

    Raises UnknownLoginError, GrantError, NeedError, LastAccountError.
    """
    numbers(tx.session, Account.kind, 0)  # holds the counter: two may not close each other at once
    account = account_named(tx, login)
    may_grant(actor, Role(account.role))
    change = Change(texts={"note": basis_of(ACCOUNT, Action.CLOSE, basis)})
    _refuse_last(tx, account)
    record(tx, actor, account, Action.CLOSE, change)


def _refuse_last(tx: Transaction, account: Account) -> None:
    others = select(Account.id).where(
        Account.role == account.role, Account.state == AccountState.ACTIVE, Account.id != account.id
    )
    if account.role in _GRANTORS and tx.session.scalar(others.limit(1)) is None:
        raise LastAccountError(login=account.login, role=Role(account.role))


def account_named(tx: Transaction, login: str) -> Account:
    """An open account of a person, locked. Raises UnknownLoginError."""
    found = tx.session.scalar(
        select(Account)
        .where(Account.login == login, Account.state == AccountState.ACTIVE, personal())
        .with_for_update()
    )
    if found is None:
        raise UnknownLoginError(login=login)
    return found
