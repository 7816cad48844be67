"""The schema that the database has, held against the one that this program declares: guards, keys, columns and all.

Whoever drops a guard, does his work and goes is seen by what he did; whoever leaves it dropped is seen here.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from audit.trails.verify import Fault, Remark
from models import schema_of_postgresql, schema_of_sqlite
from states.refusal import N_, Word

Described = Mapping[tuple[str, str], str]
"""Kind and name of each object of a schema → its definition. What belongs to a table is named `table.object`."""

KINDS = (
    N_("table"),
    N_("view"),
    N_("column"),
    N_("constraint"),
    N_("index"),
    N_("trigger"),
    N_("function"),
    N_("rule"),
    N_("row-level policy"),
    N_("inheriting table"),
    N_("event trigger"),
    N_("setting"),
)
PLACE = "schema"
MISSING = N_("the schema of the database lacks what this program declares: {kind} “{name}”")
ALTERED = N_("the schema of the database holds otherwise than this program declares: {kind} “{name}”")
BROKEN = N_("the file of the database does not hold together: {said}")
ADDED = N_("the schema of the database holds what this program does not declare: {kind} “{name}”")


def compare_schema(connection: Connection) -> Iterator[Fault]:
    """Every object that is missing, altered or added. It reads catalogues only, whatever the tables hold."""
    of = schema_of_sqlite if connection.dialect.name == "sqlite" else schema_of_postgresql
    found = differences(of.declared(), of.found(connection))
    version = connection.dialect.server_version_info or ()
    if connection.dialect.name == "postgresql" and version[0] != schema_of_postgresql.DESCRIBED:
        # Of another version only what is missing or added is sure; its words may be others.
        yield from (
            Remark(each.trail, each.seq, each.template, each.values) if each.template == ALTERED else each
            for each in found
        )
    else:
        yield from found


def broken_indexes(connection: Connection) -> Iterator[Fault]:
    """Rows that an index of SQLite hides, and whatever else its file holds that does not fit.

    Of PostgreSQL nothing: its extension `amcheck` is for the database's administrator.
    """
    if connection.dialect.name != "sqlite":
        return
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if said != "ok":
            yield Fault(PLACE, 0, BROKEN, {"said": said})


def differences(declared: Described, found: Described) -> Iterator[Fault]:
    """Of a table that is missing or added, what belongs to it is not told besides."""
    absent = {name for kind, name in declared.keys() ^ found.keys() if kind == "table"}
    for key in sorted(declared.keys() | found.keys()):
        kind, name = key
        if declared.get(key) == found.get(key) or ("." in name and name.partition(".")[0] in absent):
            continue
        sentence = MISSING if key not in found else ADDED if key not in declared else ALTERED
        yield Fault(PLACE, 0, sentence, {"kind": Word(kind), "name": name})
