"""What each verification of everything read and found is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(astext_type=sa.Text(), none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "verifications",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", NAME, nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("root", NAME, nullable=False),
        sa.Column("entries", NUMBER, nullable=False),
        sa.Column("faults", NUMBER, nullable=False),
        sa.Column("first", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifications")),
    )


def downgrade() -> None:
    op.drop_table("verifications")
