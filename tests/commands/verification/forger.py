"""A forger who knows how entries are made: after a change he makes bytes, hashes, columns and the row's head fit."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from audit.trails.canonical_json import canonical, parse
from audit.trails.commitments import commit
from audit.trails.entries import GENESIS, digest
from audit.trails.tables import Moment, disclosures, entries, pending
from commands.checks.ladders import rows_of, steering
from commands.checks.policies import Policies
from commands.recording.trail_fold import FoldedTrail
from models.base import table_of
from models.protocols import Assignment
from models.schema import metadata

ASSIGNMENTS = table_of(Assignment)


def bodies(connection: Connection, trail: str) -> dict[int, dict[str, Any]]:
    """What the entries of a trail say, by number."""
    wanted = select(entries.c.seq, entries.c.body).where(entries.c.trail == trail)
    return {seq: parse(body) for seq, body in connection.execute(wanted)}


def rewrite(connection: Connection, trail: str, seq: int, name: str = "assignments", /, **parts: Any) -> None:
    """Change parts of one entry (`from_` is `from`) and everything that follows from them."""
    told = bodies(connection, trail)
    told[seq] |= {name.rstrip("_"): value for name, value in parts.items()}
    before, head = b"", b""
    for number, content in sorted(told.items()):
        if number > 1:
            content["prev"] = before.hex()
        body = canonical(content)
        before = head = digest(body)
        here = (entries.c.trail == trail) & (entries.c.seq == number)
        connection.execute(update(entries).where(here).values(body=body, hash=head, **_columns(content)))
    _lead(connection, trail, max(told), head, told[max(told)]["to"], name)


def put(connection: Connection, trail: str, seq: int, content: dict[str, Any]) -> None:
    """Other bytes for one entry, with their hash, and nothing else."""
    body = canonical(content)
    here = (entries.c.trail == trail) & (entries.c.seq == seq)
    connection.execute(update(entries).where(here).values(body=body, hash=digest(body)))


def append(connection: Connection, trail: str, **parts: Any) -> None:
    """One more entry of an assignment, in all else like the last."""
    append_any(connection, trail, "assignments", {}, **parts)


def append_any(connection: Connection, trail: str, name: str, like: Mapping[str, Any], /, **parts: Any) -> None:
    """One more entry of any subject, whose row is in the table `name`; in all else like the last, or like another."""
    told = bodies(connection, trail)
    last = max(told)
    told[last] |= {key: value for key, value in like.items() if key not in _PLACED}
    wanted = select(entries).where(entries.c.trail == trail, entries.c.seq == last)
    row = connection.execute(wanted).one()
    content = told[last] | {
        "seq": last + 1,
        "prev": row.hash.hex(),
        "from": told[last]["to"],
        "facts": {},
        "fields": {},
    }
    content |= {name.rstrip("_"): value for name, value in parts.items()}
    body = canonical(content)
    values = {**row._mapping, "seq": last + 1, "hash": digest(body), "body": body, **_columns(content)}
    connection.execute(insert(entries).values(values))
    connection.execute(insert(pending).values(trail=trail, seq=last + 1))
    _lead(connection, trail, last + 1, digest(body), content["to"], name)


def retell(connection: Connection, trail: str, seq: int, field: str, change: Callable[[Any], Any]) -> None:
    """Another disclosed row of JSON, with its commitment, hashes and the row of its subject made to fit."""
    here = (disclosures.c.trail == trail) & (disclosures.c.seq == seq) & (disclosures.c.field == field)
    told = change(json.loads(connection.scalar(select(disclosures.c.value).where(here)) or ""))
    written = commit(field, canonical(told).decode())
    connection.execute(update(disclosures).where(here).values(value=written.value, salt=written.salt))
    fields = bodies(connection, trail)[seq]["fields"] | {field: written.digest}
    rewrite(connection, trail, seq, "protocols", fields=fields)


_PLACED = ("seq", "prev", "to", "from", "facts", "fields")


def comment(connection: Connection, trail: str, note: str = "Noted", **parts: Any) -> None:
    """One more comment, with the text that it needs, by whoever acted last unless said otherwise."""
    written = commit("note", note)
    last = bodies(connection, trail)
    state = last[max(last)]["to"]
    append(connection, trail, **{"action": "comment", "to": state, "fields": {"note": written.digest}, **parts})
    row = {"trail": trail, "seq": max(last) + 1, "field": "note", "salt": written.salt, "value": written.value}
    connection.execute(insert(disclosures).values(row))


def _columns(content: dict[str, Any]) -> dict[str, Any]:
    lifecycle = bytes.fromhex(content["lifecycle"])
    moved = {"action": content["action"], "source": content["from"], "state": content["to"]}
    return {"lifecycle": lifecycle, **moved, "at": datetime.fromisoformat(content["at"])}


def _lead(connection: Connection, trail: str, seq: int, head: bytes, state: str, name: str = "assignments") -> None:
    number = int(trail.partition(":")[2])
    table = metadata.tables[name]
    row = update(table).where(table.c.id == number)
    connection.execute(row.values(seq=seq, entry_hash=head, state=state))


def rewind(connection: Connection, trail: str, number: int, to: int) -> None:
    """The row of an assignment as its trail tells it after entry `to`."""
    told = bodies(connection, trail)
    columns: dict[str, Any] = {}
    for seq in range(1, to + 1):
        columns |= told[seq]["facts"].get("set", {})
    wanted = select(entries.c.hash).where(entries.c.trail == trail, entries.c.seq == to)
    values = {name: _moment(ASSIGNMENTS.c[name].type, value) for name, value in columns.items()}
    row = update(ASSIGNMENTS).where(ASSIGNMENTS.c.id == number)
    head = {"seq": to, "entry_hash": connection.scalar(wanted), "state": told[to]["to"]}
    connection.execute(row.values(**{**values, **head}))
    steer(connection, number, [told[seq] for seq in range(1, to + 1)])


def steer(connection: Connection, number: int, told: Sequence[dict[str, Any]]) -> None:
    """What the sweeps go by, as these entries come to it."""
    folded = FoldedTrail(f"assignment:{number}")
    for content in told:
        assert not list(folded.fold(content, GENESIS))
    right = steering(Policies(connection).recent[-1], rows_of(connection, [number])[number], folded.footing)
    connection.execute(update(ASSIGNMENTS).where(ASSIGNMENTS.c.id == number).values(**asdict(right)))


def _moment(kind: Any, value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(kind, Moment) and value else value
