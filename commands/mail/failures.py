"""Mail that did not arrive: for the control officer, who can telephone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from commands.context.installation import Transaction
from commands.context.language import tr
from models.accounts import Account
from models.outbox import Message
from models.rosters import Organisation


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that did not reach its recipient, and why. `again` (UTC): when it is tried next; None: given up."""

    recipient: str
    subject: str
    failure: str
    created_at: datetime
    again: datetime | None


_FAILED = (Message.failure.is_not(None), Message.sent_at.is_(None))


def undelivered(tx: Transaction, limit: int = 20) -> list[Undelivered]:
    """The latest messages that failed and were not sent since, given up ones first."""
    query = (
        select(Message).where(*_FAILED).order_by(Message.next_attempt_at.is_not(None), Message.id.desc()).limit(limit)
    )
    return [_undelivered(tx, each) for each in tx.session.scalars(query)]


def undelivered_count(tx: Transaction) -> int:
    """The number of such messages."""
    return tx.session.scalar(select(func.count()).select_from(Message).where(*_FAILED)) or 0


def _undelivered(tx: Transaction, each: Message) -> Undelivered:
    failure = tr(str(each.failure))
    return Undelivered(_named(tx, each.recipient), each.subject, failure, each.created_at, each.next_attempt_at)


def _named(tx: Transaction, recipient: str) -> str:
    """`organisation:5` by its name, `account:3` by its login."""
    kind, _, number = recipient.partition(":")
    column = Organisation.name if kind == "organisation" else Account.login
    model = Organisation if kind == "organisation" else Account
    return tx.session.scalar(select(column).where(model.id == int(number))) or recipient
