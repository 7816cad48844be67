"""Sessions: a person at one browser. Each begins and ends by an entry of the account; none can be put in unseen."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from commands.context.actors import MAIL, Actor, itself
from commands.context.installation import Transaction
from commands.context.secret_hash import fingerprint
from commands.recording.changes import Change
from commands.recording.writer import numbers, record
from models.access import Code, Session
from models.accounts import Account
from models.base import table_of
from models.rosters import Organisation
from states.actions import Action
from states.refusal import NotFoundError
from states.subjects import AccountState

_SHOWN = 120


class UnknownSessionError(NotFoundError):
    """Somebody else's session, or one that is over."""

    template = "You have no open session {session}. Your page “Account” lists them."


@dataclass(frozen=True, slots=True)
class Client:
    """The client that somebody signs in by: what the browser calls itself, and its network address."""

    browser: str
    address: str


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that has begun. `secret` is for the browser alone; the database keeps its hash."""

    session: int
    secret: str
    until: datetime


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One open session; moments are of the machine's clock (UTC)."""

    id: int
    began_at: datetime
    until: datetime
    browser: str
    address: str


def begin(
    tx: Transaction, account: Account, place: Client, how: str, code: Mapping[str, Any] | None = None
) -> NewSession:
    """A new session of an account (locked by the caller). `how`: `password`, `invitation`, `demo`, `provider`, or
    `mail` by a `code`, which is spent.
    """
    number = numbers(tx.session, "session")[0]
    secret = secrets.token_urlsafe(32)
    until = tx.real + timedelta(hours=tx.policy.rules.access.session_hours)
    row = {
        "id": number,
        "account_id": account.id,
        "secret": fingerprint(secret),
        "began_at": tx.real,
        "until": until,
        "ended_at": None,
        "browser": "".join(letter for letter in place.browser if letter.isprintable())[:_SHOWN],
        "address": place.address[:_SHOWN],
    }
    spent = [(Code, {**code, "used_at": tx.real, "session_id": number})] if code else []
    actor = itself(tx, account.id, f"mail:{number}" if code else f"web:{number}")
    about = {"assignment": code["assignment_id"]} if code else {}
    change = Change(attached=[(Session, row), *spent], facts={"by": how, **about})
    record(tx, actor, account, Action.SIGN_IN, change)
    return NewSession(number, secret, until)


def actor_of(tx: Transaction, secret: str) -> tuple[int, Actor] | None:
    """The open session behind a browser's secret, and who acts in it. None when it is over."""
    open_ = _open(tx).where(Session.secret == fingerprint(secret), Account.state == AccountState.ACTIVE)
    found = tx.session.execute(open_.join(Account, Account.id == Session.account_id)).one_or_none()
    if found is None:
        return None
    actor = itself(tx, found.account_id, f"web:{found.id}")
    if not actor.login.startswith(MAIL):
        return found.id, actor
    bound = _bound(tx, found.id)
    return (found.id, replace(actor, channel=f"mail:{found.id}", only=bound)) if bound else None


def _bound(tx: Transaction, session: int) -> int | None:
    """The one assignment of a session that a mailed code opened, while policy and the organisation's address stand."""
    if not tx.policy.rules.access.mail_links:
        return None
    wanted = (
        select(Code.assignment_id)
        .join(Account, Account.id == Code.account_id)
        .join(Organisation, Organisation.id == Account.organisation_id)
        .where(Code.session_id == session, Organisation.email == Code.mailed_to)
    )
    found: int | None = tx.session.scalar(wanted)
    return found


def sessions_of(tx: Transaction, account: int) -> list[SessionLine]:
    """An account's open sessions, the newest first."""
    found = tx.session.execute(_open(tx).where(Session.account_id == account).order_by(Session.id.desc()))
    return [SessionLine(row.id, row.began_at, row.until, row.browser, row.address) for row in found]


def sign_out(tx: Transaction, actor: Actor, session: int) -> None:
    """End one of one's own sessions. Raises UnknownSessionError."""
    account = _own(tx, actor)
    rows = [row for row in ended(tx, account.id) if row["id"] == session]
    if not rows:
        raise UnknownSessionError(session=session)
    _write(tx, actor, account, rows)


def sign_out_everywhere(tx: Transaction, actor: Actor, keep: int | None = None) -> int:
    """End all of one's own sessions but `keep`; how many."""
    account = _own(tx, actor)
    rows = [row for row in ended(tx, account.id) if row["id"] != keep]
    if rows:
        _write(tx, actor, account, rows)
    return len(rows)


def ended(tx: Transaction, account: int) -> Sequence[Mapping[str, Any]]:
    """The rows of an account's open sessions as they are to be: over."""
    found = tx.session.execute(_open(tx).where(Session.account_id == account).order_by(Session.id))
    return [{**row._mapping, "ended_at": tx.real} for row in found]  # noqa: SLF001 - SQLAlchemy's documented name


def _own(tx: Transaction, actor: Actor) -> Account:
    return tx.session.get_one(Account, actor.account, with_for_update=True, populate_existing=True)


def _open(tx: Transaction) -> Any:  # noqa: ANN401 - a select of a table's columns
    table = table_of(Session)
    columns = [column for column in table.c if column.name != "seq"]
    return select(*columns).where(table.c.ended_at.is_(None), table.c.until > tx.real)


def _write(tx: Transaction, actor: Actor, account: Account, rows: Sequence[Mapping[str, Any]]) -> None:
    change = Change(attached=[(Session, row) for row in rows])
    record(tx, actor, account, Action.SIGN_OUT, change)
