"""Hierarchy of a roster: one root, no loops, and every superior before those below it."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from intake.roster import RosterRow
from models.rosters import Organisation
from states.refusal import InvalidError


class SuperiorError(InvalidError):
    """A superior that is neither in the file nor in the roster."""

    template = "Line {line}: the superior organisation “{superior}” is neither in the file nor in the roster."


class LoopError(InvalidError):
    """An organisation that is, through others, its own superior."""

    template = "Line {line}: “{organisation}” would be its own superior (through {through})."


class RootError(InvalidError):
    """Two organisations at the top."""

    template = (
        "Line {line}: “{organisation}” has no superior, but “{root}” already stands at the top. Name its superior."
    )


def check_tree(rows: Mapping[str, RosterRow], known: Mapping[str, Organisation]) -> None:
    """Check what the roster would become. Raises SuperiorError, RootError, LoopError."""
    names = {each.id: each.name for each in known.values()}
    above = {name: names.get(each.superior_id or 0) for name, each in known.items()}
    above |= {name: row.superior or above.get(name) for name, row in rows.items()}
    tops = [name for name, superior in above.items() if superior is None]
    for name, row in rows.items():
        if row.superior is not None and row.superior not in above:
            raise SuperiorError(line=row.line, superior=row.superior)
        if above[name] is None and name != tops[0]:
            raise RootError(line=row.line, organisation=name, root=tops[0])
    _refuse_loops(rows, above)


def _refuse_loops(rows: Mapping[str, RosterRow], above: Mapping[str, str | None]) -> None:
    try:
        TopologicalSorter({name: {superior} for name, superior in above.items() if superior is not None}).prepare()
    except CycleError as error:
        *ring, _ = reversed(error.args[1])  # each of them below the next
        first = next(name for name in rows if name in ring)
        at = ring.index(first)
        through = ", ".join([*ring[at + 1 :], *ring[:at]]) or first
        raise LoopError(line=rows[first].line, organisation=first, through=through) from error


def downwards(rows: Mapping[str, RosterRow]) -> list[str]:
    """Names so that a superior comes before those below it, however deep."""
    ordered: dict[str, None] = {}
    for name in rows:
        chain: list[str] = []
        at: str | None = name
        while at is not None and at in rows and at not in ordered:
            chain.append(at)
            at = rows[at].superior
        ordered |= dict.fromkeys(reversed(chain))
    return [*ordered]
