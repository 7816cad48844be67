"""Separation of persons (not of accounts): who submitted does not judge."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from states.actions import Action
from states.refusal import ForbiddenError, Word


class Separation(StrEnum):
    """The separation of persons: how many a decision passes through."""

    THREE = "three"  # submitter, reviewer and accepter all differ
    TWO = "two"  # whoever reviewed may accept, never the submitter


class SamePersonError(ForbiddenError):
    """One person would judge his own work."""

    template = (
        "Policy “{policy}” separates persons: whoever took “{earlier}” may not take “{action}” on the same report. "
        "Ask a colleague, or appoint a substitute."
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """An action with the persons in it: whoever acted, and whoever he acted for."""

    action: str
    persons: frozenset[int]


_JUDGES: Mapping[str, tuple[Action, ...]] = {
    Action.REVIEW: (Action.SUBMIT,),
    Action.ACCEPT: (Action.SUBMIT, Action.REVIEW),
}


def separate(policy: Separation, history: Iterable[Deed], deed: Deed) -> None:
    """Check a deed against the latest report's history (oldest first). Raises SamePersonError."""
    latest = {past.action: past.persons for past in history}
    for earlier in _JUDGES.get(deed.action, ()):
        if policy is Separation.TWO and earlier is Action.REVIEW:
            continue
        if latest.get(earlier, frozenset()) & deed.persons:
            raise SamePersonError(policy=policy, earlier=Word(earlier), action=Word(deed.action))
