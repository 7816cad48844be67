"""Mail that did not arrive: for the control officer, who can telephone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from commands.context.installation import Office
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


def undelivered(office: Office, limit: int = 20) -> list[Undelivered]:
    """The latest messages that failed and were not sent since, given up ones first."""
    query = (
        select(Message)
        .where(Message.failure.is_not(None), Message.sent_at.is_(None))
        .order_by(Message.next_attempt_at.is_not(None), Message.id.desc())
        .limit(limit)
    )
    return [_told(office, each) for each in office.session.scalars(query)]


def _told(office: Office, each: Message) -> Undelivered:
    failure = tr(str(each.failure))
    return Undelivered(_named(office, each.recipient), each.subject, failure, each.created_at, each.next_attempt_at)


def _named(office: Office, recipient: str) -> str:
    """`organisation:5` by its name, `account:3` by its login."""
    kind, _, number = recipient.partition(":")
    column = Organisation.name if kind == "organisation" else Account.login
    model = Organisation if kind == "organisation" else Account
    return office.session.scalar(select(column).where(model.id == int(number))) or recipient
