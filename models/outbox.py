"""The outbox: notices, gathered into messages. Written with the transition, sent afterwards."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.trails.tables import Number
from models.base import Base

_UNSENT = text("message_id IS NULL")


class Notice(Base):
    """One recipient is to hear of one entry. `recipient` is `organisation:5` or `account:3`; addresses come later."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("assignment_id", "entry", "recipient"),
        Index("ix_notices_waiting", "send_after", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    entry: Mapped[int] = mapped_column(Integer)
    recipient: Mapped[str]
    action: Mapped[str]
    rung: Mapped[int | None]
    at: Mapped[datetime]
    send_after: Mapped[datetime]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)


class Message(Base):
    """One mail. `sent_at` and `failure` say how it ended; until then `next_attempt_at` says when it is tried.

    `link` is the SHA-256 of the key in its links. The text of a `secret` one is kept only until it is sent.
    """

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[datetime]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime | None] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    link: Mapped[str | None] = mapped_column(index=True, unique=True)
    secret: Mapped[bool] = mapped_column(default=False)
