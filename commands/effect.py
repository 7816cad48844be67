"""What an action comes to besides the state."""

from dataclasses import dataclass, field
from typing import Any

from commands.evidence import Evidence
from states.ladders import Recipient


@dataclass(frozen=True, slots=True)
class Effect:
    """Columns to change, facts for the entry, who hears of it, and whether they hear at once."""

    columns: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    hear: tuple[Recipient, ...] = ()
    at_once: bool = False
    kept: tuple[Evidence, ...] = ()  # files that stand already and belong to this action too
