"""Invitations: a link by which a person sets the first or the next password of an account, once, within some days."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from commands.access.accounts import account_named, may_grant
from commands.access.passwords import set_password
from commands.access.sessions import Client, NewSession, begin
from commands.context.actors import Actor, itself
from commands.context.installation import Transaction
from commands.context.language import speaking, tr
from commands.context.secret_hash import fingerprint
from commands.mail.letter_row import letter
from commands.recording.changes import Change
from commands.recording.writer import numbers, record
from models.access import Invitation
from models.accounts import Account
from models.base import table_of
from models.outbox import Message
from states.actions import Action
from states.lifecycle import Role
from states.refusal import GoneError
from states.subjects import AccountState, Kind, Subject


class InvitationError(GoneError):
    """A link that opens nothing (any more)."""

    template = (
        "This link opens nothing: it was used before, its term is over, or it was not copied whole. "
        "Ask whoever sent it for a new one."
    )


@dataclass(frozen=True, slots=True)
class Invited:
    """A link that was made. `mailed`: it is on its way to the account's address."""

    login: str
    link: str
    until: datetime
    mailed: bool


def invite(tx: Transaction, actor: Actor, login: str) -> Invited:
    """Make a link; earlier ones of the account end. It goes by mail if the account has an address.

    Raises UnknownLoginError, GrantError.
    """
    account = account_named(tx, login)
    may_grant(actor, Role(account.role))
    secret = secrets.token_urlsafe(32)
    until = tx.real + timedelta(days=tx.policy.rules.access.invitation_days)
    row = {
        "id": numbers(tx.session, "invitation")[0],
        "account_id": account.id,
        "secret": fingerprint(secret),
        "until": until,
        "used_at": None,
    }
    change = Change(attached=[(Invitation, each) for each in (*_spent(tx, account.id), row)])
    record(tx, actor, account, Action.INVITE, change)
    link = f"{tx.settings.desk_url}/invitations/{secret}"
    made = Invited(login, link, until, mailed=account.email is not None)
    if made.mailed:
        _mail(tx, account, made)
    return made


def invited(tx: Transaction, secret: str) -> str:
    """The login that a link is for. Raises InvitationError."""
    login: str | None = tx.session.scalar(
        select(Account.login)
        .join(Invitation, Invitation.account_id == Account.id)
        .where(
            Invitation.secret == fingerprint(secret),
            Invitation.used_at.is_(None),
            Invitation.until > tx.real,
            Account.state == AccountState.ACTIVE,
        )
    )
    if login is None:
        raise InvitationError
    return login


def accept_invitation(tx: Transaction, secret: str, password: str, place: Client) -> NewSession:
    """Set the password, spend the link, sign in. Raises InvitationError and what `set_password` raises."""
    account = account_named(tx, invited(tx, secret))
    invited(tx, secret)  # once more, now that the account is ours: of two who use a link at once one is refused
    actor = itself(tx, account.id, "web:invitation")
    spent = [(Invitation, row) for row in _spent(tx, account.id)]
    set_password(tx, actor, account, password, attached=spent)
    tx.session.refresh(account)
    return begin(tx, account, place, "invitation")


def _spent(tx: Transaction, account: int) -> list[dict[str, Any]]:
    """The account's unused links as they are to be: used."""
    table = table_of(Invitation)
    columns = [column for column in table.c if column.name != "seq"]
    unused = select(*columns).where(table.c.account_id == account, table.c.used_at.is_(None)).order_by(table.c.id)
    return [{**row._mapping, "used_at": tx.real} for row in tx.session.execute(unused)]  # noqa: SLF001 - SQLAlchemy's documented name


def _mail(tx: Transaction, account: Account, made: Invited) -> None:
    with speaking(tx.settings.language):
        text = tr(
            "An account “{login}” is open for you. Set your password here, by {until}:\n\n{link}\n\n"
            "The link works once. If you did not expect this mail, tell whoever keeps the accounts.\n",
            login=made.login,
            until=made.until,
            link=made.link,
        )
        row = letter(tx, Subject(Kind.ACCOUNT, account.id).trail, tr("Your account in Poruchenie"), text, secret=True)
    tx.session.execute(insert(Message), row)
