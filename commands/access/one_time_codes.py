"""Codes: single-use, short-lived, to an organisation's own address; one opens a session bound to one assignment.

The organisation acts under an account of its own, which the system makes at the first code; no password opens it.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from commands.access.sessions import Client, NewSession, begin
from commands.access.throttling import TooManyAttemptsError, failed, forget, waiting
from commands.context.actors import system
from commands.context.installation import Transaction
from commands.context.language import speaking, tr
from commands.context.secret_hash import fingerprint
from commands.mail.letter_row import letter
from commands.mail.links import Linked, LinkError, linked
from commands.recording.changes import Change
from commands.recording.writer import TrailState, numbers, record
from models.access import Code
from models.accounts import Account
from models.base import table_of
from models.outbox import Message
from states.actions import Action
from states.lifecycle import Role
from states.refusal import ForbiddenError, RefusedError, TooManyError
from states.subjects import AccountState, Kind, Subject

CHANNEL = "web:mail"
MOST = 5
"""Codes of one organisation that may hold, or have held, at the same time."""
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_HALF = 5


class TooManyCodesError(TooManyError):
    """Code after code is asked for."""

    template = "Several codes have just been sent to your organisation. Use the latest one, or ask again after {until}."


class WrongCodeError(ForbiddenError):
    """A code that is wrong, spent, or too old."""

    template = (
        "The code does not fit: it was mistyped or used before, a later one was sent, or its {minutes} minutes are "
        "over. After {attempts} wrong codes one must wait."
    )


class CodesWaitError(TooManyError):
    """Too many wrong codes."""

    template = "There were too many wrong codes. Have a new one sent, and enter it after {until}."


def send_code(tx: Transaction, key: str, assignment: int, place: Client) -> None:
    """Mail a new code; earlier ones for the assignment end. Raises LinkError, TooManyCodesError."""
    found = linked(tx, key, assignment)
    account = _account(tx, found) or _open(tx, found)
    held = _codes(tx, account.id)
    if len(held) >= MOST:
        raise TooManyCodesError(until=min(each["until"] for each in held))
    code = "".join(secrets.choice(_LETTERS) for _ in range(2 * _HALF))
    until = tx.real + timedelta(minutes=tx.policy.rules.access.code_minutes)
    row = {
        "id": numbers(tx.session, "code")[0],
        "account_id": account.id,
        "assignment_id": found.assignment,
        "secret": _secret(key, code),
        "mailed_to": found.email,
        "until": until,
        "used_at": None,
        "session_id": None,
    }
    unspent = [each for each in held if each["used_at"] is None and each["assignment_id"] == found.assignment]
    attached = [(Code, each) for each in (*({**each, "used_at": tx.real} for each in unspent), row)]
    _tell(tx, account, Action.SEND_CODE, Change(attached=attached, facts={"assignment": found.assignment}), place)
    _mail(tx, found, code, until)


def sign_in_by_code(tx: Transaction, key: str, assignment: int, typed: str, place: Client) -> NewSession | RefusedError:
    """Spend a code and begin its session; or why not: WrongCodeError, CodesWaitError, TooManyFromAddressError.

    A refusal is returned, as its entry has to be committed. Raises LinkError.
    """
    found = linked(tx, key, assignment)
    account = _account(tx, found)  # locked: of two who enter a code at once one is refused
    if (must_wait := _waiting(tx, found, place)) is not None:
        return must_wait
    secret = _secret(key, "".join(typed.upper().split()).replace("-", ""))
    held = _codes(tx, account.id) if account else []
    fitting = (secret, found.email, found.assignment, None)
    fields = ("secret", "mailed_to", "assignment_id", "used_at")
    code = next((each for each in held if tuple(each[name] for name in fields) == fitting), None)
    if account is not None and code is not None:
        forget(tx, found.login)
        return begin(tx, account, place, "mail", code)
    count = failed(tx, found.login, place.address)
    if account is not None:
        _tell(tx, account, Action.REFUSE_SIGN_IN, Change(facts={"wrong": count}), place)
    rules = tx.policy.rules.access
    return _waiting(tx, found, place) or WrongCodeError(minutes=rules.code_minutes, attempts=rules.attempts)


def _waiting(tx: Transaction, found: Linked, place: Client) -> RefusedError | None:
    must_wait = waiting(tx, found.login, place.address)
    return CodesWaitError(**must_wait.values) if isinstance(must_wait, TooManyAttemptsError) else must_wait


def _secret(key: str, code: str) -> str:
    # With the key of the link: of this table alone nobody can try all codes. The letter stands in another.
    return fingerprint(f"{key}:{code}")


def _codes(tx: Transaction, account: int) -> list[dict[str, Any]]:
    """An account's codes whose time is not over, spent or not."""
    columns = [column for column in table_of(Code).c if column.name != "seq"]
    wanted = select(*columns).where(Code.account_id == account, Code.until > tx.real).order_by(Code.id)
    return [dict(row._mapping) for row in tx.session.execute(wanted)]  # noqa: SLF001 - SQLAlchemy's documented name


def _account(tx: Transaction, found: Linked) -> Account | None:
    """The organisation's account, locked. Raises LinkError if it is closed."""
    wanted = select(Account).where(Account.login == found.login).with_for_update()
    account = tx.session.scalar(wanted.execution_options(populate_existing=True))
    if account is not None and account.state != AccountState.ACTIVE:
        raise LinkError
    return account


def _open(tx: Transaction, found: Linked) -> Account:
    number = numbers(tx.session, Account.kind)[0]  # holds the counter: of two at once one finds it made
    if (account := _account(tx, found)) is not None:
        return account
    who: dict[str, object] = {"login": found.login, "role": Role.EXECUTOR.value, "person_id": number}
    change = Change(who | {"organisation_id": found.organisation, "name": None, "email": None})
    record(tx, system(tx, CHANNEL), TrailState.new(Account, number), Action.CREATE, change)
    return tx.session.get_one(Account, number)


def _tell(tx: Transaction, account: Account, action: Action, change: Change, place: Client) -> None:
    """Nobody knows yet who it is; the system tells of it."""
    texts = {"address": place.address, "browser": place.browser}
    change = Change(attached=change.attached, facts=change.facts, texts=texts)
    record(tx, system(tx, CHANNEL), account, action, change)


def _mail(tx: Transaction, found: Linked, code: str, until: datetime) -> None:
    with speaking(tx.settings.language):
        text = tr(
            "Your code for assignment {assignment}: {code}\n\nEnter it on the page that asked for it, by {until}. It "
            "works once. If nobody of your organisation asked for it, tell the control officer.\n",
            assignment=found.assignment,
            code=f"{code[:_HALF]}-{code[_HALF:]}",
            until=until,
        )
        row = letter(
            tx, Subject(Kind.ORGANISATION, found.organisation).trail, tr("Your code in Poruchenie"), text, secret=True
        )
    tx.session.execute(insert(Message), row)
