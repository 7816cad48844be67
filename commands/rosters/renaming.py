"""A new name for an organisation: everything stays with it, and the next import finds it by that name."""

import unicodedata

from sqlalchemy import select

from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.recording.changes import Change
from commands.recording.writer import numbers, record
from commands.rosters.organisations import organisation_named
from models.rosters import Organisation
from states.actions import Action
from states.refusal import ConflictError


class NameTakenError(ConflictError):
    """A name that is empty or another's."""

    template = "“{name}” can't be the new name: it is empty, or an organisation bears it already."


def rename(tx: Transaction, actor: Actor, old: str, new: str) -> int:
    """The organisation's number. Raises UnknownOrganisationError, NameTakenError, WrongRoleError."""
    numbers(tx.session, Organisation.kind, 0)  # holds the counter: nobody imports beside us
    organisation = organisation_named(tx, unicodedata.normalize("NFC", old))
    name = " ".join(unicodedata.normalize("NFC", new).split())
    if not name or tx.session.scalar(select(Organisation.id).where(Organisation.name == name)) is not None:
        raise NameTakenError(name=name)
    change = Change({"name": name})
    record(tx, actor, organisation, Action.UPDATE, change)
    return organisation.id
