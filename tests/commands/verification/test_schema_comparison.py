"""The defences watch themselves: whoever changes the schema is named by verification and the doctor."""

import time
from typing import Any

import pytest
from sqlalchemy import Connection

from commands.verification.verify import verify
from desk.doctor import examine
from models import guards
from models.database import Database
from models.schema_comparison import compare_schema
from models.schema_of_postgresql import FILE
from tests.commands.verification.scene import Scene
from tests.commands.verification.within import within
from tests.models.schema_description import described
from tests.world import World

TRIGGER = "RETURNS trigger LANGUAGE plpgsql"
REPLICA = "session_replication_role = replica"
IDLE = "BEGIN RETURN NEW; END"
ON_SQLITE: dict[str, tuple[str, ...]] = {
    "lacks: trigger “entries.entries_unchanged”": ("DROP TRIGGER entries_unchanged",),
    "otherwise: trigger “assignments.assignments_told”": (
        "DROP TRIGGER assignments_told",
        "CREATE TRIGGER assignments_told BEFORE UPDATE ON assignments BEGIN SELECT 1; END",
    ),
    "not declare: trigger “entries.helper”": (
        "CREATE TRIGGER helper AFTER INSERT ON entries BEGIN UPDATE assignments SET late = 0; END",
    ),
    "not declare: table “shadow”": ("CREATE TABLE shadow (id INTEGER)",),
    "not declare: view “shown”": ("CREATE VIEW shown AS SELECT * FROM entries",),
    "not declare: column “entries.note”": ("ALTER TABLE entries ADD COLUMN note TEXT",),
    "lacks: column “sweeps.finished_at”": ("ALTER TABLE sweeps DROP COLUMN finished_at",),
    "lacks: index “protocols.uq_protocols_source_hash”": ("DROP INDEX uq_protocols_source_hash",),
    "otherwise: index “protocols.uq_protocols_source_hash”": (
        "DROP INDEX uq_protocols_source_hash",
        "CREATE INDEX uq_protocols_source_hash ON protocols (source_hash) WHERE state = 'under_control'",
    ),
    "not declare: index “assignments.mine”": ("CREATE UNIQUE INDEX mine ON assignments (id)",),
    "lacks: table “likenesses”": ("DROP TABLE likenesses",),
}
REWRITTEN = {
    "lacks: constraint “instance.ck_instance_one”": (
        "instance", "CONSTRAINT ck_instance_one CHECK (id = 1)", "CHECK (1)",
    ),
    "otherwise: constraint “assignments.ck_assignments_state”": ("assignments", "'assigned'", "'assigned', 'gone'"),
    "lacks: constraint “items.fk_items_protocol_id”": (
        "items", "CONSTRAINT fk_items_protocol_id FOREIGN KEY(protocol_id) REFERENCES protocols (id)", "CHECK (1)",
    ),
    "otherwise: constraint “entries.pk_entries”": (
        "entries", "PRIMARY KEY (trail, seq)", "PRIMARY KEY (trail, seq) ON CONFLICT REPLACE",
    ),
    "otherwise: column “entries.body”": ("entries", "body BLOB NOT NULL", "body BLOB"),
    "otherwise: column “entries.hash”": ("entries", "hash BLOB NOT NULL", "hash TEXT NOT NULL"),
    "otherwise: table “edges”": ("edges", "WITHOUT ROWID", ""),
    "otherwise: trigger “entries.entries_kept”": ("entries_kept", "WHERE (1 = 1)", "WHERE (1 = 0)"),
}  # fmt: skip
ON_POSTGRESQL: dict[str, tuple[str, ...]] = {
    "lacks: trigger “entries.entries_unchanged”": ("DROP TRIGGER entries_unchanged ON entries",),
    "lacks: function “entries_unchanged()”": ("DROP FUNCTION entries_unchanged CASCADE",),
    "otherwise: trigger “entries.entries_kept”": ("ALTER TABLE entries DISABLE TRIGGER entries_kept",),
    "otherwise: trigger “leaves.leaves_kept”": ("ALTER TABLE leaves ENABLE REPLICA TRIGGER leaves_kept",),
    "not declare: trigger “entries.fk_entries_lifecycle": ("ALTER TABLE entries DISABLE TRIGGER ALL",),
    "otherwise: function “assignments_told()”": (
        f"CREATE OR REPLACE FUNCTION assignments_told() {TRIGGER} SET search_path = public, pg_temp AS $$ {IDLE} $$",
    ),
    "otherwise: function “entries_kept()”": ("ALTER FUNCTION entries_kept() RESET search_path",),
    "otherwise: function “items_told()”": ("ALTER FUNCTION items_told() SET search_path = pg_temp, public",),
    "otherwise: function “groups_told()”": ("ALTER FUNCTION groups_told() SECURITY DEFINER",),
    "otherwise: trigger “groups.groups_told”": (
        "DROP TRIGGER groups_told ON groups",
        "CREATE TRIGGER groups_told BEFORE UPDATE ON groups FOR EACH ROW WHEN (false) EXECUTE FUNCTION groups_told()",
    ),
    "not declare: trigger “entries.helper”": (
        "CREATE TRIGGER helper AFTER INSERT ON entries FOR EACH ROW EXECUTE FUNCTION entries_queued()",
    ),
    "not declare: function “helper()”": (f"CREATE FUNCTION helper() {TRIGGER} AS $$ {IDLE} $$",),
    "not declare: event trigger “watcher”": (
        "CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$",
        "CREATE EVENT TRIGGER watcher ON ddl_command_end EXECUTE FUNCTION watch()",
    ),
    "not declare: rule “entries.swallow”": ("CREATE RULE swallow AS ON INSERT TO entries DO INSTEAD NOTHING",),
    "not declare: view “shown”": ("CREATE VIEW shown AS SELECT * FROM entries",),
    "not declare: table “shadow”": ("CREATE TABLE shadow (id integer)",),
    "not declare: row-level policy “entries.hide”": ("CREATE POLICY hide ON entries USING (seq > 1)",),
    "otherwise: table “entries”": ("ALTER TABLE entries ENABLE ROW LEVEL SECURITY",),
    "not declare: inheriting table “leaves.more”": ("CREATE TABLE more () INHERITS (leaves)",),
    "lacks: constraint “instance.ck_instance_one”": ("ALTER TABLE instance DROP CONSTRAINT ck_instance_one",),
    "otherwise: constraint “instance.ck_instance_one”": (
        "ALTER TABLE instance DROP CONSTRAINT ck_instance_one",
        "ALTER TABLE instance ADD CONSTRAINT ck_instance_one CHECK (id > 0)",
    ),
    "otherwise: constraint “instance.ck_instance_clock”": (
        "ALTER TABLE instance DROP CONSTRAINT ck_instance_clock",
        "ALTER TABLE instance ADD CONSTRAINT ck_instance_clock CHECK (clock IN ('system', 'test', 'demo')) NOT VALID",
    ),
    "lacks: constraint “items.fk_items_protocol_id”": ("ALTER TABLE items DROP CONSTRAINT fk_items_protocol_id",),
    "lacks: index “protocols.uq_protocols_source_hash”": ("DROP INDEX uq_protocols_source_hash",),
    "otherwise: column “entries.body”": ("ALTER TABLE entries ALTER body DROP NOT NULL",),
    "otherwise: column “assignments.rung”": ("ALTER TABLE assignments ALTER rung TYPE bigint",),
    "otherwise: column “groups.name”": ("ALTER TABLE groups ALTER name SET DEFAULT 'x' || current_user",),
    "not declare: column “entries.note”": ("ALTER TABLE entries ADD COLUMN note text",),
    "lacks: column “items.deliverable”": ("ALTER TABLE items DROP COLUMN deliverable CASCADE",),
    "not declare: setting “session_replication_role poruchenie": (
        f"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {REPLICA}', current_database()); END $$",
    ),
    "not declare: setting “session_replication_role postgres": (
        f"ALTER ROLE CURRENT_USER SET {REPLICA}",
    ),
}  # fmt: skip
ATTACKS = [("sqlite", each) for each in ON_SQLITE] + [("postgresql", each) for each in ON_POSTGRESQL]


def told(scene: Scene, connection: Connection, expected: str) -> None:
    installation = within(scene.world.installation, connection)
    with installation.read() as tx:
        found = [str(each) for each in verify(installation, tx) if not isinstance(each, int)]
    amiss = [each.says for each in examine(installation) if not each.ok]
    verb, _, what = expected.partition(": ")
    for says in (found, amiss):
        assert any(verb in each and what in each for each in says if "schema of the database" in each), says


@pytest.mark.parametrize(
    ("scene", "expected"), ATTACKS, indirect=["scene"], ids=[f"{kind}-{each}" for kind, each in ATTACKS]
)
def test_a_change_of_the_schema_is_named(scene: Scene, expected: str) -> None:
    attack = (ON_SQLITE if scene.sqlite else ON_POSTGRESQL)[expected]
    with scene.administrator() as connection:
        scene.put_back(connection)
        assert list(compare_schema(connection)) == []
        for each in attack:
            connection.exec_driver_sql(each.replace("%", "%%") if not scene.sqlite else each)
        told(scene, connection, expected)


@pytest.mark.parametrize("scene", ["sqlite"], indirect=True)
@pytest.mark.parametrize("expected", REWRITTEN)
def test_a_table_of_tables_that_was_rewritten_is_named(scene: Scene, expected: str) -> None:
    name, old, new = REWRITTEN[expected]
    with scene.administrator() as connection:
        raw: Any = connection.connection.driver_connection
        scene.put_back(connection)
        raw.execute("PRAGMA writable_schema = ON").close()
        change = "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = ? AND instr(sql, ?)"
        assert connection.exec_driver_sql(change, (old, new, name, old)).rowcount == 1
        raw.execute("PRAGMA writable_schema = OFF").close()
        told(scene, connection, expected)


def test_the_schema_of_a_new_database_is_the_one_declared_and_it_takes_no_time(database: Database) -> None:
    with database.read() as session:
        assert list(compare_schema(session.connection())) == []
        began = time.perf_counter()
        assert list(compare_schema(session.connection())) == []
        assert time.perf_counter() - began < 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_description_is_of_this_version(database: Database) -> None:
    assert described(database) == FILE.read_text(encoding="utf-8"), "run: python -m tests.models.schema_description"


def test_every_guard_is_described() -> None:
    text = FILE.read_text(encoding="utf-8")
    for statement in guards.statements("postgresql"):
        if statement.startswith("CREATE TRIGGER"):
            assert f'.{statement.split()[2]}"' in text, statement


def test_a_world_that_has_lived_has_the_schema_declared(world: World) -> None:
    world.register()
    world.seal()
    assert world.faults() == []
