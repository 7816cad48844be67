"""What an action demands, and what it may write: an entry says the first and nothing beside the second."""

import json
from collections.abc import Iterator, Mapping

from audit.trails.verify import Fault
from commands.checks.read_entry import STRANGE, ReadEntry
from commands.recording.requirements import NEEDED
from commands.recording.trail_fold import subjects
from states.lifecycle import Need
from states.refusal import N_, Word

UNMET = N_("“{action}” needs {need}, and the entry has none")
UNDECLARED = N_("names rules of before actions declared what they write")
WRITES = N_("writes {columns}, which “{action}” never does")

_NOTE = (Need.REASON, Need.BASIS, Need.TEXT)
_DATES, _TARGETS = ("due", "extension_asked"), ("reviewer_id", "assignee_id", "organisation_id")


def needs(entry: ReadEntry) -> Iterator[Fault]:
    """Faults about demands: a return has its reason, a report its text or file. What was erased is not asked for."""
    for need in entry.edge.needs:
        if not _met(entry, need):
            yield entry.fault(UNMET, action=Word(entry.action), need=NEEDED[need])


def _met(entry: ReadEntry, need: Need) -> bool:
    told, facts = entry.columns, entry.content["facts"]
    if need in _NOTE:
        # The flows move a due date when what it waited for is closed: that entry is the reason.
        return _says(entry, "note") or (need is Need.REASON and "opened_by" in facts)
    if need is Need.REPORT:
        return _says(entry, "note") or _files(entry)
    if need in (Need.DUE, Need.TARGET):
        return any(told.get(each) is not None for each in (_DATES if need is Need.DUE else _TARGETS))
    return True  # of separation the policy is asked


def _says(entry: ReadEntry, field: str) -> bool:
    return field in entry.content["fields"] and bool(entry.shown.get(field, "erased").strip())


def _files(entry: ReadEntry) -> bool:
    if "files" not in entry.content["fields"]:
        return False
    try:
        return "files" not in entry.shown or bool(json.loads(entry.shown["files"]))
    except (ValueError, RecursionError):
        return False


def writes(entry: ReadEntry) -> Iterator[Fault]:
    """Faults about columns and attached rows that the action never writes."""
    if entry.edge.sets is None:
        yield entry.fault(UNDECLARED)
        return
    rows = entry.content["facts"].get("rows", {})
    if not isinstance(rows, Mapping):
        yield entry.fault(STRANGE)
        return
    told = (*entry.columns, *rows)
    if entry.content["fields"]:
        committed = subjects()[entry.kind].committed
        told += tuple(each.partition("/")[0] for each in entry.content["fields"] if "/" in each or each in committed)
    if told and (beside := sorted(set(told) - set(entry.edge.sets))):
        yield entry.fault(WRITES, columns=", ".join(beside), action=Word(entry.action))
