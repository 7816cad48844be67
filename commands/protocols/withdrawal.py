"""Taking a whole protocol off control: its open assignments in batches, then the protocol itself."""

from dataclasses import dataclass

from sqlalchemy import select

from commands.assignments.batch import Step, write_steps
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.mail.notices import Concerned, Directory
from commands.recording.requirements import basis_of
from commands.recording.writer import Change, TrailState, alter, seal
from commands.registers.lookup import UnknownProtocolError
from models.protocols import Assignment, Item, Protocol
from states.assignment import OPEN
from states.ladders import Recipient
from states.lifecycle import Role, WrongRoleError
from states.refusal import Word
from states.subjects import PROTOCOL

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One batch of a withdrawal."""

    assignments: int
    more: bool


def withdraw(tx: Transaction, actor: Actor, protocol: int, basis: str, batch: int = BATCH) -> Withdrawn:
    """Withdraw the next open assignments, or the protocol once none is left. A killed withdrawal is simply repeated."""
    if actor.role is not Role.CONTROLLER:
        raise WrongRoleError(role=actor.role, action=Word("withdraw"), roles=(Role.CONTROLLER,))
    note = {"note": basis_of(PROTOCOL, "withdraw", basis)}
    row = tx.session.scalar(select(Protocol).where(Protocol.id == protocol).with_for_update())
    if row is None:
        raise UnknownProtocolError(protocol=protocol)
    PROTOCOL.move(row.state, "withdraw", actor.role)
    still_open = (
        select(Assignment)
        .join(Item, Item.id == Assignment.item_id)
        .where(Item.protocol_id == protocol, Assignment.state.in_(OPEN))
        .order_by(Assignment.id)
        .limit(batch)
        .with_for_update(of=Assignment)
    )
    found = tx.session.scalars(still_open).all()
    if found:
        columns = {"review_due": None, "extension_asked": None, "asked_late": False}
        change = Change(columns, texts=note)
        sweep = {"rung": 0, "next_check_at": None}
        directory = Directory(tx)
        steps = []
        for each in found:
            entry = seal(actor, Assignment, each.id, TrailState.of(each), "withdraw", change)
            notices = directory.notices(
                Concerned(each.organisation_id, None, row.department_id, each.assignee_id, each.reviewer_id),
                (Recipient.EXECUTOR,),
                assignment=each.id,
                entry=entry.head.seq,
                action="withdraw",
                rung=None,
                send_after=directory.next_digest,
            )
            steps.append(Step(each.id, [entry], columns | sweep, notices))
        write_steps(tx, steps)
        return Withdrawn(len(found), more=True)
    change = Change(texts=note)
    alter(tx.session, Protocol, seal(actor, Protocol, row.id, TrailState.of(row), "withdraw", change), row.id, change)
    return Withdrawn(0, more=False)
