"""Protocols, their items, and the assignments: one workflow instance for each item and addressee."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.trails.tables import WITHOUT_ROWID, Number
from models.base import Attached, Audited, Base
from states.assignment import ASSIGNMENT

_UNDER_CONTROL = text("state = 'under_control'")


class Protocol(Audited, Base):
    """A registered protocol. Only one under control may have the same bytes, or the same body, date and number.

    `situation` is the hash of the overview that Prefect shows.
    """

    __tablename__ = "protocols"
    kind = "protocol"
    unguarded = ("situation",)
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
    situation: Mapped[str | None]


class Item(Attached, Base):
    """One decision of a protocol; `span` is its place in the document's text. The last two columns serve the board.

    `deliverable` is the document that it asks for (`plan`, `program`). `follows_id` is the item whose accepted document
    it only passes on, `builds_on_id` the one whose findings it answers. No foreign keys: SQLite could never drop them.
    """

    __tablename__ = "items"
    subject = Protocol
    number_of = "{row}.protocol_id"
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
    deliverable: Mapped[str | None]
    follows_id: Mapped[int | None] = mapped_column(Number)
    builds_on_id: Mapped[int | None] = mapped_column(Number)
    run_id: Mapped[str | None]
    published: Mapped[str | None]


class Addressing(Attached, Base):
    """An item is addressed to a group: its members on the protocol's date become assignments."""

    __tablename__ = "addressings"
    subject = Protocol
    number_of = "(SELECT protocol_id FROM items WHERE id = {row}.item_id)"
    __table_args__ = WITHOUT_ROWID

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), primary_key=True)


def _partial(name: str, where: str, *columns: str) -> Index:
    """An index on assignments of a few rows of the table."""
    return Index(f"ix_assignments_{name}", *columns, sqlite_where=text(where), postgresql_where=text(where))


class Assignment(Audited, Base):
    """Item × addressee (× period). `seq` is the version that an actor has seen. All moments are UTC.

    While `waits_for` names another assignment it can't be submitted: it opens when that one is closed. `to_check` tells
    the sweep over programs to look at it.
    """

    __tablename__ = "assignments"
    kind = "assignment"
    unguarded = ("rung", "next_check_at", "to_check")
    __table_args__ = (
        UniqueConstraint("item_id", "organisation_id", "period"),
        CheckConstraint("state IN ({})".format(", ".join(f"'{state}'" for state in ASSIGNMENT.states)), name="state"),
        Index("ix_assignments_standing", "item_id", "state", "due", "waits_for"),
        Index("ix_assignments_of_organisation", "organisation_id", "state", "due", "item_id", "waits_for"),
        _partial("overdue", "state IN ('assigned', 'returned')", "due", "organisation_id", "waits_for"),
        _partial("at_ministry", "state IN ('submitted', 'reviewed')", "state", "review_due", "id"),
        _partial("to_review", "state = 'submitted'", "reviewer_id", "review_due", "id"),
        _partial("nobodys", "state = 'submitted' AND reviewer_id IS NULL", "review_due", "id"),
        _partial("to_check", "to_check", "id"),
        *(
            _partial(column, f"{column} IS NOT NULL", column)
            for column in ("next_check_at", "waits_for", "extension_asked")
        ),
        *(
            _partial(column, f"{column} IS NOT NULL", column, "state", "due", "item_id", "waits_for", "id")
            for column in ("assignee_id", "reviewer_id")
        ),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
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
    waits_for: Mapped[int | None] = mapped_column(Number)
    to_check: Mapped[bool] = mapped_column(default=False)
    rung: Mapped[int]
    next_check_at: Mapped[datetime | None]


class Tally(Base):
    """So many of an item's assignments stand in this state with this due. Triggers write it (models.tally_triggers).

    Several rows may speak of the same; only their sum means something. Not evidence: it can be counted anew.
    """

    __tablename__ = "tallies"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    state: Mapped[str]
    due: Mapped[datetime | None]
    number: Mapped[int]


class Likeness(Base):
    """Likeness of a submitted file, for comparison: its hash, written with the report, and for a program the MinHash
    of its text, written by the sweep.

    Not evidence: it can be made anew from the files at any time.
    """

    __tablename__ = "likenesses"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True, index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    signature: Mapped[bytes]
