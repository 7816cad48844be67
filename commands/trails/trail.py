"""One subject's trail as people and pages read it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from audit.trails.history import Stored, history
from audit.trails.tables import entries
from commands.context.installation import Transaction
from commands.context.language import tr
from commands.recording.stored_entries import disclosed, parse_entry
from commands.reports.findings import from_text
from models.accounts import Account
from states.actions import Action
from states.refusal import N_, NotFoundError
from states.subjects import LIFECYCLES, Kind, Subject

Acts = dict[tuple[str, int, str], tuple[int, datetime]]
"""Erased texts by trail, entry and field: the entry of the log's own trail that tells of it, and when."""
_DELETED = N_("deleted by act {act} of {at}")


class UnknownTrailError(NotFoundError):
    """No entry of that subject."""

    template = "There is no trail “{subject}”. A subject is a kind and a number: {kinds}."


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, as far as it is disclosed. `findings` are sentences; `fields` holds the other committed texts;
    `erased` names those that were destroyed, with the act that did.
    """

    seq: int
    at: datetime
    action: str
    source: str | None
    state: str
    actor: str
    actor_for: str | None
    role: str
    channel: str
    note: str | None
    files: list[dict[str, Any]]
    findings: list[str]
    facts: dict[str, Any]
    fields: dict[str, str]
    erased: dict[str, str]
    hash: str


def trail(tx: Transaction, subject: str, *, forgiving: bool = False) -> list[Line]:
    """Oldest entry first. Raises UnknownTrailError, DamagedEntryError (`forgiving`: only for what can't be read)."""
    stored = list(history(tx.session, subject))
    if not stored:
        raise UnknownTrailError(subject=subject, kinds=", ".join(f"{kind}:1" for kind in LIFECYCLES))
    return lines_of(tx, stored, forgiving=forgiving)


def lines_of(tx: Transaction, stored: Sequence[Stored], *, forgiving: bool = False) -> list[Line]:
    """Entries of any trails, as people read them. Raises DamagedEntryError."""
    contents = [parse_entry(each.trail, each.seq, each.body, None if forgiving else each.hash) for each in stored]
    logins = _logins(tx, contents)
    acts = (
        acts_of_erasure(tx)
        if any(content["fields"].keys() - each.disclosed.keys() for each, content in zip(stored, contents, strict=True))
        else {}
    )
    return [_line(entry, content, logins, acts) for entry, content in zip(stored, contents, strict=True)]


def acts_of_erasure(tx: Transaction) -> Acts:
    """The acts by which texts were destroyed. Raises DamagedEntryError."""
    trail = Subject(Kind.LOG, 1).trail
    wanted = select(*entries.c["seq", "at", "hash", "body"]).where(entries.c.trail == trail)
    found: Acts = {}
    for row in tx.session.execute(wanted.where(entries.c.action == Action.ERASE).order_by(entries.c.seq)):
        told = parse_entry(trail, row.seq, row.body, row.hash)["facts"]
        with disclosed(trail, row.seq):
            for each in told["erased"]:
                found[each["trail"], each["seq"], each["field"]] = (row.seq, row.at)
    return found


def _logins(tx: Transaction, contents: list[dict[str, Any]]) -> dict[int, str]:
    numbers = {content[key] for content in contents for key in ("actor", "for") if key in content}
    found = tx.session.execute(select(Account.id, Account.login).where(Account.id.in_(numbers)))
    return {number: login for number, login in found}  # noqa: C416 - rows are no pairs for mypy


def _line(entry: Stored, content: dict[str, Any], logins: dict[int, str], acts: Acts) -> Line:
    fields = dict(entry.disclosed)
    gone = {name: acts.get((entry.trail, entry.seq, name)) for name in content["fields"] if name not in fields}
    with disclosed(entry.trail, entry.seq):
        files = json.loads(fields.pop("files", "[]"))
        findings = [each.said() for each in from_text(fields.pop("findings", "[]"))]
    return Line(
        seq=entry.seq,
        at=entry.at,
        action=content["action"],
        source=None if content["from"] == "new" else content["from"],
        state=content["to"],
        actor=logins.get(content["actor"], Subject(Kind.ACCOUNT, content["actor"]).trail),
        actor_for=logins.get(content["for"]) if "for" in content else None,
        role=content["role"],
        channel=fields.pop("channel", content["channel"]),
        note=fields.pop("note", None),
        files=files,
        findings=findings,
        facts=content["facts"],
        fields=fields,
        erased={name: tr(_DELETED, act=act[0], at=act[1]) for name, act in gone.items() if act},
        hash=entry.hash.hex(),
    )
