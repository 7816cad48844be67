"""Accounts as registers show them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from audit.trails.lookup import contains
from commands.access.accounts import GrantError, may_grant
from commands.context.actors import Actor, UnknownLoginError, personal
from commands.context.installation import Transaction
from models.accounts import Account
from models.rosters import Organisation
from states.lifecycle import Role


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account. `can_enter`: it has a password."""

    id: int
    login: str
    role: Role
    state: str
    organisation: str | None
    name: str | None
    email: str | None
    can_enter: bool


def accounts_numbered(tx: Transaction, after: int = 0, most: int | None = None) -> list[AccountLine]:
    """Accounts of persons by number, past one of them; so many at most, or all."""
    query = _accounts().where(Account.id > after).order_by(Account.id).limit(most)
    return [_line(row) for row in tx.session.execute(query)]


def accounts_found(tx: Transaction, words: str, after: str, most: int) -> list[AccountLine]:
    """Those whose login, name, address or organisation has these words, by login, past one of them."""
    told = contains(words, Account.login, Account.name, Account.email, Organisation.name)
    query = _accounts().where(Account.login > after, *([told] if words else []))
    return [_line(row) for row in tx.session.execute(query.order_by(Account.login).limit(most))]


def account_line(tx: Transaction, login: str) -> AccountLine:
    """Raises UnknownLoginError."""
    row = tx.session.execute(_accounts().where(Account.login == login)).one_or_none()
    if row is None:
        raise UnknownLoginError(login=login)
    return _line(row)


def grantable(actor: Actor) -> list[Role]:
    """The roles of the accounts that the actor may make and keep."""
    return [role for role in Role if _may(actor, role)]


def _may(actor: Actor, role: Role) -> bool:
    try:
        may_grant(actor, role)
    except GrantError:
        return False
    return True


def _accounts() -> Select[Any]:
    columns = (Account.id, Account.login, Account.role, Account.state)
    more = (Organisation.name.label("organisation"), Account.name, Account.email, Account.credential)
    joined = select(*columns, *more).outerjoin(Organisation, Organisation.id == Account.organisation_id)
    return joined.where(personal())


def _line(row: Row[Any]) -> AccountLine:
    return AccountLine(
        row.id,
        row.login,
        Role(row.role),
        row.state,
        row.organisation,
        row.name,
        row.email,
        can_enter=row.credential is not None,
    )
