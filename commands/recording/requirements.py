"""Requirements of an action beyond state and role, for assignments, protocols and accounts alike."""

from collections.abc import Mapping

from states.lifecycle import Edge, Lifecycle, Need
from states.refusal import N_, InvalidError, Word


class NeedError(InvalidError):
    """Something that the action demands is missing."""

    template = "“{action}” needs {need}."


NEEDED = {
    Need.REASON: N_("a reason"),
    Need.BASIS: N_("its basis: whose decision, of what date and number"),
    Need.TEXT: N_("a text"),
    Need.REPORT: N_("a text or at least one file"),
    Need.DUE: N_("a date"),
    Need.TARGET: N_("a person or an organisation"),
}


def demand(edge: Edge, given: Mapping[Need, object]) -> None:
    """Raises NeedError for the first need that nothing was given for."""
    for need in edge.needs:
        if not given[need]:
            raise NeedError(action=Word(edge.action), need=NEEDED[need])


def basis_of(lifecycle: Lifecycle, action: str, note: str) -> str:
    """The note of an action that rests on a basis, trimmed. Raises NeedError if it says nothing."""
    said = note.strip()
    demand(lifecycle.edge(action), {Need.BASIS: said})
    return said
