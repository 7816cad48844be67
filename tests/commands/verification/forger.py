"""A forger who knows how entries are made: after a change he makes bytes, hashes, columns and the row's head fit."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from audit.trails.canonical_json import canonical, parse
from audit.trails.entries import digest
from audit.trails.tables import Moment, entries, pending
from models.base import table_of
from models.protocols import Assignment

ASSIGNMENTS = table_of(Assignment)


def bodies(connection: Connection, trail: str) -> dict[int, dict[str, Any]]:
    """What the entries of a trail say, by number."""
    wanted = select(entries.c.seq, entries.c.body).where(entries.c.trail == trail)
    return {seq: parse(body) for seq, body in connection.execute(wanted)}


def rewrite(connection: Connection, trail: str, seq: int, **parts: Any) -> None:
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
    _lead(connection, trail, max(told), head, told[max(told)]["to"])


def put(connection: Connection, trail: str, seq: int, content: dict[str, Any]) -> None:
    """Other bytes for one entry, with their hash, and nothing else."""
    body = canonical(content)
    here = (entries.c.trail == trail) & (entries.c.seq == seq)
    connection.execute(update(entries).where(here).values(body=body, hash=digest(body)))


def append(connection: Connection, trail: str, **parts: Any) -> None:
    """One more entry, in all else like the last."""
    told = bodies(connection, trail)
    last = max(told)
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
    _lead(connection, trail, last + 1, digest(body), content["to"])


def _columns(content: dict[str, Any]) -> dict[str, Any]:
    lifecycle = bytes.fromhex(content["lifecycle"])
    return {"lifecycle": lifecycle, "action": content["action"], "source": content["from"], "state": content["to"]}


def _lead(connection: Connection, trail: str, seq: int, head: bytes, state: str) -> None:
    number = int(trail.partition(":")[2])
    row = update(ASSIGNMENTS).where(ASSIGNMENTS.c.id == number)
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


def _moment(kind: Any, value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(kind, Moment) and value else value
