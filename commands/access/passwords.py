"""Passwords: hashed by Argon2id, kept apart from the accounts, whose trails tell each change of them."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select

from commands.access.accounts import account_named, may_grant
from commands.access.sessions import ended
from commands.access.throttling import forget
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.recording.changes import Change
from commands.recording.writer import record
from models.access import Password, Session
from models.accounts import Account
from models.base import Attached
from states.actions import Action
from states.lifecycle import Role
from states.refusal import ForbiddenError, InvalidError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""The weaker of the settings that OWASP calls enough: a burst of sign-ins must not exhaust the memory."""
_NOBODYS = _HASHER.hash("a login that does not exist takes as long as one that does")
LONGEST = 200
_FEWEST = 5


class ShortPasswordError(InvalidError):
    """Fewer characters than the policy demands."""

    template = "A password needs at least {least} characters; this one has {length}."


class LongPasswordError(InvalidError):
    """More than anybody types."""

    template = "A password has at most {most} characters; this one has {length}."


class PlainPasswordError(InvalidError):
    """One that would be guessed."""

    template = (
        "This password would be guessed: it holds the login, or only a few different characters. "
        "Several words that do not belong together make a good one."
    )


class DifferentPasswordsError(InvalidError):
    """Two spellings of a new password."""

    template = "The two passwords differ. Type the same new password twice."


class OldPasswordError(ForbiddenError):
    """The present password, given wrongly."""

    template = "The present password is wrong; no new one was set."


def is_right(tx: Transaction, account: Account | None, password: str) -> bool:
    """Whether it is the account's password, as its trail knows it. Takes as long when there is no such account."""
    kept = None
    if account is not None:
        kept = tx.session.scalar(select(Password.hash).where(Password.account_id == account.id))
    try:
        _HASHER.verify(kept or _NOBODYS, password[: LONGEST + 1])  # a longer one can't be anybody's
    except (VerificationError, InvalidHashError):
        return False
    return account is not None and kept is not None and account.credential == _digest(kept)


def change_password(tx: Transaction, actor: Actor, old: str, new: str, session: int) -> None:
    """One's own. All one's other sessions end. Raises OldPasswordError and what `set_password` raises."""
    account = account_named(tx, actor.login)
    if not is_right(tx, account, old):
        raise OldPasswordError
    set_password(tx, actor, account, new, keep=session)


def give_password(tx: Transaction, actor: Actor, login: str, new: str) -> None:
    """By whoever may make such accounts. Raises UnknownLoginError, GrantError and what `set_password` raises."""
    account = account_named(tx, login)
    may_grant(actor, Role(account.role))
    set_password(tx, actor, account, new)


def set_password(
    tx: Transaction,
    actor: Actor,
    account: Account,
    new: str,
    attached: Sequence[tuple[type[Attached], Mapping[str, Any]]] = (),
    keep: int | None = None,
) -> None:
    """Set it, and end the account's sessions but `keep`. Raises ShortPasswordError, LongPasswordError,
    PlainPasswordError.
    """
    _check(tx, account, new)
    hashed = _HASHER.hash(new)
    tx.session.execute(delete(Password).where(Password.account_id == account.id))
    tx.session.execute(insert(Password), {"account_id": account.id, "hash": hashed})
    forget(tx, account.login)
    sessions = [(Session, row) for row in ended(tx, account.id) if row["id"] != keep]
    change = Change({"credential": _digest(hashed)}, attached=[*attached, *sessions])
    record(tx, actor, account, Action.SET_PASSWORD, change)


def _check(tx: Transaction, account: Account, password: str) -> None:
    least = tx.policy.rules.access.password_length
    if len(password) < least:
        raise ShortPasswordError(least=least, length=len(password))
    if len(password) > LONGEST:
        raise LongPasswordError(most=LONGEST, length=len(password))
    if account.login in password.casefold() or len(set(password)) < _FEWEST:
        raise PlainPasswordError


def _digest(hashed: str) -> str:
    """The digest of a password in the account's trail: of the hash, whose own salt nobody can guess."""
    return hashlib.sha256(hashed.encode()).hexdigest()
