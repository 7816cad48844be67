"""The schema on SQLite: what its table of tables says, clause by clause, and what this program would have it say.

Only the order of clauses and spaces may differ, and plain defaults: a table that a migration altered has both.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from models import guards
from models.revisions import REVISIONS
from models.schema import metadata

_OWN = re.compile("sqlite_(sequence|stat[1-4])")
_DEFAULT = re.compile(r" DEFAULT \(?[01]\)?(?= |$)")
_CONSTRAINT = re.compile("CONSTRAINT (\\w+)")
_UNNAMED = re.compile("(PRIMARY KEY|UNIQUE|CHECK|FOREIGN KEY)")


@cache
def declared() -> Mapping[tuple[str, str], str]:
    """What this program declares."""
    dialect = sqlite.dialect()
    made: dict[tuple[str, str], str] = {}
    for table in (*metadata.sorted_tables, REVISIONS):
        made |= _table(table.name, str(CreateTable(table).compile(dialect=dialect)).strip())
        for index in table.indexes:
            if index._ddl_if is None:  # noqa: SLF001 - SQLAlchemy tells in no other way that it is PostgreSQL's alone
                made["index", f"{table.name}.{index.name}"] = _spaced(str(CreateIndex(index).compile(dialect=dialect)))
    for statement in guards.statements("sqlite"):
        made["trigger", f"{_on(statement)}.{statement.split()[2]}"] = statement
    return made


def found(connection: Connection) -> Mapping[tuple[str, str], str]:
    """What the database holds."""
    read: dict[tuple[str, str], str] = {}
    listed = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master").all()
    for kind, name, table, sql in listed:
        if kind == "index" and sql is None and str(name).startswith("sqlite_autoindex_"):
            continue  # of a key, which its table's own clause tells
        if kind == "table" and _OWN.fullmatch(str(name)):
            continue
        text = str(sql)
        if kind == "table":
            read |= _table(str(name), text)
        elif kind == "view":
            read["view", str(name)] = text
        else:
            read[str(kind), f"{table}.{name}"] = _spaced(text) if kind == "index" else text
    return read


def _on(statement: str) -> str:
    """The table of a trigger."""
    return statement.partition(" ON ")[2].split()[0]


def _spaced(text: str) -> str:
    return " ".join(text.replace('"', "").split())


def _table(name: str, sql: str) -> dict[tuple[str, str], str]:
    """A table by its columns, its constraints, and what stands about them."""
    start, end = sql.find("(") + 1, sql.rfind(")")
    parts = {("table", name): _spaced(f"{sql[:start]} {sql[end:]}")}
    for clause in _clauses(sql[start:end]):
        if constraint := _CONSTRAINT.match(clause):
            key = ("constraint", f"{name}.{constraint[1]}")
        elif _UNNAMED.match(clause):
            key = ("constraint", f"{name}.{clause}")
        else:
            key = ("column", f"{name}.{clause.partition(' ')[0]}")
        # Another of the same name is no less there.
        parts[key] = f"{parts[key]}, {clause}" if key in parts else clause
    return parts


def _clauses(text: str) -> Iterator[str]:
    """The parts between commas that stand in no brackets and no quotes."""
    depth, quote, begun = 0, "", 0
    for place, letter in enumerate(f"{text},"):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "," and depth == 0:
            yield _DEFAULT.sub("", _spaced(text[begun:place]))
            begun = place + 1
    if quote or depth:  # no text that SQLite itself would take
        yield _spaced(text[begun:])
