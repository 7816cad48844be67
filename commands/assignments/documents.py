"""Documents that a report must bring where an item asks for a plan or a program: one that opens, now or from before."""

from sqlalchemy import select

from commands.assignments.locked_assignment import LockedAssignment
from commands.context.evidence_store import Attachment, Evidence
from commands.reports.files import reported, submitted
from intake.file_text import ScannedError, TooLongError, is_readable, text_of
from models.protocols import Assignment
from states.assignment import State
from states.refusal import ConflictError, InvalidError, Word


class NotOpenError(ConflictError):
    """A submission before the assignment it waits for is closed."""

    template = (
        "Assignment {assignment} opens when assignment {awaited} of the same addressee is accepted; it is in the state "
        "“{state}” now. You need not attach its document again then."
    )


class DocumentMissingError(InvalidError):
    """A plan or program without its document."""

    template = "Item {item} asks for a document ({deliverable}): attach it as DOCX, PDF or TXT."


def documents(locked: LockedAssignment) -> tuple[Evidence, ...]:
    """The documents that a submission goes on with instead of new ones, if any. Raises where a document is demanded.

    A rework without a file keeps the files of the version before; an item that only passes a document on takes the
    one that was accepted. Raises NotOpenError, DocumentMissingError, and what `intake` says of a file that won't open.
    """
    row, session = locked.row, locked.tx.session
    if row.waits_for is not None:
        state = session.scalar(select(Assignment.state).where(Assignment.id == row.waits_for))
        raise NotOpenError(assignment=row.id, awaited=row.waits_for, state=Word(state))
    if row.deliverable is None:
        return ()
    readable = [each for each in locked.command.files if is_readable(each.name)]
    for each in readable:
        _open(each)
    kept = () if locked.command.files else submitted(session, row.id) or _passed_on(locked)
    if not readable and not any(is_readable(each.name) for each in kept):
        raise DocumentMissingError(item=row.item_number, deliverable=Word(row.deliverable))
    return kept


def _passed_on(locked: LockedAssignment) -> tuple[Evidence, ...]:
    if locked.row.follows_id is None:
        return ()
    return reported(locked.tx.session, locked.row.follows_id, locked.row.organisation_id, (State.ACCEPTED,))


def _open(attachment: Attachment) -> None:
    try:
        text_of(attachment.data, attachment.name)
    except (ScannedError, *TooLongError):
        return  # it opens; what can't be read by machine is for the reviewer
