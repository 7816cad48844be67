"""Accounts and substitutes. An account is one role of one person."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from audit.trails.tables import Number
from models.base import Attached, Audited, Base
from states.lifecycle import Role


class Account(Audited, Base):
    """A login with a role. `person_id` is the first account of the same person: separation is of persons.

    `credential` is the SHA-256 of the password's hash (models.access): one put in unaudited opens nothing.
    """

    __tablename__ = "accounts"
    kind = "account"
    committed = ("login", "name", "email")
    __table_args__ = (CheckConstraint("role IN ({})".format(", ".join(f"'{role}'" for role in Role)), name="role"),)

    login: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str | None]
    email: Mapped[str | None]
    credential: Mapped[str | None]


class Substitution(Attached, Base):
    """A substitution: from `since` to `until` (local dates, both included) one may act in the absent person's name."""

    __tablename__ = "substitutions"
    subject = Account
    number_of = "{row}.absent_id"

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    absent_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    since: Mapped[date]
    until: Mapped[date]
