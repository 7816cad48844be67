"""Similarity of a report to others, for its reviewer: the same file, equal rows of its table, words alike.

A hint, never a finding in the log: it refuses nothing, and is looked for when somebody looks.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select

from audit.trails.tables import disclosures, entries
from commands.context.evidence_store import Evidence, EvidenceMissingError
from commands.context.installation import Transaction
from commands.context.language import tr
from commands.context.visibility import within_of
from commands.registers.assignments import AssignmentLine
from commands.registers.items import ItemLine
from commands.reports.form_tables import file_name, read_table
from intake.minhash import likeness, signature
from models.base import table_of
from models.protocols import Assignment, Item, Likeness, Protocol
from models.rosters import Organisation
from states.actions import Action
from states.refusal import RefusedError
from states.subjects import Kind, Subject

CANDIDATES = 100
"""Other reports on the same item that are looked at, the latest first."""
MOST = 20


@dataclass(frozen=True, slots=True)
class Hint:
    """One likeness, and the assignment of the other report."""

    assignment: int
    name: str
    says: str


@dataclass(frozen=True, slots=True)
class _Report:
    note: str
    files: tuple[Evidence, ...]


def hints(tx: Transaction, line: AssignmentLine, item: ItemLine, within: int | None) -> list[Hint]:
    """Hints at what the latest report of an assignment shares with others, as far as the reader may see them."""
    own = _reports(tx, [line.id]).get(line.id)
    if own is None:
        return []
    others = _others(tx, Assignment.item_id == line.item_id, Assignment.report_version > 0, line=line, within=within)
    reports = _reports(tx, list(others))
    found = [*_same_files(tx, line, own, within)]
    rows = _rows(tx, item, own)
    signed = signature(own.note)
    for number, other in others.items():
        if number in reports:
            found += _alike(tx, item, (own, reports[number]), rows, signed, other)
    return found[:MOST]


def _same_files(tx: Transaction, line: AssignmentLine, own: _Report, within: int | None) -> Iterator[Hint]:
    names = {each.sha256: each.name for each in own.files}
    table = table_of(Likeness)
    same = select(table.c.assignment_id, table.c.sha256).where(
        table.c.sha256.in_(names), table.c.assignment_id != line.id
    )
    holders: dict[int, list[str]] = {}
    for number, digest in tx.session.execute(same.order_by(table.c.assignment_id.desc()).limit(CANDIDATES)):
        holders.setdefault(number, []).append(names[digest])
    for number, other in _others(tx, Assignment.id.in_(holders), line=line, within=within).items():
        for name in holders[number]:
            yield Hint(number, _named(other), tr("The very same file: {file}.", file=name))


def _alike(
    tx: Transaction,
    item: ItemLine,
    both: tuple[_Report, _Report],
    rows: set[tuple[str, ...]],
    signed: bytes | None,
    other: Row[Any],
) -> Iterator[Hint]:
    _, report = both
    tables = [_table(item, each) for each in both]
    told = tables[0] is not None and tables[1] is not None and tables[0].sha256 == tables[1].sha256
    if rows and not told and (equal := rows & _rows(tx, item, report)):
        yield Hint(other.id, _named(other), tr("Rows of the table that are equal: {number}.", number=len(equal)))
    theirs = signature(report.note) if signed else None
    percent = round(100 * likeness(signed, theirs)) if signed and theirs else 0
    if percent >= tx.policy.rules.approval.alike_percent:
        yield Hint(other.id, _named(other), tr("The text of the report is {percent} % alike.", percent=percent))


def _table(item: ItemLine, report: _Report) -> Evidence | None:
    return next((each for each in report.files if each.name == file_name(item.number)), None)


def _rows(tx: Transaction, item: ItemLine, report: _Report) -> set[tuple[str, ...]]:
    """The rows of a report's table, written evenly."""
    columns = tuple(map(str, item.form_columns or ()))
    table = _table(item, report)
    if not columns or table is None:
        return set()
    try:
        read = read_table(tx.evidence.read(table.sha256), table.name, columns)
    except (RefusedError, EvidenceMissingError):
        return set()
    return {tuple(" ".join(cell.casefold().split()) for cell in row) for row in read}


def _others(
    tx: Transaction, *where: ColumnElement[bool], line: AssignmentLine, within: int | None
) -> Mapping[int, Row[Any]]:
    wanted = (
        select(Assignment.id, Assignment.period, Item.number, Protocol.date, Organisation.name)
        .join(Item, Item.id == Assignment.item_id)
        .join(Protocol, Protocol.id == Item.protocol_id)
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .where(*where, Assignment.id != line.id, *within_of(within))
        .order_by(Assignment.id.desc())
        .limit(CANDIDATES)
    )
    return {row.id: row for row in tx.session.execute(wanted)}


def _named(other: Row[Any]) -> str:
    told = {"addressee": other.name, "item": other.number, "date": other.date}
    if other.period:
        return tr("{addressee}, item {item} of {date}, period {period}", period=other.period + 1, **told)
    return tr("{addressee}, item {item} of {date}", **told)


def _reports(tx: Transaction, numbers: list[int]) -> dict[int, _Report]:
    """The latest report of each assignment, as far as it is disclosed still."""
    trails = {Subject(Kind.ASSIGNMENT, number).trail: number for number in numbers}
    told = and_(disclosures.c.trail == entries.c.trail, disclosures.c.seq == entries.c.seq)
    wanted = (
        select(entries.c.trail, entries.c.seq, disclosures.c.field, disclosures.c.value)
        .outerjoin(disclosures, and_(told, disclosures.c.field.in_(("note", "files"))))
        .where(entries.c.trail.in_(trails), entries.c.action == Action.SUBMIT)
        .order_by(entries.c.seq)
    )
    latest: dict[int, tuple[int, dict[str, str]]] = {}
    for trail, seq, field, value in tx.session.execute(wanted):
        number = trails[trail]
        if number not in latest or latest[number][0] != seq:
            latest[number] = (seq, {})
        latest[number][1][field] = value
    return {number: _report(texts) for number, (_, texts) in latest.items()}


def _report(texts: Mapping[str, str]) -> _Report:
    return _Report(texts.get("note", ""), tuple(Evidence(**each) for each in json.loads(texts.get("files", "[]"))))
