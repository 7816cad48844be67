"""Adoption of a witness policy: the file in use is pinned, and an entry tells of it."""

from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.log.pins import Pins, pins_of, witness_digest
from commands.log.sealing import log_of
from commands.recording.changes import Change
from commands.recording.writer import TrailState, record
from models.log import Log
from states.actions import Action
from states.subjects import LOG


def adopt_witnesses(tx: Transaction, actor: Actor, basis: str) -> Pins:
    """Everything that is to be pinned from now on. Call `pin` after the commit.

    Raises LogNotBegunError, PinsError, WrongRoleError.
    """
    LOG.permit(Action.ADOPT_WITNESSES, actor.role)
    row, before, found = log_of(tx.session), pins_of(tx.settings), witness_digest(tx.settings)
    texts = {"note": basis.strip()} if basis.strip() else {}
    record(
        tx, actor, TrailState.of_columns(Log, row), Action.ADOPT_WITNESSES, Change({"witnesses": found}, texts=texts)
    )
    return Pins(before.keys if before else (), before.retired if before else (), found).with_keys(row.keys)
