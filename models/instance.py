"""The installation itself: its clock, its numbers, the policies it has adopted, its sweeps and verifications."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.trails.tables import Number
from models.base import Audited, Base


class Instance(Base):
    """One row. `clock` is `system`, `test` (--now is allowed) or `demo` (models.clock).

    A demo's time starts at `demo_at` and, while `real_at` is set, passes `speed` times as fast as ours until
    `demo_until`; from then on it passes as ours does.
    """

    __tablename__ = "instance"
    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint("clock IN ('system', 'test', 'demo')", name="clock"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clock: Mapped[str]
    demo_at: Mapped[datetime | None]
    real_at: Mapped[datetime | None]
    speed: Mapped[int] = mapped_column(default=1)
    demo_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Counter(Base):
    """The last number given out of each kind. Locked until the transaction ends, so numbers have no gaps."""

    __tablename__ = "counters"

    kind: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Policy(Audited, Base):
    """A policy (deadlines, ladders, calendar) as adopted: its hash and content."""

    __tablename__ = "policies"
    kind = "policy"

    content_hash: Mapped[str]
    content: Mapped[dict[str, Any]]


class Sweep(Base):
    """The last end of each kind of sweep."""

    __tablename__ = "sweeps"

    name: Mapped[str] = mapped_column(primary_key=True)
    finished_at: Mapped[datetime]


class Verification(Base):
    """A verification of everything, read and found: the database's own word, which proves nothing outside.

    `at` is the machine's time; `asked` a login or a channel; `size` and `root` (hex) the checkpoint's, 0 and empty
    where there was none; `first` the first faults in each language.
    """

    __tablename__ = "verifications"

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    at: Mapped[datetime]
    asked: Mapped[str]
    size: Mapped[int] = mapped_column(Number)
    root: Mapped[str]
    entries: Mapped[int] = mapped_column(Number)
    faults: Mapped[int] = mapped_column(Number)
    first: Mapped[list[Any]]
