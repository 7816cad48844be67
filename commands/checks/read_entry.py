"""An entry as replay reads it: its content, the edge that it takes, its trail as told so far, its disclosed texts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from audit.trails.verify import Fault
from commands.recording.trail_fold import FoldedTrail
from states.lifecycle import Edge
from states.refusal import N_

STRANGE = N_("tells of what it does in a way that this program never does")


class ReadEntry:
    """One entry before it is folded into its trail.

    `at`: its moment (UTC). `columns`: those that it tells plainly. `told`: the trail before it. `shown`: its texts by
    field, but for those that were erased. Raises TypeError where it tells no columns in order.
    """

    # Plain slots: of a million entries, a frozen dataclass would be felt.
    __slots__ = ("action", "at", "columns", "content", "edge", "kind", "number", "shown", "told")

    def __init__(self, content: Mapping[str, Any], edge: Edge, told: FoldedTrail, shown: Mapping[str, str]) -> None:
        self.content, self.edge, self.told, self.shown = content, edge, told, shown
        self.kind, _, self.number = content["trail"].partition(":")
        self.action: str = content["action"]
        self.at = datetime.fromisoformat(content["at"])
        self.columns: Mapping[str, Any] = content["facts"].get("set", {})
        if not isinstance(self.columns, dict):
            raise TypeError(self.columns)

    def fault(self, template: str, **values: object) -> Fault:
        """A fault of this entry."""
        return Fault(self.content["trail"], self.content["seq"], template, values)
