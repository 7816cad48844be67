"""The table by which Alembic knows the revision of a database; it is no part of our own metadata."""

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table

REVISIONS = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
