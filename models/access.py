"""Tables of access: passwords, sessions, invitations, codes, tokens, failures. Secrets stand here only as hashes.

Moments are of the machine's clock, whatever clock the database was made with.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from audit.trails.tables import Number
from models.accounts import Account
from models.base import Attached, Base


class Password(Base):
    """An account's password as Argon2 hashes it. It counts only while `accounts.credential` is its SHA-256."""

    __tablename__ = "passwords"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    hash: Mapped[str]


class Session(Attached, Base):
    """A person signed in at one browser. `secret` is the SHA-256 of what its cookie holds."""

    __tablename__ = "sessions"
    subject = Account
    number_of = "{row}.account_id"
    committed = True  # a network address is personal data

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    secret: Mapped[str] = mapped_column(unique=True)
    began_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    browser: Mapped[str]
    address: Mapped[str]


class Invitation(Attached, Base):
    """A link by which an account gets its (first or next) password, once. `secret` is the SHA-256 of what it holds."""

    __tablename__ = "invitations"
    subject = Account
    number_of = "{row}.account_id"

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    secret: Mapped[str] = mapped_column(unique=True)
    until: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Code(Attached, Base):
    """A single-use code, mailed to an organisation's address, for one assignment. `secret` is the SHA-256 of it.

    `session_id` is the session that it opened, if it did: that one reaches no other assignment, and ends when the
    organisation has another address than `mailed_to`. No foreign keys: SQLite could never drop them.
    """

    __tablename__ = "codes"
    subject = Account
    number_of = "{row}.account_id"
    committed = True  # a mail address may name a person

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(Number)
    secret: Mapped[str] = mapped_column(unique=True)
    mailed_to: Mapped[str]
    until: Mapped[datetime]
    used_at: Mapped[datetime | None]
    session_id: Mapped[int | None] = mapped_column(Number, index=True)


class Token(Attached, Base):
    """A key by which a program acts for a person. `secret` is the SHA-256 of what it sends, `scopes` are words."""

    __tablename__ = "tokens"
    subject = Account
    number_of = "{row}.account_id"
    committed = True  # its name may name a person

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    secret: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    scopes: Mapped[str]
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Reply(Base):
    """The answer to a program's request that wrote, by the key it chose: a repetition writes nothing."""

    __tablename__ = "replies"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[str]
    status: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(index=True)


class Failure(Base):
    """Wrong passwords since a moment: of a login (`login:…`) or from a network address (`address:…`)."""

    __tablename__ = "failures"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime]
