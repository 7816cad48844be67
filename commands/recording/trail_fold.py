"""One trail folded: the last state, the values of columns, the rows attached to the subject."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Table

import models.schema  # noqa: F401 - all tables, whatever else a process has imported
from audit.trails.entries import GENESIS, Head
from audit.trails.verify import Fault
from models.base import Attached, Audited, Base, table_of
from states.actions import Action
from states.assignment import AT_EXECUTOR, AT_MINISTRY
from states.ladders import Recipient
from states.refusal import N_
from states.separation import Deed

STRANGE = N_("tells of columns or rows in a way that this program never does")


@dataclass(frozen=True, slots=True)
class Line:
    """An attached row, as the entry `seq` told it."""

    seq: int
    table: str
    columns: Mapping[str, Any]

    @property
    def key(self) -> tuple[object, ...]:
        """The table and the primary key. Raises KeyError or TypeError where there is none."""
        key = tuple(self.columns[column.name] for column in attached()[self.table][1].primary_key)
        if not all(type(each) is int and 0 < each < 2**53 for each in key):
            raise TypeError(f"{key} is no key of {self.table}")
        return (self.table, *key)


_AWAITING = (Action.SUBMIT, Action.RETURN, Action.REOPEN, Action.RESTORE)
"""Actions after which another report may come; the first may have come before the registration."""


@dataclass(slots=True)
class Footing:
    """The footing of an assignment by its entries: since when it stands at its present step of the way, with what due
    moment; how far up the ladder it has come there (days of the rung); whether its report waits to be checked; and
    the entries of all rungs of which the executor was to hear; since when a report is awaited.
    """

    stage: tuple[str, Any] | None = None
    since: str = ""
    climbed: int | None = None
    unchecked: bool = False
    heard: list[int] = field(default_factory=list)
    awaited: str = ""

    def take(self, content: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
        """Take in one more entry, whose columns are folded already."""
        state, action = content["to"], content["action"]
        stage = None
        if state in AT_EXECUTOR:
            stage = ("executor", columns.get("due"))
        elif state in AT_MINISTRY:
            stage = (state, columns.get("review_due"))
        if stage != self.stage:
            self.stage, self.since, self.climbed = stage, content["at"], None
        if action in (Action.REMIND, Action.ESCALATE):
            self.climbed = int(content["facts"]["rung"])
            if Recipient.EXECUTOR in content["facts"]["to"]:
                self.heard.append(content["seq"])
        elif action in (Action.SUBMIT, Action.CHECK):
            self.unchecked = action == Action.SUBMIT
        if action in _AWAITING:
            self.awaited = content["at"]


@dataclass
class FoldedTrail:
    """One trail, folded: the last state, the values of columns, the attached rows."""

    trail: str
    state: str = "new"
    head: Head = GENESIS
    columns: dict[str, Any] = field(default_factory=dict)
    lines: dict[tuple[object, ...], Line] = field(default_factory=dict)
    committed: dict[str, int] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    footing: Footing = field(default_factory=Footing)
    at: datetime | None = None
    assigned: Mapping[str, Any] = field(default_factory=dict)  # what an assignment was given when it was made
    assigned_at: str = ""

    def fold(self, content: dict[str, Any], head: Head) -> Iterator[Fault]:
        """Take in one more entry."""
        self.state, self.head, self.at = content["to"], head, datetime.fromisoformat(content["at"])
        self.committed.update(dict.fromkeys(content["fields"], head.seq))
        try:
            self.columns.update(content["facts"].get("set", {}))
            for table, rows in content["facts"].get("rows", {}).items():
                for row in rows:
                    self.add(Line(head.seq, table, row))
            self.footing.take(content, self.columns)
            if content["action"] == Action.ASSIGN:
                self.assigned, self.assigned_at = dict(content["facts"]["set"]), content["at"]
        except (AttributeError, KeyError, TypeError, ValueError):
            yield Fault(content["trail"], head.seq, STRANGE)

    def add(self, line: Line) -> None:
        """A row told again replaces what was told of it before."""
        self.lines[line.key] = line


@cache
def subjects() -> dict[str, type[Audited]]:
    """Kind → the class of its rows."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return {each.kind: each for each in mapped if issubclass(each, Audited)}


@cache
def attached() -> dict[str, tuple[type[Attached], Table]]:
    """Table name → the class of its rows, and the table."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return {each.__tablename__: (each, table_of(each)) for each in mapped if issubclass(each, Attached)}
