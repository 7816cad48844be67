"""Signing in. A refusal is returned, not raised: the entry that tells of it has to be committed."""

from sqlalchemy import select

from commands.access.passwords import is_right
from commands.access.sessions import Client, NewSession, begin
from commands.access.throttling import failed, forget, waiting
from commands.context.actors import personal, system
from commands.context.installation import Transaction
from commands.recording.changes import Change
from commands.recording.writer import record
from models.accounts import Account
from models.clock import instance
from states.actions import Action
from states.refusal import ForbiddenError, RefusedError
from states.subjects import AccountState


class WrongPasswordError(ForbiddenError):
    """A login or a password that is wrong; which of them is nobody's business."""

    template = (
        "The login or the password is wrong. After {attempts} wrong passwords a login must wait {minutes} minutes."
    )


class OnlyDemoError(ForbiddenError):
    """Signing in without a password where people work in earnest."""

    template = "Only a demonstration lets people in without a password; this database is in earnest use."


class NoAccountError(ForbiddenError):
    """Somebody whom the provider knows and we do not."""

    template = (
        "The sign-in service knows you as “{login}”, but there is no open account of that login here. "
        "Ask whoever keeps the accounts."
    )


def sign_in(tx: Transaction, login: str, password: str, place: Client) -> NewSession | RefusedError:
    """Sign in by password; or why not: WrongPasswordError, TooManyAttemptsError, TooManyFromAddressError."""
    if (must_wait := waiting(tx, login, place.address)) is not None:
        return must_wait
    account = _open_account(tx, login)
    if account is not None and is_right(tx, account, password):
        forget(tx, login)
        return begin(tx, account, place, "password")
    if account is None:
        is_right(tx, None, password)
    count = failed(tx, login, place.address)
    if account is not None:
        _tell(tx, account, place, count)
    rules = tx.policy.rules.access
    return waiting(tx, login, place.address) or WrongPasswordError(attempts=rules.attempts, minutes=rules.wait_minutes)


def sign_in_demo(tx: Transaction, login: str, place: Client) -> NewSession | RefusedError:
    """Sign in without a password, in a demo only. Raises OnlyDemoError."""
    if instance(tx.session).clock != "demo":
        raise OnlyDemoError
    account = _open_account(tx, login)
    if account is None:
        rules = tx.policy.rules.access
        return WrongPasswordError(attempts=rules.attempts, minutes=rules.wait_minutes)
    return begin(tx, account, place, "demo")


def sign_in_known(tx: Transaction, login: str, place: Client) -> NewSession:
    """Sign in somebody whom a provider has let in. Raises NoAccountError."""
    account = _open_account(tx, login)
    if account is None:
        raise NoAccountError(login=login)
    return begin(tx, account, place, "provider")


def _open_account(tx: Transaction, login: str) -> Account | None:
    wanted = select(Account).where(Account.login == login, Account.state == AccountState.ACTIVE, personal())
    return tx.session.scalar(wanted.with_for_update())


def _tell(tx: Transaction, account: Account, place: Client, count: int) -> None:
    """Nobody knows who it was; the system tells of it. While a login must wait nothing more is told."""
    actor = system(tx, "web:sign-in")
    change = Change(facts={"wrong": count}, texts={"address": place.address, "browser": place.browser})
    record(tx, actor, account, Action.REFUSE_SIGN_IN, change)
