"""Delivery: sends what is composed, over SMTP or into .eml files. At least once, under one Message-ID."""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

import structlog
from sqlalchemy import select

from commands.context.installation import Transaction
from commands.context.language import speaking, tr
from commands.mail.digests import address
from commands.mail.transports import Transport
from models.outbox import Message
from states.refusal import N_

BATCH = 20
LEASE = timedelta(minutes=30)
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
NO_ADDRESS = N_("no e-mail address in the roster")
BAD_ADDRESS = N_("the e-mail address in the roster can't be written to")

log = structlog.get_logger("poruchenie")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message claimed for sending; `failure` says why there is no `mail` to be sent."""

    message: int
    attempt: int
    mail: EmailMessage | None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of a sending. `permanent`: trying again would not help. `away`: the server failed, not this letter."""

    letter: Letter
    failure: str | None = None
    permanent: bool = False
    away: bool = False


def claim(tx: Transaction, batch: int = BATCH) -> list[Letter]:
    """Take the next messages that are due; for `LEASE` nobody else will. No transaction is held while they are sent."""
    waiting = (
        select(Message)
        .where(Message.next_attempt_at <= tx.now)
        .order_by(Message.next_attempt_at, Message.id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    letters = []
    for message in tx.session.scalars(waiting).all():
        message.attempts += 1
        message.next_attempt_at = tx.now + LEASE
        letters.append(_letter(tx, message))
    return letters


def _letter(tx: Transaction, message: Message) -> Letter:
    """One that can't be written must not keep back the others."""
    to = address(tx, message.recipient)
    if not to:
        return Letter(message.id, message.attempts, None, NO_ADDRESS)
    try:
        mail = _mail(tx, message, to)
        bytes(mail)
    except Exception as error:  # noqa: BLE001 - the email package documents no errors of its parsers
        log.warning("message.unwritable", message=message.id, reason=repr(error))
        return Letter(message.id, message.attempts, None, BAD_ADDRESS)
    return Letter(message.id, message.attempts, mail)


def send(by: Transport, letter: Letter) -> Outcome:
    """Try once."""
    if letter.mail is None:
        return Outcome(letter, letter.failure, permanent=True)
    try:
        by.send(letter.mail)
    except smtplib.SMTPRecipientsRefused as error:
        code, reason = next(iter(error.recipients.values()))
        return Outcome(letter, reason.decode(errors="replace"), permanent=_permanent(code))
    except smtplib.SMTPResponseException as error:
        of_server = isinstance(error, _OF_SERVER)
        return Outcome(letter, str(error), permanent=_permanent(error.smtp_code) and not of_server, away=of_server)
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(letter, str(error) or type(error).__name__, away=True)
    return Outcome(letter)


_OF_SERVER = (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError)


def send_all(by: Transport, letters: Sequence[Letter]) -> list[Outcome]:
    """Try each once; but behind one that met a server that is away or hangs, nobody waits for his own time-out."""
    outcomes: list[Outcome] = []
    for letter in letters:
        met = next((each for each in outcomes if each.away), None)
        outcomes.append(Outcome(letter, met.failure, away=True) if met and letter.mail else send(by, letter))
    return outcomes


def _permanent(code: int) -> bool:
    return code >= 500  # noqa: PLR2004 - RFC 5321, 4.2.1: 5yz is permanent


def settle(tx: Transaction, outcomes: Sequence[Outcome]) -> None:
    """Write down how sendings ended: done, to be tried again, or given up."""
    for outcome in outcomes:
        letter = outcome.letter
        message = tx.session.get_one(Message, letter.message)
        message.failure = outcome.failure
        if outcome.failure is None:
            message.sent_at, message.next_attempt_at = tx.now, None
        elif outcome.permanent or (letter.attempt > len(BACK_OFF) and not outcome.away):
            message.next_attempt_at = None
            log.warning("message.failed", message=letter.message, reason=outcome.failure)
        else:
            message.next_attempt_at = tx.now + BACK_OFF[min(letter.attempt, len(BACK_OFF)) - 1]
            log.warning("message.put_off", message=letter.message, reason=outcome.failure)
        if message.secret and message.next_attempt_at is None:
            message.text = ""


def _mail(tx: Transaction, message: Message, to: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = tx.settings.mail_from, to, message.subject
    mail["Date"] = message.created_at
    domain = tx.settings.mail_from.rpartition("@")[2]
    mail["Message-ID"] = f"<poruchenie-{message.id}-{message.created_at:%Y%m%dT%H%M%S}@{domain}>"
    with speaking(tx.settings.language):
        mail.set_content(message.text + "\n-- \n" + tr("Poruchenie. You need not answer this mail.") + "\n")
    return mail
