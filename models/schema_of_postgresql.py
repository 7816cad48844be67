"""The schema on PostgreSQL: what its catalogues say, and what they say of a database that this program has made.

The latter is kept in `data/schema-postgresql.json`; a test holds it current.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, text

FILE = files("models") / "data" / "schema-postgresql.json"

_OURS = "relnamespace = current_schema()::regnamespace"
# What an extension brought with it is its own, and no part of our schema.
_NO_EXTENSION = "NOT EXISTS (SELECT FROM pg_depend WHERE objid = {}.oid AND deptype = 'e')"
_OWN, _OWN_FUNCTION = _NO_EXTENSION.format("pg_class"), _NO_EXTENSION.format("pg_proc")
DESCRIBED = 15
"""The version of the server whose words the file has; others may word a definition otherwise."""
_QUERIES = {
    "table": f"""
        SELECT relname, concat_ws(' ', relkind, relpersistence, CASE WHEN relrowsecurity THEN 'row security' END,
            CASE WHEN relforcerowsecurity THEN 'forced' END)
        FROM pg_class WHERE {_OURS} AND {_OWN} AND relkind IN ('r', 'f', 'p')""",
    "view": f"""
        SELECT relname, pg_get_viewdef(oid) FROM pg_class WHERE {_OURS} AND {_OWN} AND relkind IN ('v', 'm')""",
    "column": f"""
        SELECT relname || '.' || attname, concat_ws(' ', format_type(atttypid, atttypmod), 'COLLATE ' ||
            CASE WHEN attcollation <> typcollation THEN (SELECT collname FROM pg_collation c WHERE c.oid = attcollation)
            END, CASE WHEN attnotnull THEN 'NOT NULL' END, nullif(attidentity, ''), nullif(attgenerated, ''),
            CASE WHEN pg_get_expr(adbin, adrelid) !~ '^([01]|true|false)$' THEN pg_get_expr(adbin, adrelid) END)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_type ON pg_type.oid = atttypid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE {_OURS} AND relkind IN ('r', 'f', 'p') AND attnum > 0 AND NOT attisdropped""",
    "constraint": f"""
        SELECT relname || '.' || conname, concat_ws(' ', pg_get_constraintdef(pg_constraint.oid),
            CASE WHEN NOT convalidated THEN 'not validated' END)
        FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE {_OURS} AND contype IN ('c', 'f', 'p', 'u', 'x')""",
    "index": f"""
        SELECT relname || '.' || indexrelid::regclass::text, concat_ws(' ', pg_get_indexdef(indexrelid),
            CASE WHEN NOT (indisvalid AND indisready AND indislive AND indimmediate) THEN 'not in force' END)
        FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE {_OURS}""",
    # Those of foreign keys have numbers for names; only that they are enabled is told, by their key.
    "trigger": f"""
        SELECT relname || '.' || tgname, concat_ws(' ', pg_get_triggerdef(pg_trigger.oid), tgenabled)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE {_OURS} AND NOT tgisinternal
        UNION ALL SELECT relname || '.' || coalesce(conname, tgname) || ' (' || count(*) || ')', 'disabled'
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        LEFT JOIN pg_constraint ON pg_constraint.oid = tgconstraint
        WHERE {_OURS} AND tgisinternal AND tgenabled <> 'O' GROUP BY relname, coalesce(conname, tgname)""",
    "function": f"""
        SELECT proname || '(' || pg_get_function_identity_arguments(pg_proc.oid) || ')', concat_ws(' ', prokind,
            lanname, provolatile, prosecdef, pg_get_function_result(pg_proc.oid), proconfig::text, prosrc)
        FROM pg_proc JOIN pg_language ON pg_language.oid = prolang
        WHERE pronamespace = current_schema()::regnamespace AND prokind IN ('f', 'p') AND {_OWN_FUNCTION}""",
    "rule": f"""
        SELECT relname || '.' || rulename, concat_ws(' ', pg_get_ruledef(pg_rewrite.oid), ev_enabled)
        FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class WHERE {_OURS} AND relkind IN ('r', 'f', 'p')""",
    "row-level policy": f"""
        SELECT relname || '.' || polname, concat_ws(' ', polcmd, polpermissive, pg_get_expr(polqual, polrelid),
            pg_get_expr(polwithcheck, polrelid))
        FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid WHERE {_OURS}""",
    "inheriting table": f"""
        SELECT relname || '.' || inhrelid::regclass::text, '' FROM pg_inherits
        JOIN pg_class ON pg_class.oid = inhparent WHERE {_OURS} AND relkind IN ('r', 'f', 'p')""",
    "event trigger": "SELECT evtname, evtevent FROM pg_event_trigger WHERE evtenabled <> 'D'",
    "setting": """
        SELECT concat_ws(' ', 'session_replication_role', rolname, datname), setting
        FROM pg_db_role_setting LEFT JOIN pg_roles ON pg_roles.oid = setrole
        LEFT JOIN pg_database ON pg_database.oid = setdatabase, unnest(setconfig) AS setting
        WHERE setting LIKE 'session_replication_role=%' AND setting <> 'session_replication_role=origin'
        AND (setdatabase = 0 OR datname = current_database())
        UNION SELECT name, reset_val FROM pg_settings
        WHERE name = 'session_replication_role' AND reset_val <> 'origin'""",
}


@cache
def declared() -> Mapping[tuple[str, str], str]:
    """What the file tells."""
    told: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return {(kind, name): definition for kind, named in told.items() for name, definition in named.items()}


def found(connection: Connection) -> Mapping[tuple[str, str], str]:
    """What the database holds; the name of its schema is left out, as it may be any."""
    ours = connection.scalar(text("SELECT quote_ident(current_schema())"))
    read: dict[tuple[str, str], str] = {}
    for kind, query in _QUERIES.items():
        for name, definition in connection.exec_driver_sql(query.replace("%", "%%")):
            told = str(definition).replace(f"{ours}.", "").replace(f"search_path={ours},", "search_path=,")
            read[kind, str(name).replace(f"{ours}.", "")] = told
    return read


def as_json(read: Mapping[tuple[str, str], str]) -> str:
    """The file's text for the schema of a database that was just made."""
    told: dict[str, dict[str, str]] = {}
    for (kind, name), definition in sorted(read.items()):
        told.setdefault(kind, {})[name] = definition
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"
