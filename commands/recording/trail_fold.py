"""One trail folded: the last state, the values of columns, the rows attached to the subject."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Table

import models.schema  # noqa: F401 - all tables, whatever else a process has imported
from audit.trails.entries import GENESIS, Head
from audit.trails.verify import Fault
from models.base import Attached, Audited, Base, table_of
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

    def fold(self, content: dict[str, Any], head: Head) -> Iterator[Fault]:
        """Take in one more entry."""
        self.state, self.head = content["to"], head
        self.committed.update(dict.fromkeys(content["fields"], head.seq))
        try:
            self.columns.update(content["facts"].get("set", {}))
            for table, rows in content["facts"].get("rows", {}).items():
                for row in rows:
                    self.add(Line(head.seq, table, row))
        except (AttributeError, KeyError, TypeError, ValueError):
            yield Fault(content["trail"], head.seq, STRANGE)

    def add(self, line: Line) -> None:
        """A row told again replaces what was told of it before."""
        self.lines[line.key] = line


def subjects() -> dict[str, type[Audited]]:
    """Kind → the class of its rows."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return {each.kind: each for each in mapped if issubclass(each, Audited)}


@cache
def attached() -> dict[str, tuple[type[Attached], Table]]:
    """Table name → the class of its rows, and the table."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return {each.__tablename__: (each, table_of(each)) for each in mapped if issubclass(each, Attached)}
