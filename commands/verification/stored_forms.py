"""Stored forms: every value stands as this program writes it, byte for byte, and not only as one that reads the same.

Else somebody could keep in a column what no comparison of values sees: text in another normal form, a number as text,
a key twice in JSON. SQL picks the rows that are amiss, so that a large log is read and not carried over.
"""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    LargeBinary,
    String,
    Table,
    and_,
    cast,
    false,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from audit.trails.commitments import SALT_BYTES
from audit.trails.tables import Moment, disclosures, edges, entries, leaves, lifecycles, pending
from audit.trails.verify import Fault
from commands.recording.trail_fold import attached, subjects
from models.base import table_of
from models.only_row import SINGLE
from states.refusal import N_

BATCH = 1_000
OTHER_FORM = N_("the column “{column}” of {table}, row {row}, is stored in another form than this program writes")

_DIGITS = "[0-9]"
_DATE = f"{_DIGITS * 4}-{_DIGITS * 2}-{_DIGITS * 2}"
_MOMENT = f"{_DATE} {_DIGITS * 2}:{_DIGITS * 2}:{_DIGITS * 2}.{_DIGITS * 6}"


def other_forms(connection: Connection) -> Iterator[Fault]:
    """Every value that is stored otherwise, in the tables of the log and in those that it tells of."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        raw: Any = connection.connection.driver_connection
        raw.create_function("is_written_text", 1, is_written_text, deterministic=True)
        raw.create_function("is_written_json", 1, is_written_json, deterministic=True)
    for kind, table in _tables():
        wrong = {column.name: (_on_sqlite if sqlite else _on_postgresql)(column) for column in table.columns}
        yield from _of_table(connection, kind, table, wrong)


def is_written_text(data: bytes | None) -> bool:
    """Whether text is in the form NFC of Unicode, as everything is that commands write, and without a NUL."""
    try:
        text = data.decode() if data is not None else ""
    except UnicodeDecodeError:
        return False
    return "\0" not in text and unicodedata.is_normalized("NFC", text)


def is_written_json(data: bytes | None) -> bool:
    """Whether JSON stands as Python writes it, with whole numbers only and texts in NFC."""
    if data is None:
        return True
    try:
        value = json.loads(data.decode(), parse_float=_refuse, parse_constant=_refuse)
        plain = json.dumps(value, ensure_ascii=False)
        return json.dumps(value).encode() == data and is_written_text(plain.encode())
    except (RecursionError, ValueError):
        return False


def _refuse(number: str) -> None:
    raise ValueError(number)


def _tables() -> Iterator[tuple[str, Table]]:
    """Kind of the subject, if its rows are subjects, and the table."""
    audited = {table_of(model): kind for kind, model in subjects().items()}
    yield from ((kind, table) for table, kind in audited.items())
    yield from (("", table) for _, table in attached().values())
    yield from (("", table) for table in SINGLE if table not in audited)
    yield from (("", table) for table in (entries, disclosures, leaves, pending, lifecycles, edges))


def _of_table(
    connection: Connection, kind: str, table: Table, wrong: dict[str, ColumnElement[bool]]
) -> Iterator[Fault]:
    key = [_raw(column).label(f"key_{place}") for place, column in enumerate(table.primary_key)]
    place = [_raw(table.c[name]).label(f"place_{name}") for name in ("trail", "seq") if name in table.c]
    flags = [func.coalesce(each, false()).label(name) for name, each in wrong.items()]
    wanted = select(*key, *place, *flags).where(or_(*wrong.values())).execution_options(yield_per=BATCH)
    with connection.execute(wanted) as rows:
        for told in rows.mappings():
            number = "/".join(_shown(told[each.name]) for each in key)
            trail = f"{kind}:{number}" if kind else _shown(told.get("place_trail") or table.name)
            seq = told.get("place_seq") if not kind and "place_trail" in told else 0
            for column in wrong:
                if told[column]:
                    values: dict[str, object] = {"column": column, "table": table.name, "row": number}
                    yield Fault(trail, seq if isinstance(seq, int) else 0, OTHER_FORM, values)


def _raw(column: Column[Any]) -> ColumnElement[Any]:
    return type_coerce(column, LargeBinary if isinstance(column.type, LargeBinary) else String)


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _on_sqlite(column: Column[Any]) -> ColumnElement[bool]:
    kind, stored = column.type, func.typeof(column)
    as_bytes = cast(_raw(column), LargeBinary)
    text = type_coerce(column, String)
    if isinstance(kind, Boolean):
        wrong = or_(stored != "integer", type_coerce(column, Integer).not_in((0, 1)))
    elif isinstance(kind, Integer):
        wrong = stored != "integer"
    elif isinstance(kind, LargeBinary):
        wrong = or_(stored != "blob", _salt(column))
    elif isinstance(kind, Moment | Date):
        form = _MOMENT if isinstance(kind, Moment) else _DATE
        wrong = or_(stored != "text", ~text.op("GLOB")(form))
    elif isinstance(kind, JSON):
        wrong = or_(stored != "text", ~func.is_written_json(as_bytes))
    elif column.table is entries:
        wrong = stored != "text"  # its bytes are compared with those of the entry
    else:
        wrong = or_(stored != "text", ~func.is_written_text(as_bytes))
    return and_(stored != "null", wrong)


def _on_postgresql(column: Column[Any]) -> ColumnElement[bool]:
    """The types themselves leave little room."""
    kind, name = column.type, f"{column.table.name}.{column.name}"
    if isinstance(kind, LargeBinary):
        return _salt(column)
    if isinstance(kind, Moment | Date):
        return literal_column(f"NOT isfinite({name})")
    if isinstance(kind, JSON):
        numbers = f"""regexp_replace({name}::text, '"(\\\\.|[^"\\\\])*"', '', 'g')"""
        return literal_column(f"({numbers} ~ '[.]|[0-9]{{17}}' OR {name}::text IS NOT NFC NORMALIZED)")
    if isinstance(kind, String) and column.table is not entries:
        return literal_column(f"{name} IS NOT NFC NORMALIZED")
    return false()


def _salt(column: Column[Any]) -> ColumnElement[bool]:
    """HMAC takes a salt and the same with NULs behind it for one key."""
    return func.length(column) != SALT_BYTES if column is disclosures.c.salt else false()
