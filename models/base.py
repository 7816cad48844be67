"""The base of all tables: the metadata with the audit log's tables, and the head of a trail on each audited row."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Date, Integer, LargeBinary, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from audit.trails.tables import Moment, Name, Number, metadata

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """Types of columns; tables share the audit log's metadata, so that keys may point to it."""

    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        date: Date,
        str: Name,
        bytes: LargeBinary,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


def table_of(model: type[Any]) -> Table:
    """The table behind a mapped class, for statements that need no objects."""
    return Base.metadata.tables[model.__tablename__]


class Audited:
    """A row that is the head of its trail `kind:id`: state, sequence and hash match the trail's last entry.

    Triggers refuse any change to a column outside `unguarded` that no new entry accounts for. Every entry tells
    the new values of the columns that it changed: `committed` ones (names, free text) as commitments, the rest plainly.
    """

    __tablename__: str
    kind: ClassVar[str]
    unguarded: ClassVar[tuple[str, ...]] = ()
    committed: ClassVar[tuple[str, ...]] = ()

    id: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False, sort_order=-2)
    state: Mapped[str] = mapped_column(sort_order=-1)
    seq: Mapped[int] = mapped_column(Integer, sort_order=-1)
    entry_hash: Mapped[bytes] = mapped_column(sort_order=-1)


class Attached:
    """A row that hangs on another subject and belongs to its trail: `seq` is the entry that wrote it last.

    `subject` is the class of that other row; `number_of` an SQL expression over this row's columns that gives its
    number, with `{row}` for NEW, OLD or the table's name. It is written after the entry and before the subject's row.
    """

    __tablename__: str
    subject: ClassVar[type[Audited]]
    number_of: ClassVar[str]
    unguarded: ClassVar[tuple[str, ...]] = ()
    committed: ClassVar[bool] = False  # whether the entry holds the row only as a commitment

    seq: Mapped[int] = mapped_column(Integer)

    @classmethod
    def trail_of(cls, row: str) -> str:
        """The SQL expression of the row's trail."""
        return f"'{cls.subject.kind}:' || {cls.number_of.format(row=row)}"
