"""Transports of mail: SMTP, or .eml files where no server is set."""

import ipaddress
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from models.folders import private_file, private_folder
from models.settings import Settings, SettingsError

TIMEOUT_S = 30


class Transport(Protocol):
    """Something that takes a mail away. Raises smtplib.SMTPException or OSError."""

    def send(self, mail: EmailMessage) -> None:
        """Send one mail."""


class ClearPasswordError(smtplib.SMTPException):
    """A password that would go over the network in the clear."""


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """Writes .eml files, each under its Message-ID, so that a repeated sending leaves one file."""

    folder: Path

    def send(self, mail: EmailMessage) -> None:
        """Write whole or not at all."""
        private_folder(self.folder)
        path = self.folder / f"{mail['Message-ID'].strip('<>').partition('@')[0]}.eml"
        temporary = path.with_suffix(".part")
        private_file(temporary)
        temporary.write_bytes(bytes(mail))
        temporary.replace(path)


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """Talks to `smtp://[user:password@]host[:port]` (STARTTLS when offered) or `smtps://…`.

    Certificates are checked against the system's authorities (SSL_CERT_FILE names others).
    """

    url: str
    timeout_s: float = TIMEOUT_S

    def send(self, mail: EmailMessage) -> None:
        """One connection for one mail: slow and plain."""
        parts = urlsplit(self.url)
        host, context = parts.hostname or "localhost", ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=self.timeout_s, context=context)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=self.timeout_s)
        with server:
            server.ehlo()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
            if parts.username:
                _log_in(server, parts)
            server.send_message(mail)


def _log_in(server: smtplib.SMTP, parts: SplitResult) -> None:
    if not isinstance(server.sock, ssl.SSLSocket) and not _is_here(parts.hostname or "localhost"):
        raise ClearPasswordError(
            f"{parts.hostname} offers no TLS, so the password was not sent: use smtps://, or leave the password out"
        )
    server.login(unquote(parts.username or ""), unquote(parts.password or ""))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
