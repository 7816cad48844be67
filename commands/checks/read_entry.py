"""An entry as replay reads it: its content, the edge that it takes, its trail as told so far, its disclosed texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from audit.trails.verify import Fault
from commands.recording.trail_fold import FoldedTrail
from states.lifecycle import Edge
from states.refusal import N_

STRANGE = N_("tells of what it does in a way that this program never does")


@dataclass(frozen=True)
class ReadEntry:
    """One entry before it is folded into its trail. `told`: the trail before it. `shown`: its texts by field, but for
    those that were erased.
    """

    content: Mapping[str, Any]
    edge: Edge
    told: FoldedTrail
    shown: Mapping[str, str]

    @cached_property
    def at(self) -> datetime:
        """Its moment (UTC)."""
        return datetime.fromisoformat(self.content["at"])

    @property
    def kind(self) -> str:
        """The kind of its subject."""
        return str(self.content["trail"]).partition(":")[0]

    @property
    def number(self) -> str:
        """The number of its subject."""
        return str(self.content["trail"]).partition(":")[2]

    @property
    def columns(self) -> Mapping[str, Any]:
        """The columns that it tells plainly. Raises TypeError where it tells none in order."""
        found = self.content["facts"].get("set", {})
        if not isinstance(found, dict):
            raise TypeError(found)
        return found

    def fault(self, template: str, **values: object) -> Fault:
        """A fault of this entry."""
        return Fault(self.content["trail"], self.content["seq"], template, values)
