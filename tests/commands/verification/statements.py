"""SQL that meddlers write: a changed value for any column, a row copied with changes, an entry of their own."""

from sqlalchemy import Column, Table
from sqlalchemy.types import Boolean, Date, DateTime, Integer, LargeBinary, TypeEngine

from models.schema import metadata

ROW = {
    "entries": "trail = 'assignment:4' AND seq = 2",
    "disclosures": "trail = 'account:7' AND field = 'login'",
    "lifecycles": "hash = (SELECT lifecycle FROM entries WHERE trail = 'assignment:4' AND seq = 1)",
    "assignments": "id = 4",
    "items": "id = 1",
    "memberships": "group_id = 1 AND organisation_id = 3",
    "protocols": "id = 1",
    "sessions": "id = 1",
    "invitations": "id = 1",
    "substitutions": "id = 1",
    "tokens": "id = 1",
    "codes": "id = 1",
}
"""A row of each table, with much in it."""


def table(name: str) -> Table:
    return metadata.tables[name]


def changed(column: Column[object], *, sqlite: bool) -> str:
    """An expression that differs from the column's present value, null or not, and fits its type."""
    kind: TypeEngine[object] = column.type
    name = column.name
    if isinstance(kind, Boolean):
        return f"NOT {name}"
    if isinstance(kind, Integer):
        return f"coalesce({name}, 0) + 1"
    if isinstance(kind, LargeBinary):
        return "x'00'" if sqlite else r"'\x00'::bytea"
    if isinstance(getattr(kind, "impl", kind), Date | DateTime):
        return f"CASE WHEN {name} = '1999-01-01' THEN NULL ELSE '1999-01-01' END" if sqlite else "'1999-01-01'"
    if column.type.compile().startswith("JSON"):
        return """'["forged"]'"""
    return f"coalesce({name}, '') || 'x'"


def copied(name: str, where: str, verb: str = "INSERT", /, **changes: str) -> str:
    """A row of the table once more, some columns with other expressions."""
    columns = [column.name for column in table(name).columns]
    values = ", ".join(changes.get(column, column) for column in columns)
    return f"{verb} INTO {name} ({', '.join(columns)}) SELECT {values} FROM {name} WHERE {where}"


def entry(trail: str, seq: int, **changes: str) -> str:
    """One more entry of a trail: a comment, unless said otherwise; all else as in its first entry."""
    told = {"seq": str(seq), "action": "'comment'", "source": "state"} | changes
    return copied("entries", f"trail = '{trail}' AND seq = 1", **told)


def head(trail: str, seq: int) -> str:
    """The hash of an entry."""
    return f"(SELECT hash FROM entries WHERE trail = '{trail}' AND seq = {seq})"
