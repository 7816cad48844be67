"""Throttling of wrong passwords: whoever gave too many must wait, a login and everybody at one address."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from commands.context.installation import Transaction
from models.access import Failure
from states.refusal import RefusedError, TooManyError


class TooManyAttemptsError(TooManyError):
    """The login must wait, whoever asks."""

    template = (
        "There were too many wrong passwords for this login. Try again after {until}, or ask whoever keeps the "
        "accounts for a new invitation."
    )


class TooManyFromAddressError(TooManyError):
    """Too many wrong passwords, whatever the logins."""

    template = "There were too many wrong passwords from your network address. Try again after {until}."


def waiting(tx: Transaction, login: str, address: str) -> RefusedError | None:
    """The refusal that makes this login at this address wait, if it must."""
    rules = tx.policy.rules.access
    for key, most, error in (
        (_of_login(login), rules.attempts, TooManyAttemptsError),
        (_of_address(address), rules.address_attempts, TooManyFromAddressError),
    ):
        failure = _failure(tx, key)
        if failure is not None and failure.count >= most:
            return error(until=_until(tx, failure))
    return None


def failed(tx: Transaction, login: str, address: str) -> int:
    """Count a wrong password; how many the login has had."""
    rules = tx.policy.rules.access
    tx.session.execute(delete(Failure).where(Failure.since <= tx.real - _wait(tx)))
    _count(tx, _of_address(address), rules.address_attempts)
    return _count(tx, _of_login(login), rules.attempts)


def forget(tx: Transaction, login: str) -> None:
    """The login has proven itself, or has a new password."""
    tx.session.execute(delete(Failure).where(Failure.key == _of_login(login)))


def _count(tx: Transaction, key: str, most: int) -> int:
    """They count for a while from the first; from the one too many begins the time to wait."""
    failure = _failure(tx, key)
    count = failure.count + 1 if failure else 1
    since = tx.real if failure is None or count >= most else failure.since
    if failure is None:
        tx.session.execute(insert(Failure), {"key": key, "count": count, "since": since})
    else:
        tx.session.execute(update(Failure).where(Failure.key == key).values(count=count, since=since))
    return count


def _failure(tx: Transaction, key: str) -> Failure | None:
    found = tx.session.scalar(select(Failure).where(Failure.key == key).execution_options(populate_existing=True))
    return found if found is not None and _until(tx, found) > tx.real else None


def _until(tx: Transaction, failure: Failure) -> datetime:
    return failure.since + _wait(tx)


def _wait(tx: Transaction) -> timedelta:
    return timedelta(minutes=tx.policy.rules.access.wait_minutes)


def _of_login(login: str) -> str:
    # Whatever was typed: a hash keeps a password typed into the wrong field out of the table.
    return "login:" + hashlib.sha256(login.encode(errors="surrogatepass")).hexdigest()


def _of_address(address: str) -> str:
    return f"address:{address}"
