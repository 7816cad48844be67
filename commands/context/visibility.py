"""Visibility: ministry roles see all of it, an executor his own organisation and those below it."""

from typing import Any

from sqlalchemy import Select, select

from commands.context.actors import Actor
from models.protocols import Assignment, Item
from models.rosters import Organisation
from states.lifecycle import Role

SEEING_ALL = (Role.REGISTRAR, Role.REVIEWER, Role.CONTROLLER, Role.LEADER)
_NOWHERE = 0


def scope_of(actor: Actor) -> int | None:
    """The organisation within which the actor sees assignments; None: everywhere. No organisation has number 0."""
    if actor.role in SEEING_ALL:
        return None
    return (actor.organisation or _NOWHERE) if actor.role is Role.EXECUTOR else _NOWHERE


def within_of(organisation: int | None) -> list[Any]:
    """The SQL conditions on assignments; none where everything may be seen."""
    return [] if organisation is None else [Assignment.organisation_id.in_(below(organisation))]


def concerning(organisation: int | None) -> list[Any]:
    """The SQL conditions on items: those with an assignment within."""
    if organisation is None:
        return []
    return [Item.id.in_(select(Assignment.item_id).where(*within_of(organisation)))]


def below(organisation: int) -> Select[tuple[int]]:
    """The numbers of an organisation and of all below it, however deep."""
    tree = select(Organisation.id).where(Organisation.id == organisation).cte(recursive=True)
    tree = tree.union(select(Organisation.id).join(tree, Organisation.superior_id == tree.c.id))
    return select(tree.c.id)
