"""The tables of the audit log. Entries, lifecycles and edges are never changed; triggers see to it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    func,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite has no zones, so they are dropped and given back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive datetime; write the rest in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


Number = BigInteger().with_variant(Integer, "sqlite")
Name = String().with_variant(String(collation="C"), "postgresql")
"""Text compared byte by byte on both databases."""
WITHOUT_ROWID: dict[str, Any] = {"sqlite_with_rowid": False}
"""SQLite's hidden rowid is one more key, by which INSERT OR REPLACE and UPDATE OR REPLACE delete unseen by triggers."""

lifecycles = Table(
    "lifecycles",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("declared", LargeBinary, nullable=False),
    **WITHOUT_ROWID,
)

edges = Table(
    "edges",
    metadata,
    Column("lifecycle", LargeBinary, ForeignKey("lifecycles.hash"), primary_key=True),
    Column("action", Name, primary_key=True),
    Column("source", Name, primary_key=True),
    Column("state", Name, primary_key=True),
    **WITHOUT_ROWID,
)

entries = Table(
    "entries",
    metadata,
    Column("trail", Name, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("lifecycle", LargeBinary, nullable=False),
    Column("action", Name, nullable=False),
    Column("source", Name, nullable=False),
    Column("state", Name, nullable=False),
    Column("at", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["lifecycle", "action", "source", "state"],
        ["edges.lifecycle", "edges.action", "edges.source", "edges.state"],
    ),
)
Index("ix_entries_at", entries.c.at, entries.c.trail, entries.c.seq)
Index("ix_entries_action", entries.c.action, entries.c.at, entries.c.trail, entries.c.seq)


def _number(role: str) -> ColumnElement[Any]:
    """The number of an account in an entry's bytes. No cast: bytes that were tampered with must not break the index."""
    return func.substring(func.encode(entries.c.body, text("'escape'")), text(f"'\"{role}\":([0-9]+),'"))


ACTOR, FOR = _number("actor"), _number("for")
Index("ix_entries_actor", ACTOR, entries.c.at).ddl_if(dialect="postgresql")
Index("ix_entries_for", FOR, entries.c.at, postgresql_where=FOR.is_not(None)).ddl_if(dialect="postgresql")

disclosures = Table(
    "disclosures",
    metadata,
    Column("trail", Name, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("field", Name, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("value", Text, nullable=False),
    ForeignKeyConstraint(["trail", "seq"], ["entries.trail", "entries.seq"]),
)
WORDS: ColumnElement[Any] = func.to_tsvector(text("'simple'"), func.left(disclosures.c.value, text("100000")))
"""PostgreSQL's words of a disclosed text; a longer one would be refused as a whole."""
Index("ix_disclosures_words", WORDS, postgresql_using="gin").ddl_if(dialect="postgresql")

pending = Table(
    "pending",
    metadata,
    Column("id", Number, primary_key=True),
    Column("trail", Name, nullable=False),
    Column("seq", Integer, nullable=False),
    ForeignKeyConstraint(["trail", "seq"], ["entries.trail", "entries.seq"]),
    sqlite_autoincrement=True,
)
"""Entries that wait for the Merkle log, in the order of their writing; a trigger fills it."""

leaves = Table(
    "leaves",
    metadata,
    Column("leaf_index", Number, primary_key=True, autoincrement=False),
    Column("trail", Name),
    Column("seq", Integer),
    ForeignKeyConstraint(["trail", "seq"], ["entries.trail", "entries.seq"]),
    UniqueConstraint("trail", "seq"),
)
"""Entries with their places in the Merkle log. Without an entry: one that a restored backup did not know any more."""
