"""The form of an action, derived from its edge in the lifecycle: what is asked, what must be given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, File, Form, UploadFile

from commands.assignments.locked_assignment import TakeAction
from commands.assignments.return_reasons import reasoned
from commands.context.evidence_store import Attachment
from commands.context.installation import Transaction
from commands.registers.assignments import AssignmentLine
from desk.pages.forms.parsing import day_of, moment_of
from states.actions import Action
from states.lifecycle import Edge, Need, Role
from states.refusal import N_

_NOTES: Mapping[Need, tuple[str, str]] = {
    Need.REASON: (N_("Reason"), ""),
    Need.BASIS: (N_("Basis"), N_("Whose decision, of what date and number.")),
    Need.REPORT: (N_("Report"), N_("What was done, in short. The documents go below.")),
}
TEXTS: Mapping[str, str] = {Action.REVIEW: N_("Conclusion"), Action.COMMENT: N_("Comment")}
TARGETS: Mapping[str, str] = {
    Action.ASSIGN_REVIEWER: N_("Reviewer"),
    Action.REASSIGN: N_("Who is in charge of it"),
    Action.TRANSFER: N_("Successor organisation"),
}


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields that the form of an action asks. A title of None: it does not ask for that."""

    action: str
    note: str
    note_hint: str
    note_needed: bool
    day: str | None
    day_needed: bool
    target: str | None
    files: bool
    received: bool
    reasons: bool


def fields_of(edge: Edge, role: Role) -> Fields:
    """For an action in a role."""
    by_need = next((_NOTES[need] for need in edge.needs if need in _NOTES), None)
    note, hint = by_need or (TEXTS.get(edge.action, N_("Remark")), "")
    on_behalf = edge.action == Action.SUBMIT and role is Role.REGISTRAR
    needed = bool({Need.REASON, Need.BASIS, Need.TEXT} & set(edge.needs))
    return Fields(
        action=edge.action,
        note=note,
        note_hint=hint,
        note_needed=needed,
        day=edge.shown.day if edge.shown else None,
        day_needed=Need.DUE in edge.needs,
        target=TARGETS.get(edge.action),
        files=edge.action not in (Action.ACKNOWLEDGE, Action.ASSIGN_REVIEWER, Action.REASSIGN),
        received=on_behalf,
        reasons=edge.action == Action.RETURN,
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """Parts beside the text. `step`: `send` it, `check` it, `load` its table from a file, `rows`: more of them."""

    files: tuple[UploadFile, ...] = ()
    held: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    table: UploadFile | None = None
    reasons: tuple[str, ...] = ()
    step: str = "send"


@dataclass(frozen=True, slots=True)
class Typed:
    """The content of a form, as it was typed."""

    version: int | None = None
    note: str = ""
    day: str = ""
    target: str = ""
    received: str = ""
    sent: Sent = Sent()

    def act(self, tx: Transaction, line: AssignmentLine, fields: Fields, files: Sequence[Attachment]) -> TakeAction:
        """The command that it means. Raises TypedDayError, TypedMomentError, UnknownReasonError."""
        return TakeAction(
            line.id,
            fields.action,
            self.version,
            reasoned(tx, self.sent.reasons, self.note) if fields.reasons else self.note,
            tuple(files),
            day_of(self.day),
            self.target.strip() or None,
            line.addressee if fields.received else None,
            moment_of(self.received, tx.policy.calendar.zone) if fields.received else None,
        )


def read(upload: UploadFile, limit: int) -> Attachment:
    """A file without the folders that some browsers tell."""
    name = (upload.filename or "").replace("\\", "/").rpartition("/")[2]
    return Attachment(name, upload.file.read(limit + 1))


Text = Annotated[str, Form(max_length=100_000)]


def sent(
    files: Annotated[list[UploadFile] | None, File()] = None,
    held: Annotated[list[str] | None, Form()] = None,
    cell: Annotated[list[str] | None, Form()] = None,
    table: Annotated[UploadFile | None, File()] = None,
    reason: Annotated[list[str] | None, Form()] = None,
    step: Annotated[str, Form(max_length=20)] = "send",
) -> Sent:
    """Files, the table, ticked reasons, and which button was pressed. A browser sends an empty file for none."""
    chosen = tuple(each for each in files or () if each.filename)
    table = table if table and table.filename else None
    return Sent(chosen, tuple(held or ()), tuple(cell or ()), table, tuple(reason or ()), step)


def typed(
    beside: Annotated[Sent, Depends(sent)],
    version: Annotated[int | None, Form(ge=1, lt=2**31)] = None,
    note: Text = "",
    day: Text = "",
    target: Text = "",
    received: Text = "",
) -> Typed:
    """The content of a form."""
    return Typed(version, note, day, target, received, beside)
