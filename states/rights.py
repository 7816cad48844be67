"""Rights that rest on whose account it is: who keeps accounts of a role, whose business an assignment is."""

from collections.abc import Collection

from states.actions import Action
from states.lifecycle import Role

_BY_CONTROLLER = (Role.REVIEWER, Role.CONTROLLER)


def grantor(role: Role) -> Role | None:
    """The role that makes and keeps accounts of a role; None: nobody makes another account of the flows."""
    if role is Role.SYSTEM:
        return None
    return Role.CONTROLLER if role in _BY_CONTROLLER else Role.ADMIN


def own_business(organisation: int | None, addressee: int | None) -> bool:
    """An executor acts for the addressee itself, not for those below it."""
    return organisation is not None and organisation == addressee


def judges_another(organisations: Collection[int | None], addressee: int | None) -> bool:
    """A reviewer judges for none of the organisations that he belongs to."""
    return addressee not in organisations


_WORDS_OF_EXECUTORS = (Action.SUBMIT, Action.COMMENT, Action.REQUEST_EXTENSION)


def erased_by_two(action: str, field: str) -> bool:
    """Whether a text of an entry is destroyed only by two persons: hashes of evidence, and reasons of decisions."""
    return field == "files" or (field == "note" and action not in _WORDS_OF_EXECUTORS)
