"""Delivery: sends what is composed, over SMTP or into .eml files. At least once, under one Message-ID."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy import select

from commands.installation import Office
from commands.language import speaking, tr
from commands.messages import address
from models.outbox import Message
from models.settings import Settings, SettingsError
from states.refusal import N_

BATCH = 20
TIMEOUT_S = 30
LEASE = timedelta(minutes=30)
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
NO_ADDRESS = N_("no e-mail address in the roster")
BAD_ADDRESS = N_("the e-mail address in the roster can't be written to")

log = structlog.get_logger("poruchenie")


class Transport(Protocol):
    """Something that takes a mail away. Raises smtplib.SMTPException or OSError."""

    def send(self, mail: EmailMessage) -> None:
        """Send one mail."""


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """Writes .eml files, each under its Message-ID, so that a repeated sending leaves one file."""

    folder: Path

    def send(self, mail: EmailMessage) -> None:
        """Write whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{mail['Message-ID'].strip('<>').partition('@')[0]}.eml"
        temporary = path.with_suffix(".part")
        temporary.write_bytes(bytes(mail))
        temporary.replace(path)


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """Talks to `smtp://[user:password@]host[:port]` (STARTTLS when offered) or `smtps://…`."""

    url: str

    def send(self, mail: EmailMessage) -> None:
        """One connection for one mail: slow and plain."""
        parts = urlsplit(self.url)
        host, context = parts.hostname or "localhost", ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_S)
        with server:
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(mail)


def transport(settings: Settings) -> Transport:
    """SMTP when set, otherwise files. Raises SettingsError, also where no mail could be sent from our own address."""
    try:
        EmailMessage()["From"] = settings.mail_from
    except Exception as error:
        expected = "name@example.org"
        raise SettingsError(variable="PORUCHENIE_MAIL_FROM", value=settings.mail_from, expected=expected) from error
    if settings.smtp_url is None:
        return FolderTransport(settings.mail)
    if urlsplit(settings.smtp_url).scheme not in ("smtp", "smtps"):
        raise SettingsError(variable="PORUCHENIE_SMTP_URL", value="…", expected="smtp://host:port, smtps://host:port")
    return SmtpTransport(settings.smtp_url)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message claimed for sending; `failure` says why there is no `mail` to be sent."""

    message: int
    attempt: int
    mail: EmailMessage | None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a sending ended. `permanent`: trying again would not help."""

    letter: Letter
    failure: str | None = None
    permanent: bool = False


def claim(office: Office, batch: int = BATCH) -> list[Letter]:
    """Take the next messages that are due; for `LEASE` nobody else will. No transaction is held while they are sent."""
    waiting = (
        select(Message)
        .where(Message.next_attempt_at <= office.now)
        .order_by(Message.next_attempt_at, Message.id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    letters = []
    for message in office.session.scalars(waiting).all():
        message.attempts += 1
        message.next_attempt_at = office.now + LEASE
        letters.append(_letter(office, message))
    return letters


def _letter(office: Office, message: Message) -> Letter:
    """One that can't be written must not keep back the others."""
    to = address(office, message.recipient)
    if not to:
        return Letter(message.id, message.attempts, None, NO_ADDRESS)
    try:
        mail = _mail(office, message, to)
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
        permanent = _permanent(error.smtp_code) and not isinstance(error, smtplib.SMTPAuthenticationError)
        return Outcome(letter, str(error), permanent=permanent)
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(letter, str(error) or type(error).__name__)
    return Outcome(letter)


def _permanent(code: int) -> bool:
    return code >= 500  # noqa: PLR2004 - RFC 5321, 4.2.1: 5yz is permanent


def settle(office: Office, outcomes: Sequence[Outcome]) -> None:
    """Write down how sendings ended: done, to be tried again, or given up."""
    for outcome in outcomes:
        letter = outcome.letter
        message = office.session.get_one(Message, letter.message)
        message.failure = outcome.failure
        if outcome.failure is None:
            message.sent_at, message.next_attempt_at = office.now, None
        elif outcome.permanent or letter.attempt > len(BACK_OFF):
            message.next_attempt_at = None
            log.warning("message.failed", message=letter.message, reason=outcome.failure)
        else:
            message.next_attempt_at = office.now + BACK_OFF[letter.attempt - 1]
            log.warning("message.put_off", message=letter.message, reason=outcome.failure)


def _mail(office: Office, message: Message, to: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = office.settings.mail_from, to, message.subject
    mail["Date"] = message.created_at
    domain = office.settings.mail_from.rpartition("@")[2]
    mail["Message-ID"] = f"<poruchenie-{message.id}-{message.created_at:%Y%m%dT%H%M%S}@{domain}>"
    with speaking(office.settings.language):
        mail.set_content(message.text + "\n-- \n" + tr("Poruchenie. You need not answer this mail.") + "\n")
    return mail
