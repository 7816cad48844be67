"""Empty places of the log: somebody gave a place to no entry, so nothing behind it can be sealed until it is filled."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from audit.merkle.sequencer import EmptyPlaceError
from audit.trails.tables import leaves, pending
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.context.rollback_guard import sealed_size
from commands.log.sealing import log_of
from commands.recording.changes import Change
from commands.recording.requirements import basis_of
from commands.recording.writer import TrailState, record
from models.log import Log
from models.settings import Settings
from states.actions import Action
from states.refusal import ConflictError
from states.subjects import LOG, Kind, Subject


class NothingToFillError(ConflictError):
    """No place of the log is empty."""

    template = "No place of the log that is still to be sealed is empty: there is nothing to fill."


def empty_places(session: Session, settings: Settings) -> list[int]:
    """Places that are still to be sealed and have no entry. Raises LogError."""
    empty = leaves.c.trail.is_(None) & (leaves.c.leaf_index >= sealed_size(settings))
    return list(session.scalars(select(leaves.c.leaf_index).where(empty).order_by(leaves.c.leaf_index)))


def first_empty_place(session: Session, settings: Settings) -> EmptyPlaceError | None:
    """The alarm about the first of them, if there is one. Raises LogError."""
    found = empty_places(session, settings)
    return EmptyPlaceError(index=found[0]) if found else None


def fill_places(tx: Transaction, actor: Actor, basis: str) -> list[int]:
    """Fill each with an entry that tells of it; the places. What stood there before, if anything, nobody can know.

    Raises NothingToFillError, NeedError, WrongRoleError, LogNotBegunError, LogError.
    """
    note, row = basis_of(LOG, Action.FILL_PLACE, basis), log_of(tx.session)
    LOG.permit(Action.FILL_PLACE, actor.role)
    places = empty_places(tx.session, tx.settings)
    if not places:
        raise NothingToFillError
    before = TrailState.of_columns(Log, row)
    trail = Subject(Kind.LOG, row.id).trail
    for place in places:
        entry = record(tx, actor, before, Action.FILL_PLACE, Change(facts={"place": place}, texts={"note": note}))
        here = {"trail": trail, "seq": entry.head.seq}
        tx.session.execute(update(leaves).where(leaves.c.leaf_index == place).values(here))
        tx.session.execute(delete(pending).where(pending.c.trail == trail, pending.c.seq == entry.head.seq))
        before = before.after(entry)
    return places
