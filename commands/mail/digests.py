"""Composing messages: the notices that have waited long enough, one digest for each recipient, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from commands.context.installation import Transaction
from commands.context.language import counted, speaking, tr
from commands.context.secret_hash import fingerprint
from commands.mail.letter_row import letter
from commands.mail.links import new_key
from models.accounts import Account
from models.base import table_of
from models.outbox import Message, Notice
from models.protocols import Assignment, Item, Protocol
from models.rosters import Organisation
from states.actions import Action
from states.refusal import N_
from states.subjects import Kind, Subject

RECIPIENTS = 100
_EXCERPT = 160

OPENED = "open"
"""No action, but what a notice says once an assignment that waited is open."""
HEADINGS = {
    Action.ASSIGN: N_("New assignments"),
    Action.REMIND: N_("The deadline is near"),
    Action.ESCALATE: N_("The deadline has passed"),
    Action.RETURN: N_("Returned for rework"),
    Action.REOPEN: N_("Returned for rework"),
    OPENED: N_("Open now: what they waited for is closed"),
    Action.SUBMIT: N_("Reports to be reviewed"),
    Action.REVIEW: N_("Conclusions to be decided on"),
    Action.ACCEPT: N_("Accepted, off control"),
    Action.REQUEST_EXTENSION: N_("Requests for an extension"),
    Action.EXTEND: N_("Deadline extended"),
    Action.REFUSE_EXTENSION: N_("Extension refused"),
    Action.REDATE: N_("Deadline changed"),
    Action.WITHDRAW: N_("Withdrawn"),
    Action.RESTORE: N_("Restored"),
    Action.REASSIGN: N_("Assigned to you in person"),
    Action.TRANSFER: N_("Transferred to you"),
    Action.ASSIGN_REVIEWER: N_("Given to you for review"),
}


@dataclass(frozen=True, slots=True)
class Composed:
    """One batch of messages."""

    messages: int
    more: bool


def compose(tx: Transaction, recipients: int = RECIPIENTS) -> Composed:
    """Gather the ripe notices of the next recipients into one message each. Safe to kill, may run twice at once."""
    session = tx.session
    ripe = (Notice.message_id.is_(None)) & (Notice.send_after <= tx.now)
    waiting = select(Notice.recipient).where(ripe).distinct().order_by(Notice.recipient).limit(recipients)
    chosen = list(session.scalars(waiting))
    taken = select(Notice.id).where(ripe, Notice.recipient.in_(chosen)).with_for_update(skip_locked=True)
    ids = list(session.scalars(taken))
    for recipient, notices in _by_recipient(tx, ids).items():
        with speaking(tx.settings.language):
            row = _message(tx, recipient, notices)
        number = session.scalar(insert(Message).values(row).returning(Message.id))
        numbers = [each.id for each in notices]
        session.execute(update(table_of(Notice)).where(Notice.id.in_(numbers)).values(message_id=number))
    return Composed(len(chosen), more=len(chosen) == recipients)


def _by_recipient(tx: Transaction, ids: Sequence[int]) -> dict[str, list[Row[Any]]]:
    wanted = (
        select(
            *table_of(Notice).c["id", "recipient", "action", "assignment_id"],
            Organisation.name.label("addressee"),
            *table_of(Item).c["number", "text"],
            table_of(Protocol).c["date"],
            *table_of(Assignment).c["due", "organisation_id"],
        )
        .join(Assignment, Assignment.id == Notice.assignment_id)
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .join(Item, Item.id == Assignment.item_id)
        .join(Protocol, Protocol.id == Item.protocol_id)
        .where(Notice.id.in_(ids))
        .order_by(Notice.recipient, Notice.action, Assignment.due, Assignment.id, Notice.id)
    )
    gathered: dict[str, list[Row[Any]]] = {}
    for row in tx.session.execute(wanted):
        gathered.setdefault(row.recipient, []).append(row)
    return gathered


def _message(tx: Transaction, recipient: str, notices: Sequence[Row[Any]]) -> dict[str, Any]:
    number = len({each.assignment_id for each in notices})
    key = new_key(tx, recipient, (each.organisation_id for each in notices))
    subject = counted("{number} assignment under control", "{number} assignments under control", number)
    if any(each.action == Action.ESCALATE for each in notices):
        subject = tr("Overdue") + ". " + subject
    text = _text(tx, notices, key)
    return letter(tx, recipient, subject, text, link=fingerprint(key) if key else None)


def _text(tx: Transaction, notices: Sequence[Row[Any]], key: str | None) -> str:
    lines: list[str] = []
    for action in dict.fromkeys(each.action for each in notices):
        lines += ["", tr(HEADINGS[action]) + ":"]
        lines += [_line(tx, each, key) for each in notices if each.action == action]
    return "\n".join(lines).strip() + "\n"


def _line(tx: Transaction, notice: Row[Any], key: str | None) -> str:
    text = notice.text if len(notice.text) <= _EXCERPT else notice.text[: _EXCERPT - 1].rstrip() + "…"
    link = f"{tx.settings.desk_url}/assignments/{notice.assignment_id}"
    due = tx.policy.calendar.last_day(notice.due) if notice.due else tr("not set")
    line = tr(
        "- {addressee}: item {item} of the protocol of {date}, due {due}. {text}\n  {link}",
        addressee=notice.addressee,
        item=notice.number,
        date=notice.date,
        due=due,
        text=text,
        link=link,
    )
    if key and notice.recipient == Subject(Kind.ORGANISATION, notice.organisation_id).trail:
        by_mail = f"{tx.settings.desk_url}/mail/{notice.assignment_id}/{key}"
        line += "\n  " + tr("Without an account: {link}", link=by_mail)
    return line


def address(tx: Transaction, recipient: str) -> str | None:
    """The e-mail address behind `organisation:5` or `account:3`, as of now."""
    kind, _, number = recipient.partition(":")
    column = Organisation.email if kind == "organisation" else Account.email
    model = Organisation if kind == "organisation" else Account
    found: str | None = tx.session.scalar(select(column).where(model.id == int(number)))
    return found
