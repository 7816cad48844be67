"""The upgrade: where the log went over to rules by which every entry is judged for what it means.

Entries of earlier rules, sealed before, lack some of what that needs. What is amiss with them is a remark; with any
other entry it is a fault.
"""

from functools import cached_property

from sqlalchemy import Connection, select

from audit.trails.tables import entries, leaves, lifecycles
from audit.trails.verify import Fault, Remark

_PLACED = (entries.c.trail == leaves.c.trail) & (entries.c.seq == leaves.c.seq)


class Upgrade:
    """The place of the first entry of the log's own trail whose rules declare what an action writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def _before(self) -> list[bytes]:
        """The rules of before."""
        declared = self._connection.execute(select(lifecycles.c.hash, lifecycles.c.declared))
        return [digest for digest, rules in declared if isinstance(rules, bytes) and b'"sets":' not in rules]

    @cached_property
    def _place(self) -> int | None:
        under_new = (entries.c.trail == "log:1") & entries.c.lifecycle.not_in(self._before)
        first = select(leaves.c.leaf_index).join_from(leaves, entries, _PLACED).where(under_new)
        return self._connection.scalar(first.order_by(leaves.c.leaf_index).limit(1))

    def weigh(self, fault: Fault) -> Fault:
        """The fault, or as a remark if its entry is of earlier rules and was sealed before the upgrade."""
        if self._place is None:
            return fault
        here = (leaves.c.trail == fault.trail) & (leaves.c.seq == fault.seq)
        wanted = select(leaves.c.leaf_index, entries.c.lifecycle).join_from(leaves, entries, _PLACED).where(here)
        found = self._connection.execute(wanted).first()
        if found is None or found.leaf_index >= self._place or found.lifecycle not in self._before:
            return fault
        return Remark(fault.trail, fault.seq, fault.template, fault.values)
