"""One line of each register: what its readers are told of an assignment, an item, a protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from commands.language import said, tr
from states.deadlines import Derivation
from states.rollup import roll_up


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """One assignment as registers show it. `version` is the `seq` of its last entry; moments are UTC."""

    id: int
    protocol: int
    item: str
    addressee: str
    state: str
    version: int
    due: datetime | None
    overdue: bool
    late: bool
    derivation: dict[str, Any] | None
    literal: str | None
    run_id: str | None
    item_id: int
    organisation_id: int
    period: int
    waits_for: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How many assignments stand where, and what that makes of the item (or the protocol)."""

    counts: Mapping[str, int]
    overdue: int

    @property
    def total(self) -> int:
        """All assignments."""
        return sum(self.counts.values())

    @property
    def state(self) -> str:
        """The roll-up: a state or `overdue`."""
        return roll_up(self.counts, self.overdue)

    def said(self) -> str:
        """«14 из 26 приняты, 3 просрочены»."""
        accepted = tr("{accepted} of {total} accepted", accepted=self.counts.get("accepted", 0), total=self.total)
        overdue = tr("{overdue} overdue", overdue=self.overdue)
        return f"{accepted}, {overdue}" if self.overdue else accepted


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item with its progress."""

    id: int
    protocol: int
    number: str
    text: str
    modality: str
    deadline: dict[str, Any]
    derivation: dict[str, Any] | None
    addressees: Sequence[Any]
    contacts: Sequence[Any]
    form_columns: Sequence[Any] | None
    deliverable: str | None
    run_id: str | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class ProtocolLine:
    """One protocol with its progress."""

    id: int
    number: str | None
    date: date
    title: str | None
    state: str
    department: str
    registered_at: datetime
    items: int
    progress: Progress


def explained(derivation: dict[str, Any] | None, literal: str | None) -> str:
    """Why a due moment is what it is, in a sentence."""
    if derivation is None:
        return tr("no due moment yet: the event that it awaits has no date") if literal else tr("no due moment")
    steps = [said(template, values) for template, values in Derivation.read(derivation).explain()]
    return (f"«{literal}»: " if literal else "") + "; ".join(steps)
