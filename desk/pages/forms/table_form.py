"""The form of a report: its files, and the table that its item asks for."""

from dataclasses import dataclass

from commands.context.evidence_store import Attachment, EvidenceMissingError
from commands.context.installation import Transaction
from commands.registers.items import ItemLine
from commands.reports.files import submitted
from commands.reports.form_tables import BadCellsError, Rows, as_file, check_table, file_name, read_table
from desk.pages.forms.action_form import Sent, read
from desk.pages.forms.attempt import Refusal
from desk.pages.forms.kept_files import KeptFile, keep_files, kept_files
from desk.request.refusals import FilesLostError
from states.actions import Action
from states.refusal import RefusedError

BLANK = 3
"""Rows to be filled in below those that are."""
MORE = 10


@dataclass(frozen=True, slots=True)
class Paper:
    """The files and the table of one form. `refusal`: why some of it could not be read; `blank`: rows to fill in."""

    item: str
    columns: tuple[str, ...]
    rows: Rows
    attached: tuple[Attachment, ...] = ()
    refusal: Refusal | None = None
    blank: int = BLANK

    @classmethod
    def begun(cls, tx: Transaction, action: str, item: ItemLine, assignment: int) -> "Paper":
        """A new form: the table as it was handed in last, if it was."""
        columns = _columns(action, item)
        rows: Rows = []
        name = file_name(item.number)
        for each in submitted(tx.session, assignment) if columns else ():
            if each.name == name:
                try:
                    rows = read_table(tx.evidence.read(each.sha256), name, columns)
                except (RefusedError, EvidenceMissingError):
                    continue
        return cls(item.number, columns, rows)

    @classmethod
    def typed(cls, tx: Transaction, action: str, item: ItemLine, sent: Sent) -> "Paper":
        """As it came back: a table that was chosen as a file takes the place of what was typed."""
        columns = _columns(action, item)
        limit = tx.policy.rules.evidence.file_bytes
        again = kept_files(tx, sent.held)
        attached = (*again, *(read(each, limit) for each in sent.files))
        lost = Refusal(FilesLostError()) if len(again) < len(sent.held) else None
        rows = _chunks(sent.cells, len(columns)) if columns else []
        if not columns or sent.table is None:
            return cls(item.number, columns, rows, attached, lost, blank=MORE if sent.step == "rows" else BLANK)
        chosen = read(sent.table, limit)
        try:
            return cls(item.number, columns, read_table(chosen.data, chosen.name, columns), attached, lost)
        except RefusedError as error:
            return cls(item.number, columns, rows, attached, Refusal(error))

    def files(self) -> list[Attachment]:
        """Everything to be handed in. Raises BadCellsError, or what something was refused for before."""
        if self.refusal is not None:
            raise self.refusal.error
        if not self.rows:
            return [*self.attached]
        check_table(self.columns, self.rows)
        return [*self.attached, as_file(self.columns, self.rows, self.item)]

    def hold(self, tx: Transaction) -> tuple[list[KeptFile], list[str]]:
        """Its files, for the form that is drawn again."""
        return keep_files(tx, self.attached)

    def names(self) -> list[str]:
        """Its files, where nothing is to be kept."""
        return [each.name for each in self.attached]

    def shown(self) -> Rows:
        """The rows with some to be filled in."""
        return [*self.rows, *([""] * len(self.columns) for _ in range(self.blank))]


def bad_cells(refusal: Refusal | None) -> set[tuple[int, int]]:
    """Rows and columns, from 0, of the cells that a refusal names."""
    faults = refusal.error.faults if refusal and isinstance(refusal.error, BadCellsError) else ()
    return {(each.row, each.column) for each in faults}


def _columns(action: str, item: ItemLine) -> tuple[str, ...]:
    return tuple(map(str, item.form_columns or ())) if action == Action.SUBMIT else ()


def _chunks(cells: tuple[str, ...], width: int) -> Rows:
    """Row by row; rows in which nothing is written are left out."""
    plain = [" ".join(cell.split()) for cell in cells]
    rows = [plain[at : at + width] for at in range(0, len(plain) - width + 1, width)]
    return [row for row in rows if any(row)]
