"""Protocols, their items, and the assignments: one workflow instance for each item and addressee."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.tables import WITHOUT_ROWID, Number
from models.base import Attached, Audited, Base
from states.assignment import ASSIGNMENT

_UNDER_CONTROL = text("state = 'under_control'")


class Protocol(Audited, Base):
    """A registered protocol. Only one under control may have the same bytes, or the same body, date and number."""

    __tablename__ = "protocols"
    kind = "protocol"
    committed = ("number", "title", "place", "body", "signatory", "filename")
    __table_args__ = tuple(
        Index(f"uq_protocols_{name}", name, unique=True, sqlite_where=_UNDER_CONTROL, postgresql_where=_UNDER_CONTROL)
        for name in ("source_hash", "content_hash")
    )

    number: Mapped[str | None]
    date: Mapped[date]
    title: Mapped[str | None]
    place: Mapped[str | None]
    body: Mapped[str | None]
    signatory: Mapped[str | None]
    filename: Mapped[str]
    source_hash: Mapped[str]
    content_hash: Mapped[str]
    department_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("protocols.id"))
    registered_at: Mapped[datetime]
    expanded: Mapped[bool]


class Item(Attached, Base):
    """One decision of a protocol; `span` is its place in the document's text. The last two columns serve the board."""

    __tablename__ = "items"
    trail_of = "'protocol:' || {row}.protocol_id"
    unguarded = ("run_id", "published")
    committed = True

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    protocol_id: Mapped[int] = mapped_column(ForeignKey("protocols.id"), index=True)
    number: Mapped[str]
    position: Mapped[int]
    text: Mapped[str]
    modality: Mapped[str]
    deadline: Mapped[dict[str, Any]]
    addressees: Mapped[list[Any]]
    co_executors: Mapped[list[Any]]
    contacts: Mapped[list[Any]]
    form_columns: Mapped[list[Any] | None]
    span: Mapped[list[Any]]
    derivation: Mapped[dict[str, Any] | None]
    recurs: Mapped[str | None]
    run_id: Mapped[str | None]
    published: Mapped[str | None]


class Addressing(Attached, Base):
    """An item is addressed to a group: its members on the protocol's date become assignments."""

    __tablename__ = "addressings"
    trail_of = "'protocol:' || (SELECT protocol_id FROM items WHERE id = {row}.item_id)"
    __table_args__ = WITHOUT_ROWID

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), primary_key=True)


class Assignment(Audited, Base):
    """Item × addressee (× period). `seq` is the version that an actor has seen. All moments are UTC."""

    __tablename__ = "assignments"
    kind = "assignment"
    unguarded = ("rung", "next_check_at")
    __table_args__ = (
        UniqueConstraint("item_id", "organisation_id", "period"),
        CheckConstraint("state IN ({})".format(", ".join(f"'{state}'" for state in ASSIGNMENT.states)), name="state"),
        Index(
            "ix_assignments_next_check_at",
            "next_check_at",
            sqlite_where=text("next_check_at IS NOT NULL"),
            postgresql_where=text("next_check_at IS NOT NULL"),
        ),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    period: Mapped[int]
    due: Mapped[datetime | None]
    derivation: Mapped[dict[str, Any] | None]
    late: Mapped[bool]
    report_version: Mapped[int]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    review_due: Mapped[datetime | None]
    extension_asked: Mapped[date | None]
    asked_late: Mapped[bool]
    rung: Mapped[int]
    next_check_at: Mapped[datetime | None]
