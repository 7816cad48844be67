"""Tokens: keys by which programs act for a person, each with scopes and a last day. The database keeps their hashes."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from commands.access.accounts import account_named
from commands.context.actors import Actor, itself
from commands.context.installation import Transaction
from commands.context.secret_hash import fingerprint
from commands.recording.changes import Change
from commands.recording.writer import numbers, record
from models.access import Token
from models.accounts import Account
from models.base import table_of
from states.actions import Action
from states.refusal import InvalidError, NotFoundError
from states.subjects import AccountState

PREFIX = "poruchenie_"
"""Begins every token, so that one left in a file is known for what it is."""
_NAME = 80


class Scope(StrEnum):
    """Scopes of tokens, within what their persons may do."""

    READ = "read"  # whatever the person sees
    ACT = "act"  # actions on assignments
    REGISTER = "register"  # protocols
    KEEP = "keep"  # rosters and accounts


class TokenNameError(InvalidError):
    """A token that nobody will know again."""

    template = "A token needs a name of 1 to {most} printable characters, such as “Reports of the school's system”."


class TokenScopeError(InvalidError):
    """No scope, or one that there is not."""

    template = "A token needs at least one scope of: {scopes}."


class TokenLifeError(InvalidError):
    """A token that would live for ever, or not at all."""

    template = "A token lives 1 to {most} days, not {days}."


class UnknownTokenError(NotFoundError):
    """Somebody else's token, or one that has ended."""

    template = "You have no token {token}. “poruchenie token list” shows yours."


@dataclass(frozen=True, slots=True)
class Issued:
    """A token that was made. `secret` is shown this once."""

    token: int
    secret: str
    until: datetime


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One token that still opens; moments are of the machine's clock (UTC)."""

    id: int
    name: str
    scopes: Sequence[Scope]
    made_at: datetime
    until: datetime


def issue_token(tx: Transaction, actor: Actor, name: str, scopes: Sequence[str], days: int) -> Issued:
    """Make one for oneself. Raises TokenNameError, TokenScopeError, TokenLifeError."""
    name = name.strip()
    if not name or len(name) > _NAME or not name.isprintable():
        raise TokenNameError(most=_NAME)
    if not scopes or not set(scopes) <= set(Scope):
        raise TokenScopeError(scopes=tuple(Scope))
    most = tx.policy.rules.access.token_days
    if not 1 <= days <= most:
        raise TokenLifeError(most=most, days=days)
    account = account_named(tx, actor.login)
    secret = PREFIX + secrets.token_urlsafe(32)
    until = tx.real + timedelta(days=days)
    row: dict[str, Any] = {
        "id": numbers(tx.session, "token")[0],
        "account_id": account.id,
        "secret": fingerprint(secret),
        "name": name,
        "scopes": " ".join(scope for scope in Scope if scope in scopes),
        "made_at": tx.real,
        "until": until,
        "ended_at": None,
    }
    _write(tx, actor, account, Action.ISSUE_TOKEN, row)
    return Issued(row["id"], secret, until)


def revoke_token(tx: Transaction, actor: Actor, token: int) -> None:
    """End one of one's own. Raises UnknownTokenError."""
    account = account_named(tx, actor.login)
    row = tx.session.execute(_open(tx).where(Token.account_id == account.id, Token.id == token)).one_or_none()
    if row is None:
        raise UnknownTokenError(token=token)
    _write(tx, actor, account, Action.REVOKE_TOKEN, {**row._mapping, "ended_at": tx.real})  # noqa: SLF001 - SQLAlchemy's documented name


def tokens_of(tx: Transaction, account: int) -> list[TokenLine]:
    """An account's tokens that still open, the newest first."""
    found = tx.session.execute(_open(tx).where(Token.account_id == account).order_by(Token.id.desc()))
    return [TokenLine(row.id, row.name, _scopes(row), row.made_at, row.until) for row in found]


def actor_of_token(tx: Transaction, secret: str) -> tuple[Actor, Sequence[Scope]] | None:
    """The actor behind a token, and its scopes. None when it opens nothing (any more)."""
    open_ = _open(tx).where(Token.secret == fingerprint(secret), Account.state == AccountState.ACTIVE)
    found = tx.session.execute(open_.join(Account, Account.id == Token.account_id)).one_or_none()
    return (itself(tx, found.account_id, f"token:{found.id}"), _scopes(found)) if found else None


def _scopes(row: Any) -> list[Scope]:  # noqa: ANN401 - a row
    return [Scope(each) for each in row.scopes.split()]


def _open(tx: Transaction) -> Any:  # noqa: ANN401 - a select of a table's columns
    table = table_of(Token)
    columns = [column for column in table.c if column.name != "seq"]
    return select(*columns).where(table.c.ended_at.is_(None), table.c.until > tx.real)


def _write(tx: Transaction, actor: Actor, account: Account, action: Action, row: Mapping[str, Any]) -> None:
    change = Change(attached=[(Token, row)])
    record(tx, actor, account, action, change)
