"""Importing a roster: organisations, groups and memberships, new ones created, known ones updated, none deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from commands.actors import Actor
from commands.installation import Office
from commands.recording import BEGINNING, Change, Standing, alter, create, numbers, seal
from intake import RosterRow, read_roster
from models.base import Audited
from models.rosters import Group, Membership, Organisation
from states.refusal import RefusedError


class SuperiorError(RefusedError):
    """A superior that is neither in the file nor in the roster."""

    template = "Line {line}: the superior organisation “{superior}” is neither in the file nor in the roster."


class LoopError(RefusedError):
    """An organisation that is, through others, its own superior."""

    template = "Line {line}: “{organisation}” would be its own superior (through {through})."


class RootError(RefusedError):
    """Two organisations at the top."""

    template = (
        "Line {line}: “{organisation}” has no superior, but “{root}” already stands at the top. Name its superior."
    )


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    created: int
    updated: int
    unchanged: int


def import_roster(office: Office, actor: Actor, data: bytes, filename: str) -> Imported:
    """Import a CSV or XLSX file whole or not at all. Raises BadRosterError and this module's errors."""
    rows = read_roster(data, filename)
    by_name = {row.organisation: row for row in rows}
    known = {each.name: each for each in office.session.scalars(select(Organisation).with_for_update())}
    _check_tree(by_name, known)
    tally = {"created": 0, "updated": 0, "unchanged": 0}
    ids = {name: each.id for name, each in known.items()}
    for name in _downwards(by_name):
        row = by_name[name]
        columns = {
            "name": name,
            "superior_id": ids[row.superior] if row.superior else None,
            "email": row.email,
            "head_name": row.head,
        }
        ids[name], outcome = _put(office, actor, Organisation, known.get(name), columns, [])
        tally[outcome] += 1
    for outcome in _import_groups(office, actor, rows, ids):
        tally[outcome] += 1
    return Imported(**tally)


def _import_groups(office: Office, actor: Actor, rows: Sequence[RosterRow], ids: Mapping[str, int]) -> list[str]:
    known = {each.name: each for each in office.session.scalars(select(Group).with_for_update())}
    outcomes = []
    for name in dict.fromkeys(row.group for row in rows if row.group):
        members = [row for row in rows if row.group == name]
        group = known.get(name)
        aliases = list(dict.fromkeys([*(group.aliases if group else []), *(a for row in members for a in row.aliases)]))
        current = _members(office, group)
        wanted = {ids[row.organisation]: (row.since, row.until) for row in members}
        number = group.id if group else numbers(office.session, Group.kind)[0]
        attached = [
            (Membership, {"group_id": number, "organisation_id": organisation, "since": since, "until": until})
            for organisation, (since, until) in wanted.items()
            if current.get(organisation) != (since, until)
        ]
        _, outcome = _put(office, actor, Group, group, {"name": name, "aliases": aliases}, attached, number)
        outcomes.append(outcome)
    return outcomes


def _members(office: Office, group: Group | None) -> dict[int, tuple[Any, Any]]:
    if group is None:
        return {}
    found = office.session.scalars(select(Membership).where(Membership.group_id == group.id))
    return {each.organisation_id: (each.since, each.until) for each in found}


def _put(  # noqa: PLR0917 - a row, what it was, and what hangs on it
    office: Office,
    actor: Actor,
    model: type[Audited],
    known: Any,  # noqa: ANN401 - a row of `model`
    columns: Mapping[str, Any],
    attached: Sequence[tuple[type[Membership], Mapping[str, Any]]],
    number: int | None = None,
) -> tuple[int, str]:
    if known is None:
        number = number or numbers(office.session, model.kind)[0]
        change = Change(columns, attached)
        create(office.session, model, seal(actor, model, number, BEGINNING, "create", change), number, change)
        return number, "created"
    changed = {name: value for name, value in columns.items() if getattr(known, name) != value}
    if not changed and not attached:
        return known.id, "unchanged"
    change = Change(changed, attached)
    alter(office.session, model, seal(actor, model, known.id, Standing.of(known), "update", change), known.id, change)
    return known.id, "updated"


def _check_tree(rows: Mapping[str, RosterRow], known: Mapping[str, Organisation]) -> None:
    names = {each.id: each.name for each in known.values()}
    above = {name: names.get(each.superior_id or 0) for name, each in known.items()}
    above |= {name: row.superior for name, row in rows.items()}
    tops = [name for name, superior in above.items() if superior is None]
    for name, row in rows.items():
        if row.superior is not None and row.superior not in above:
            raise SuperiorError(line=row.line, superior=row.superior)
        if row.superior is None and len(tops) > 1 and name != tops[0]:
            raise RootError(line=row.line, organisation=name, root=tops[0])
        path = [name]
        while (superior := above.get(path[-1])) is not None:
            if superior in path:
                raise LoopError(line=row.line, organisation=name, through=", ".join(path[1:]) or name)
            path.append(superior)


def _downwards(rows: Mapping[str, RosterRow]) -> list[str]:
    """Names so that a superior comes before those below it."""
    ordered: dict[str, None] = {}

    def place(name: str) -> None:
        superior = rows[name].superior
        if superior and superior in rows and superior not in ordered:
            place(superior)
        ordered[name] = None

    for name in rows:
        place(name)
    return list(ordered)
