"""Organisations, the groups that protocols address, and who belongs to them when."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from audit.trails.tables import WITHOUT_ROWID
from models.base import Attached, Audited, Base


class Organisation(Audited, Base):
    """A ministry, a department, a municipal authority or a school. The root has no superior."""

    __tablename__ = "organisations"
    kind = "organisation"
    committed = ("name", "email", "head_name")

    name: Mapped[str] = mapped_column(unique=True)
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    email: Mapped[str | None]
    head_name: Mapped[str | None]


class Group(Audited, Base):
    """A named group of organisations. Aliases are phrases of protocols that mean it."""

    __tablename__ = "groups"
    kind = "group"
    committed = ("name", "aliases")

    name: Mapped[str] = mapped_column(unique=True)
    aliases: Mapped[list[Any]]


class Membership(Attached, Base):
    """An organisation's place in a group, from `since` to `until` (local dates, both included; open when null)."""

    __tablename__ = "memberships"
    subject = Group
    number_of = "{row}.group_id"
    __table_args__ = WITHOUT_ROWID

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True, index=True)
    since: Mapped[date | None]
    until: Mapped[date | None]
