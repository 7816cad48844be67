"""Importing a roster: organisations, groups and memberships, new ones created, known ones updated, none deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, select

from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.recording.changes import Change
from commands.recording.writer import TrailState, numbers, record
from commands.rosters.hierarchy import check_tree, downwards
from intake.roster import RosterRow, read_roster
from models.base import Audited
from models.rosters import Group, Membership, Organisation
from states.actions import Action
from states.refusal import InvalidError

FACTS = ("superior", "email", "head")
Period = tuple[date | None, date | None]
MOST_MEMBERS = 400
"""So many memberships go into one entry; more would be too long for the Merkle log."""
_M = TypeVar("_M", Organisation, Group)


class PeriodError(InvalidError):
    """An organisation that left a group and would come back: the days of before would be lost."""

    template = (
        "Line {line}: “{organisation}” was in the group “{group}” on other days ({since} – {until}), and only one "
        "period is kept: name another group, or a period that takes in both."
    )


@dataclass(frozen=True, slots=True)
class Imported:
    """The outcome of an import."""

    created: int
    updated: int
    unchanged: int


def import_roster(tx: Transaction, actor: Actor, data: bytes, filename: str) -> Imported:
    """Import a CSV or XLSX file whole or not at all; an empty cell says nothing, what is stored stays.

    Raises BadRosterError, PeriodError and what `check_tree` raises.
    """
    rows = read_roster(data, filename)
    by_name = _merged(rows)
    numbers(tx.session, Organisation.kind, 0)  # holds the counter: nobody imports beside us
    known = {each.name: each for each in tx.session.scalars(_all(Organisation))}
    check_tree(by_name, known)
    tally = {"created": 0, "updated": 0, "unchanged": 0}
    ids = {name: each.id for name, each in known.items()}
    for name in downwards(by_name):
        row = by_name[name]
        superior = ids[row.superior] if row.superior else None
        columns = {"name": name, "superior_id": superior, "email": row.email, "head_name": row.head}
        if stored := known.get(name):
            columns = {column: value for column, value in columns.items() if value is not None}
        ids[name], outcome = _put(tx, actor, Organisation, stored, columns, [])
        tally[outcome] += 1
    for outcome in _import_groups(tx, actor, rows, ids):
        tally[outcome] += 1
    return Imported(**tally)


def _merged(rows: Sequence[RosterRow]) -> dict[str, RosterRow]:
    """One row for each organisation: of every fact, what the first line says that says anything."""
    merged: dict[str, RosterRow] = {}
    for row in rows:
        first = merged.setdefault(row.organisation, row)
        lacking = {name: getattr(row, name) for name in FACTS if getattr(first, name) is None}
        merged[row.organisation] = first.model_copy(update=lacking)
    return merged


def _all(model: type[_M]) -> Select[tuple[_M]]:
    """Every row, locked in one order, as it is now; a registration that only points to it need not wait."""
    return select(model).order_by(model.id).with_for_update(key_share=True).execution_options(populate_existing=True)


def _import_groups(tx: Transaction, actor: Actor, rows: Sequence[RosterRow], ids: Mapping[str, int]) -> list[str]:
    known = {each.name: each for each in tx.session.scalars(_all(Group))}
    outcomes = []
    for name in dict.fromkeys(row.group for row in rows if row.group):
        members = [row for row in rows if row.group == name]
        group = known.get(name)
        aliases = list(dict.fromkeys([*(group.aliases if group else []), *(a for row in members for a in row.aliases)]))
        number = group.id if group else numbers(tx.session, Group.kind)[0]
        current = _members(tx, group)
        attached = []
        for row in members:
            organisation = ids[row.organisation]
            since, until = _period(row, current.get(organisation))
            if current.get(organisation) != (since, until):
                place = {"group_id": number, "organisation_id": organisation}
                attached.append((Membership, place | {"since": since, "until": until}))
        first, rest = attached[:MOST_MEMBERS], attached[MOST_MEMBERS:]
        _, outcome = _put(tx, actor, Group, group, {"name": name, "aliases": aliases}, first, number)
        outcomes.append(outcome)
        for at in range(0, len(rest), MOST_MEMBERS):
            stored = tx.session.get_one(Group, number, populate_existing=True)
            _put(tx, actor, Group, stored, {}, rest[at : at + MOST_MEMBERS])
    return outcomes


def _period(row: RosterRow, stored: Period | None) -> Period:
    """The days of a membership: those of the line, or those stored if it names none. Raises PeriodError."""
    told = (row.since, row.until)
    if stored is None or told == stored:
        return told
    if told == (None, None):
        return stored
    begins = max(told[0] or date.min, stored[0] or date.min)
    if begins > min(told[1] or date.max, stored[1] or date.max):
        shown = {name: day or "…" for name, day in zip(("since", "until"), stored, strict=True)}
        raise PeriodError(line=row.line, organisation=row.organisation, group=row.group, **shown)
    return told


def _members(tx: Transaction, group: Group | None) -> dict[int, Period]:
    if group is None:
        return {}
    found = tx.session.scalars(select(Membership).where(Membership.group_id == group.id))
    return {each.organisation_id: (each.since, each.until) for each in found}


def _put(  # noqa: PLR0917 - a row, what it was, and what hangs on it
    tx: Transaction,
    actor: Actor,
    model: type[Audited],
    known: Any,  # noqa: ANN401 - a row of `model`
    columns: Mapping[str, Any],
    attached: Sequence[tuple[type[Membership], Mapping[str, Any]]],
    number: int | None = None,
) -> tuple[int, str]:
    if known is None:
        number = number or numbers(tx.session, model.kind)[0]
        change = Change(columns, attached)
        record(tx, actor, TrailState.new(model, number), Action.CREATE, change)
        return number, "created"
    changed = {name: value for name, value in columns.items() if getattr(known, name) != value}
    if not changed and not attached:
        return known.id, "unchanged"
    change = Change(changed, attached)
    record(tx, actor, known, Action.UPDATE, change)
    return known.id, "updated"
