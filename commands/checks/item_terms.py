"""Terms that come from a protocol: each item's due date by the words of its deadline, each assignment's by its item."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from audit.trails.verify import Fault
from commands.assignments.deadlines import derived, next_period
from commands.checks.policies import Policies
from commands.checks.read_entry import ReadEntry
from commands.recording.changes import as_json
from commands.recording.stored_entries import STUMBLING
from commands.recording.trail_fold import FoldedTrail
from models.policy import Policy
from models.protocols import Item, Protocol
from states.actions import Action
from states.deadlines import Derivation
from states.refusal import N_
from states.subjects import Kind

ITEM = N_("item {item} has another due date than its words come to, by the policy and the calendar then in force")
ASSIGNED = N_("it was given another due date than its item has, by the policy and the calendar then in force")
_MANY = 20_000


def registered(entry: ReadEntry, policies: Policies) -> Iterator[Fault]:
    """Faults about the due dates of a protocol's items. Raises KeyError, TypeError, ValueError for odd ones."""
    if entry.kind != Kind.PROTOCOL or entry.action != Action.REGISTER:
        return
    signed = date.fromisoformat(entry.columns["date"])
    for field, text in entry.shown.items():
        if field.startswith(f"{Item.__tablename__}/"):
            item = json.loads(text)
            rights = [_of_item(item, signed, each) for each in policies.at(entry.at)]
            if item["derivation"] not in rights:
                yield entry.fault(ITEM, item=item["number"])


def _of_item(item: Mapping[str, Any], signed: date, policy: Policy) -> dict[str, Any] | None:
    due = derived(item["deadline"], signed, policy) if item["modality"] != "inform" else None
    return due.stored() if due else None


class Assigned:
    """Compares what assignments were given when they were made with the items that they were made of."""

    def __init__(self, connection: Connection, policies: Policies) -> None:
        self._connection, self._policies = connection, policies
        self._items: dict[int, Row[Any]] = {}

    def compare(self, trails: Iterable[FoldedTrail]) -> Iterator[Fault]:
        """Faults of these trails' first entries."""
        made = [told for told in trails if told.assigned]
        self._read({told.assigned["item_id"] for told in made if isinstance(told.assigned.get("item_id"), int)})
        for told in made:
            item = self._items.get(told.assigned.get("item_id", 0))
            try:
                if item is not None and not self._right(told, item):
                    yield Fault(told.trail, 1, ASSIGNED)
            except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
                yield Fault(told.trail, 1, ASSIGNED)

    def _read(self, numbers: set[int]) -> None:
        if len(self._items) > _MANY:
            self._items.clear()
        lacking = numbers - self._items.keys()
        wanted = select(Item.id, Item.deadline, Item.derivation, Protocol.date)
        try:
            for row in self._connection.execute(wanted.join(Protocol).where(Item.id.in_(lacking))) if lacking else ():
                self._items[row.id] = row
        except STUMBLING:
            return  # an item that can't be read is named itself

    def _right(self, told: FoldedTrail, item: Row[Any]) -> bool:
        given = (told.assigned["due"], told.assigned["derivation"])
        period, at = told.assigned["period"], datetime.fromisoformat(told.assigned_at)
        if period == 0:
            due = Derivation.read(item.derivation) if item.derivation else None
            return given == ((as_json(due.due), due.stored()) if due else (None, None))
        return any(given == _of_period(item, period, each) for each in self._policies.at(at))


def _of_period(item: Row[Any], period: int, policy: Policy) -> tuple[Any, Any]:
    """The due moment of a later period of a recurring item, counted from the protocol's date."""
    end = item.date
    for _ in range(period + 1):
        due = next_period(item.deadline, end, policy)
        end = due.counted
    return as_json(due.due), due.stored()
