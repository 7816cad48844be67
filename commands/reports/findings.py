"""Findings of a machine in a submitted plan or program, for its reviewer. A finding refuses nothing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select

from audit.trails.canonical_json import canonical
from commands.context.evidence_store import Evidence, EvidenceMissingError
from commands.context.installation import Transaction
from commands.context.language import said
from commands.reports.files import reported, submitted
from intake.file_text import is_readable
from intake.matching import mentions
from intake.minhash import likeness, signature
from intake.program import Program
from models.protocols import Assignment, Likeness
from models.rosters import Organisation
from states.assignment import State
from states.refusal import N_, RefusedError

_SAID: Mapping[str, str] = {
    "unread": N_("The file “{file}” can't be read by machine: {reason}"),
    "unchanged": N_("The documents are those of the version before: nothing was changed in them."),
    "same_file": N_("“{addressee}” has handed in the very same file “{file}” (assignment {assignment})."),
    "same_text": N_("The text is {percent} % that of “{addressee}” (assignment {assignment})."),
    "empty_annex": N_("Nothing follows the heading “{annex}”."),
    "no_dates": N_("The document names no dates."),
    "no_responsible": N_("The document names nobody responsible."),
    "not_named": N_("The document does not name “{addressee}”."),
    "no_measure": N_("The monitoring found “{problem}”, but the document holds no measure against it."),
    "no_monitoring": N_(
        "No report on the monitoring that this document rests on can be read: measures weren't compared."
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed: a code of `_SAID` and the values of its sentence."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def said(self) -> str:
        """As a sentence in the language in use."""
        return said(_SAID[self.code], self.values)


@dataclass(frozen=True, slots=True)
class Examined:
    """One version of a report, examined by itself. `signatures`: SHA-256 of a document → its MinHash."""

    version: int
    findings: tuple[Finding, ...]
    documents: tuple[Evidence, ...]
    signatures: Mapping[str, bytes]


def as_text(findings: Sequence[Finding]) -> str:
    """For the entry: canonical JSON."""
    return canonical([{"code": each.code, "values": dict(each.values)} for each in findings]).decode()


def from_text(text: str) -> list[Finding]:
    """Findings from what `as_text` wrote; codes that this program does not know are passed over."""
    return [Finding(each["code"], each["values"]) for each in json.loads(text) if each["code"] in _SAID]


def examine(tx: Transaction, row: Row[Any], previous: tuple[Evidence, ...]) -> Examined:
    """Look at the latest report of an assignment (a row of `locked_assignment.COLUMNS`). Reads only."""
    files = [each for each in submitted(tx.session, row.id) if is_readable(each.name)]
    findings: list[Finding] = []
    read: dict[str, Program] = {}
    for file in files:
        try:
            read[file.sha256] = Program.read(tx.evidence.read(file.sha256), file.name)
        except (RefusedError, EvidenceMissingError) as error:
            findings.append(Finding("unread", {"file": file.name, "reason": str(error)}))
    if previous and {each.sha256 for each in files} == {each.sha256 for each in previous}:
        findings.append(Finding("unchanged"))
    signed = {digest: signature(program.text) for digest, program in read.items()}
    signatures = {digest: made for digest, made in signed.items() if made}
    if read:
        findings += _contents(row, list(read.values()))
        findings += _measures(tx, row, list(read.values()))
    return Examined(row.report_version, tuple(findings), tuple(files), signatures)


def _contents(row: Row[Any], programs: Sequence[Program]) -> Iterator[Finding]:
    for program in programs:
        yield from (Finding("empty_annex", {"annex": annex}) for annex in program.empty_annexes())
    if not any(program.is_dated for program in programs):
        yield Finding("no_dates")
    if not any(program.names_responsible for program in programs):
        yield Finding("no_responsible")
    if not any(mentions(program.text, row.addressee) for program in programs):
        yield Finding("not_named", {"addressee": row.addressee})


def _measures(tx: Transaction, row: Row[Any], programs: Sequence[Program]) -> Iterator[Finding]:
    if row.builds_on_id is None:
        return
    states = (State.SUBMITTED, State.REVIEWED, State.ACCEPTED, State.RETURNED)
    monitored = _programs(tx, reported(tx.session, row.builds_on_id, row.organisation_id, states))
    problems = [problem for program in monitored for problem in program.problems()]
    if not monitored:
        yield Finding("no_monitoring")
    left = problems
    for program in programs:
        left = program.unanswered(left)
    yield from (Finding("no_measure", {"problem": problem}) for problem in left)


def _programs(tx: Transaction, files: Sequence[Evidence]) -> list[Program]:
    found = []
    for file in files:
        try:
            found.append(Program.read(tx.evidence.read(file.sha256), file.name))
        except (RefusedError, EvidenceMissingError):
            continue
    return found


def shared(tx: Transaction, row: Row[Any], examined: Examined) -> Iterator[Finding]:
    """The same file, or nearly the same text, from another addressee of the same item."""
    others = (
        select(Likeness.assignment_id, Likeness.sha256, Likeness.signature, Organisation.name)
        .join(Assignment, Assignment.id == Likeness.assignment_id)
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .where(Likeness.item_id == row.item_id, Assignment.organisation_id != row.organisation_id)
        .order_by(Likeness.assignment_id)
    )
    names = {each.sha256: each.name for each in examined.documents}
    least = tx.policy.rules.approval.alike_percent / 100
    for number, digest, other, name in tx.session.execute(others):
        whose = {"addressee": name, "assignment": number}
        if digest in names:
            yield Finding("same_file", {"file": names[digest], **whose})
            continue
        most = max((likeness(own, other) for own in examined.signatures.values()), default=0.0) if other else 0.0
        if most >= least:
            yield Finding("same_text", {"percent": round(100 * most), **whose})
