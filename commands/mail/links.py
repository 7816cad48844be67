"""Links in letters to organisations: each leads to one assignment, and by itself opens nothing."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from audit.trails.tables import Name
from commands.context.actors import MAIL
from commands.context.installation import Transaction
from commands.context.secret_hash import fingerprint
from models.outbox import Message, Notice
from models.protocols import Assignment
from models.rosters import Organisation
from states.assignment import ASSIGNMENT
from states.refusal import ForbiddenError, GoneError
from states.subjects import Kind, Subject

BY_MAIL = tuple(edge.action for edge in ASSIGNMENT.edges if edge.shown and edge.shown.by_mail)
"""What whoever came by a link may do."""


class LinkError(GoneError):
    """A link that opens nothing (any more)."""

    template = (
        "This link opens nothing: it was not copied whole, its assignment went to another organisation, or links from "
        "letters are not in use any more. Take the link of the latest letter, or ask the control officer."
    )


class OnlyLinkedError(ForbiddenError):
    """Whoever came by a link wants more than it leads to."""

    template = (
        "A link from a letter leads to one assignment and what an executor does with it, no further. For the rest sign "
        "in with an account of your organisation; an administrator opens one."
    )


@dataclass(frozen=True, slots=True)
class Linked:
    """The target of a link: an assignment, its addressee, and the addressee's mail address of now."""

    assignment: int
    organisation: int
    email: str

    @property
    def login(self) -> str:
        """Of the account under which the organisation acts."""
        return f"{MAIL}{self.organisation}"


def new_key(tx: Transaction, recipient: str, organisations: Iterable[int]) -> str | None:
    """A key for the links of one letter; None where it gets none, as it tells of no assignment of its recipient's."""
    own = any(recipient == Subject(Kind.ORGANISATION, each).trail for each in organisations)
    return secrets.token_urlsafe(24) if own and tx.policy.rules.access.mail_links else None


def linked(tx: Transaction, key: str, assignment: int) -> Linked:
    """Raises LinkError."""
    wanted = (
        select(Assignment.id, Assignment.organisation_id, Organisation.email)
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .join(Notice, Notice.assignment_id == Assignment.id)
        .join(Message, Message.id == Notice.message_id)
        .where(
            Assignment.id == assignment,
            Message.link == fingerprint(key),
            Message.recipient == "organisation:" + Assignment.organisation_id.cast(Name),
            Organisation.email.is_not(None),
        )
        .limit(1)
    )
    found = tx.session.execute(wanted).one_or_none() if tx.policy.rules.access.mail_links else None
    if found is None:
        raise LinkError
    return Linked(*found)
