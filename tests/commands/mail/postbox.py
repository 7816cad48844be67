"""Both ends of a letter's way: what lies in the outbox, and a mail server that takes it or does not."""

import email
from typing import Any

from aiosmtpd.smtp import SMTP
from sqlalchemy import select

from models.outbox import Message
from tests.world import World


def messages(world: World) -> list[Message]:
    """The outbox, oldest first."""
    with world.installation.read() as tx:
        return list(tx.session.scalars(select(Message).order_by(Message.id)))


class Postbox:
    """An SMTP server's handler that answers as it is told and keeps what it takes."""

    def __init__(self) -> None:
        self.answer = "250 OK"
        self.taken: list[str] = []

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            self.taken.append(email.message_from_bytes(envelope.content)["Message-ID"])
        return self.answer
