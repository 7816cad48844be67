"""Real SMTP servers, good and bad: mail goes out over TLS with a log-in, and no server makes anybody lose or wait."""

import smtplib
import socket
import socketserver
import ssl
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from commands.mail.delivery import Letter, send, send_all
from commands.mail.failures import undelivered
from commands.mail.transports import ClearPasswordError, SmtpTransport, _log_in
from tests.commands.mail.postbox import Postbox, messages
from tests.world import World, free_port


def mail() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = "a@example.org", "b@example.org", "<1@example.org>"
    return made


@pytest.mark.slow
def test_a_server_that_was_away_for_a_week_gets_everything_afterwards(world: World) -> None:
    here = world.installation.settings
    world.installation = replace(world.installation, settings=replace(here, smtp_url="smtp://127.0.0.1:9"))
    world.at("2020-06-01 16:30").register()
    for day in range(2, 10):
        for hour in (9, 14, 19):
            world.at(f"2020-06-{day:02} {hour:02}:00").sweep()
    addressed = [message for message in messages(world) if message.recipient != "account:3"]
    assert all(message.next_attempt_at for message in addressed)
    world.installation = replace(world.installation, settings=here)
    world.at("2020-06-10 09:00").sweep()
    assert all(message.sent_at for message in messages(world) if message.recipient != "account:3")


def test_behind_a_server_that_hangs_nobody_waits_for_his_own_time_out() -> None:
    asked: list[object] = []
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        slow = SmtpTransport(f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.2)
        outcomes = send_all(_Counting(slow, asked), [Letter(number, 1, mail()) for number in range(50)])
    assert [(outcome.away, outcome.permanent) for outcome in outcomes] == [(True, False)] * 50
    assert len(asked) == 1


class _Counting:
    """A transport that notes what goes through it."""

    def __init__(self, by: SmtpTransport, seen: list[object]) -> None:
        self.by, self.seen = by, seen

    def send(self, mail: EmailMessage) -> None:
        self.seen.append(mail)
        self.by.send(mail)


class _Liar(socketserver.BaseRequestHandler):
    """Says that all is well in a language of its own."""

    def handle(self) -> None:
        self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")


def test_a_server_that_talks_nonsense_is_tried_again() -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), _Liar) as liar:
        threading.Thread(target=liar.serve_forever, daemon=True).start()
        outcome = send(SmtpTransport(f"smtp://127.0.0.1:{liar.server_address[1]}"), Letter(1, 1, mail()))
        liar.shutdown()
    assert outcome.failure
    assert not outcome.permanent


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's TLS context whose certificate this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = tmp_path / "certificate.pem", tmp_path / "key.pem"
    pem.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context


def _known(_server: object, _session: object, _envelope: object, _mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"ministry", b"p@ss"), handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # aiosmtpd can't see TLS around it
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize(("password", "taken"), [("p%40ss", 1), ("wrong", 0)])
def test_mail_goes_over_tls_with_a_log_in(certificate: ssl.SSLContext, scheme: str, password: str, taken: int) -> None:
    box, port = Postbox(), free_port()
    secured: dict[str, Any] = {"ssl_context" if scheme == "smtps" else "tls_context": certificate}
    server = Controller(
        box, hostname="127.0.0.1", port=port, server_hostname="localhost", authenticator=_known, auth_required=True,
        auth_require_tls=scheme == "smtp", **secured,
    )  # fmt: skip
    server.start()
    outcome = send(SmtpTransport(f"{scheme}://ministry:{password}@localhost:{port}"), Letter(1, 1, mail()))
    server.stop()
    assert len(box.taken) == taken
    assert (outcome.failure is None, outcome.permanent) == (taken == 1, False)
    assert taken or "Authentication credentials invalid" in str(outcome.failure)


def test_a_password_never_goes_over_the_network_in_the_clear() -> None:
    with pytest.raises(ClearPasswordError, match="offers no TLS"):
        _log_in(smtplib.SMTP(), urlsplit("smtp://ministry:secret@mail.example.org"))


def test_the_board_shows_what_did_not_arrive(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    one = world.one("1.1", "Authority A").id
    world.at("2020-06-02 22:00").act("a", one, "request_extension", note="Later", due="2020-06-05")
    world.at("2020-06-03 09:00").sweep()
    with world.installation.read() as tx:
        told = [(each.recipient, each.failure, each.again) for each in undelivered(tx)]
    assert told == [("controller", "no e-mail address in the roster", None)]
