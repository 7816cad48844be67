"""Taking a whole protocol off control: its open assignments in batches, then the protocol itself."""

from dataclasses import dataclass

from sqlalchemy import select, update

from audit.trails.tables import entries
from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.mail.notices import Concerned, Directory
from commands.recording.changes import Change
from commands.recording.requirements import basis_of
from commands.recording.writer import Step, TrailState, newest_of, record, record_many, seal
from commands.registers.lookup import UnknownProtocolError
from models.protocols import Assignment, Item, Protocol
from states.actions import Action
from states.assignment import OPEN
from states.ladders import Recipient
from states.subjects import PROTOCOL

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One batch of a withdrawal."""

    assignments: int
    more: bool


def withdraw(tx: Transaction, actor: Actor, protocol: int, basis: str, batch: int = BATCH) -> Withdrawn:
    """Withdraw the next open assignments, or the protocol once none is left. A killed withdrawal is simply repeated."""
    PROTOCOL.permit(Action.WITHDRAW, actor.role)
    note = {"note": basis_of(PROTOCOL, Action.WITHDRAW, basis)}
    row = tx.session.scalar(select(Protocol).where(Protocol.id == protocol).with_for_update())
    if row is None:
        raise UnknownProtocolError(protocol=protocol)
    PROTOCOL.move(row.state, Action.WITHDRAW, actor.role)
    still_open = (
        select(Assignment, entries.c.at)
        .join(Item, Item.id == Assignment.item_id)
        .outerjoin(entries, newest_of(Assignment))
        .where(Item.protocol_id == protocol, Assignment.state.in_(OPEN))
        .order_by(Assignment.id)
        .limit(batch)
        .with_for_update(of=Assignment)
    )
    found = tx.session.execute(still_open).tuples().all()
    if found:
        tx.take_time()
        columns = {"review_due": None, "extension_asked": None, "asked_late": False}
        change = Change(columns, texts=note)
        sweep = {"rung": 0, "next_check_at": None}
        directory = Directory(tx)
        steps = []
        for each, at in found:
            before = TrailState.of(each, at)
            entry = seal(tx, actor, before, Action.WITHDRAW, change)
            notices = directory.notices(
                Concerned(each.organisation_id, None, row.department_id, each.assignee_id, each.reviewer_id),
                (Recipient.EXECUTOR,),
                assignment=each.id,
                entry=entry.head.seq,
                action=Action.WITHDRAW,
                rung=None,
                send_after=directory.next_digest,
            )
            steps.append(Step(before, [entry], columns | sweep, notices))
        record_many(tx, steps)
        # What waits for one of these, and is not withdrawn itself, may open now.
        freed = update(Assignment).where(Assignment.waits_for.in_([each.id for each, _ in found]))
        tx.session.execute(freed.values(to_check=True).execution_options(synchronize_session=False))
        return Withdrawn(len(found), more=True)
    change = Change(texts=note)
    record(tx, actor, row, Action.WITHDRAW, change)
    return Withdrawn(0, more=False)
