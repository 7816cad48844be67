"""Invitations: a link by which a person sets the first or the next password of an account, once, within some days."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from commands.access.accounts import account_named, may_grant
from commands.access.passwords import set_password
from commands.access.sessions import Entered, Place, begin
from commands.context.actors import Actor, itself
from commands.context.installation import Office
from commands.context.language import speaking, tr
from commands.context.secret_hash import fingerprint
from commands.mail.outbox import letter
from commands.recording.writer import Change, Standing, alter, numbers, seal
from models.access import Invitation
from models.accounts import Account
from models.base import table_of
from models.outbox import Message
from states.lifecycle import Role
from states.refusal import RefusedError


class InvitationError(RefusedError):
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


def invite(office: Office, actor: Actor, login: str) -> Invited:
    """Make a link; earlier ones of the account end. It goes by mail if the account has an address.

    Raises UnknownLoginError, GrantError.
    """
    account = account_named(office, login)
    may_grant(actor, Role(account.role))
    secret = secrets.token_urlsafe(32)
    until = office.real + timedelta(days=office.policy.rules.access.invitation_days)
    row = {
        "id": numbers(office.session, "invitation")[0],
        "account_id": account.id,
        "secret": fingerprint(secret),
        "until": until,
        "used_at": None,
    }
    change = Change(attached=[(Invitation, each) for each in (*_spent(office, account.id), row)])
    entry = seal(actor, Account, account.id, Standing.of(account), "invite", change)
    alter(office.session, Account, entry, account.id, change)
    link = f"{office.settings.desk_url}/invitations/{secret}"
    made = Invited(login, link, until, mailed=account.email is not None)
    if made.mailed:
        _mail(office, account, made)
    return made


def invited(office: Office, secret: str) -> str:
    """The login that a link is for. Raises InvitationError."""
    login: str | None = office.session.scalar(
        select(Account.login)
        .join(Invitation, Invitation.account_id == Account.id)
        .where(
            Invitation.secret == fingerprint(secret),
            Invitation.used_at.is_(None),
            Invitation.until > office.real,
            Account.state == "active",
        )
    )
    if login is None:
        raise InvitationError
    return login


def accept_invitation(office: Office, secret: str, password: str, place: Place) -> Entered:
    """Set the password, spend the link, sign in. Raises InvitationError and what `set_password` raises."""
    account = account_named(office, invited(office, secret))
    invited(office, secret)  # once more, now that the account is ours: of two who use a link at once one is refused
    actor = itself(office, account.id, "web:invitation")
    spent = [(Invitation, row) for row in _spent(office, account.id)]
    set_password(office, actor, account, password, attached=spent)
    office.session.refresh(account)
    return begin(office, account, place, "invitation")


def _spent(office: Office, account: int) -> list[dict[str, Any]]:
    """The account's unused links as they are to be: used."""
    table = table_of(Invitation)
    columns = [column for column in table.c if column.name != "seq"]
    unused = select(*columns).where(table.c.account_id == account, table.c.used_at.is_(None)).order_by(table.c.id)
    return [{**row._mapping, "used_at": office.real} for row in office.session.execute(unused)]  # noqa: SLF001 - SQLAlchemy's documented name


def _mail(office: Office, account: Account, made: Invited) -> None:
    with speaking(office.settings.language):
        text = tr(
            "An account “{login}” is open for you. Set your password here, by {until}:\n\n{link}\n\n"
            "The link works once. If you did not expect this mail, tell whoever keeps the accounts.\n",
            login=made.login,
            until=made.until,
            link=made.link,
        )
        row = letter(office, f"account:{account.id}", tr("Your account in Poruchenie"), text, secret=True)
    office.session.execute(insert(Message), row)
