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
from commands.context.installation import Office
from commands.recording.writer import Change, Standing, alter, seal
from models.access import Password, Session
from models.accounts import Account
from models.base import Attached
from states.lifecycle import Role
from states.refusal import RefusedError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""The weaker of the settings that OWASP calls enough: a burst of sign-ins must not exhaust the memory."""
_NOBODYS = _HASHER.hash("a login that does not exist takes as long as one that does")
LONGEST = 200
_FEWEST = 5


class ShortPasswordError(RefusedError):
    """Fewer characters than the policy demands."""

    template = "A password needs at least {least} characters; this one has {length}."


class LongPasswordError(RefusedError):
    """More than anybody types."""

    template = "A password has at most {most} characters; this one has {length}."


class PlainPasswordError(RefusedError):
    """One that would be guessed."""

    template = (
        "This password would be guessed: it holds the login, or only a few different characters. "
        "Several words that do not belong together make a good one."
    )


class DifferentPasswordsError(RefusedError):
    """Two spellings of a new password."""

    template = "The two passwords differ. Type the same new password twice."


class OldPasswordError(RefusedError):
    """The present password, given wrongly."""

    template = "The present password is wrong; no new one was set."


def is_right(office: Office, account: Account | None, password: str) -> bool:
    """Whether it is the account's password, as its trail knows it. Takes as long when there is no such account."""
    kept = None
    if account is not None:
        kept = office.session.scalar(select(Password.hash).where(Password.account_id == account.id))
    try:
        _HASHER.verify(kept or _NOBODYS, password[: LONGEST + 1])  # a longer one can't be anybody's
    except (VerificationError, InvalidHashError):
        return False
    return account is not None and kept is not None and account.credential == _digest(kept)


def change_password(office: Office, actor: Actor, old: str, new: str, session: int) -> None:
    """One's own. All one's other sessions end. Raises OldPasswordError and what `set_password` raises."""
    account = account_named(office, actor.login)
    if not is_right(office, account, old):
        raise OldPasswordError
    set_password(office, actor, account, new, keep=session)


def give_password(office: Office, actor: Actor, login: str, new: str) -> None:
    """By whoever may make such accounts. Raises UnknownLoginError, GrantError and what `set_password` raises."""
    account = account_named(office, login)
    may_grant(actor, Role(account.role))
    set_password(office, actor, account, new)


def set_password(
    office: Office,
    actor: Actor,
    account: Account,
    new: str,
    attached: Sequence[tuple[type[Attached], Mapping[str, Any]]] = (),
    keep: int | None = None,
) -> None:
    """Set it, and end the account's sessions but `keep`. Raises ShortPasswordError, LongPasswordError,
    PlainPasswordError.
    """
    _check(office, account, new)
    hashed = _HASHER.hash(new)
    office.session.execute(delete(Password).where(Password.account_id == account.id))
    office.session.execute(insert(Password), {"account_id": account.id, "hash": hashed})
    forget(office, account.login)
    sessions = [(Session, row) for row in ended(office, account.id) if row["id"] != keep]
    change = Change({"credential": _digest(hashed)}, attached=[*attached, *sessions])
    entry = seal(actor, Account, account.id, Standing.of(account), "set_password", change)
    alter(office.session, Account, entry, account.id, change)


def _check(office: Office, account: Account, password: str) -> None:
    least = office.policy.rules.access.password_length
    if len(password) < least:
        raise ShortPasswordError(least=least, length=len(password))
    if len(password) > LONGEST:
        raise LongPasswordError(most=LONGEST, length=len(password))
    if account.login in password.casefold() or len(set(password)) < _FEWEST:
        raise PlainPasswordError


def _digest(hashed: str) -> str:
    """What the account's trail tells of a password: of the hash, whose own salt nobody can guess."""
    return hashlib.sha256(hashed.encode()).hexdigest()
