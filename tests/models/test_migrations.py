"""Migrations: whole or not at all, with data in the tables, there and back, on both databases."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import ProgrammingError

from models import guards, schema
from models.clock import NotInitialisedError
from models.database import Database, DatabaseAwayError
from models.schema import SchemaError
from tests.world import World

BY_EXPRESSION = ("ix_entries_actor", "ix_entries_for", "ix_disclosures_words")
"""Indexes that Alembic can't compare; `picture` does."""
REVISIONS = [each.revision for each in reversed(list(ScriptDirectory.from_config(schema._config()).walk_revisions()))]


def revision(database: Database) -> str | None:
    with database.read() as session:
        return schema.current(session.connection())


def tables(database: Database) -> set[str]:
    with database.read() as session:
        return set(inspect(session.connection()).get_table_names()) - {"alembic_version"}


def count(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {name: session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in sorted(tables(database))}


def picture(connection: Connection) -> dict[str, Any]:
    """What compare_metadata does not look at: triggers, their functions, checks, and the like."""
    inspector = inspect(connection)
    names = set(inspector.get_table_names()) - {"alembic_version"}
    checks = {name: sorted(str(each) for each in inspector.get_check_constraints(name)) for name in names}
    if connection.dialect.name == "sqlite":
        triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        listed = connection.exec_driver_sql("SELECT name, wr FROM pragma_table_list").all()
        without_rowid = {name for name, yes in listed if yes}
        return {"checks": checks, "triggers": dict(triggers.tuples().all()), "without rowid": without_rowid}
    triggers = connection.exec_driver_sql(
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    )
    functions = connection.exec_driver_sql(
        "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    indexes = connection.exec_driver_sql("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    defined = {name: definition for name, definition in indexes.tuples() if name in BY_EXPRESSION}
    return {
        "indexes": defined,
        "checks": checks,
        "triggers": dict(triggers.tuples().all()),
        "functions": dict(functions.tuples().all()),
    }


def test_each_revision_is_reached_step_by_step_and_left_again(bare: Database) -> None:
    for each in REVISIONS:
        schema.upgrade(bare, each)
        assert revision(bare) == each
    assert tables(bare) == set(schema.metadata.tables)
    for each in [*reversed(REVISIONS[:-1]), "base"]:
        schema.downgrade(bare, each)
    assert revision(bare) is None
    assert tables(bare) == set()


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_migrated_schema_is_the_one_that_the_models_declare(bare: Database) -> None:
    schema.upgrade(bare)
    with bare.read() as session:
        opts = {"compare_type": True, "include_object": lambda _, name, *__: name not in BY_EXPRESSION}
        context = MigrationContext.configure(session.connection(), opts=opts)
        assert compare_metadata(context, schema.metadata) == []


def test_migrated_triggers_and_checks_are_those_that_the_models_declare(bare: Database) -> None:
    schema.upgrade(bare)
    with bare.read() as session:
        migrated = picture(session.connection())
    schema.downgrade(bare, "base")
    with bare.write() as session:
        connection = session.connection()
        assert not picture(connection)["triggers"]
        schema.metadata.create_all(connection)
        for statement in guards.statements(connection.dialect.name):
            connection.execute(text(statement))
        declared = picture(connection)
    assert migrated == declared
    assert len(declared["triggers"]) > 30


def test_going_back_by_any_number_of_revisions_and_forth_keeps_the_data(world: World) -> None:
    world.register()
    database = world.installation.database
    for each in reversed(REVISIONS):
        schema.downgrade(database, each)
        assert count(database)["entries"] > 0
        schema.upgrade(database)
        assert world.faults() == []


def test_after_going_back_to_nothing_one_begins_anew(world: World, tmp_path: Path) -> None:
    world.register()
    database = world.installation.database
    schema.downgrade(database, "base")
    assert tables(database) == set()
    anew = World.found(database, tmp_path)
    anew.register()
    assert anew.faults() == []


def test_migrating_once_more_changes_nothing(world: World) -> None:
    world.register()
    before = count(world.installation.database)
    schema.upgrade(world.installation.database)
    assert count(world.installation.database) == before


def test_a_migration_that_fails_in_the_middle_leaves_nothing(bare: Database) -> None:
    with bare.write() as session:
        session.execute(text("CREATE TABLE notices (in_the_way INTEGER)"))
    with pytest.raises((DatabaseAwayError, ProgrammingError), match="notices"):
        schema.upgrade(bare)
    assert tables(bare) == {"notices"}
    assert revision(bare) is None


def foreign_keys(database: Database) -> list[int]:
    """Of the connections that the pool hands out next."""
    with database.read() as one, database.read() as other:
        return [int(each.scalar(text("PRAGMA foreign_keys")) or 0) for each in (one, other)]


def test_foreign_keys_are_on_after_a_migration_and_after_a_failed_one(tmp_path: Path) -> None:
    database = Database(make_url(f"sqlite:///{tmp_path / 'keys.db'}"))
    schema.upgrade(database)
    assert foreign_keys(database) == [1, 1]
    with pytest.raises(CommandError, match="nowhere"):
        schema.upgrade(database, "nowhere")
    assert foreign_keys(database) == [1, 1]
    database.close()


def test_a_migration_that_leaves_a_broken_key_is_undone(tmp_path: Path) -> None:
    database = Database(make_url(f"sqlite:///{tmp_path / 'keys.db'}"))
    schema.upgrade(database)
    with database.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys = OFF").close()
        with connection.begin():
            connection.exec_driver_sql("INSERT INTO pending (trail, seq) VALUES ('ghost:1', 1)")
        raw.execute("PRAGMA foreign_keys = ON").close()
    with pytest.raises(RuntimeError, match="broke a foreign key"):
        schema.upgrade(database)
    assert foreign_keys(database) == [1, 1]
    database.close()


def test_a_newer_database_is_refused_in_a_sentence(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (schema.check, schema.upgrade):
        with pytest.raises(SchemaError, match=f"has schema 9999, this program needs {REVISIONS[-1]}"):
            refused(database)
    assert revision(database) == "9999"


def test_a_database_of_this_schema_passes(database: Database) -> None:
    schema.check(database)
    assert not schema.empty(database)


def test_a_database_without_tables_is_to_be_initialised(bare: Database) -> None:
    assert schema.empty(bare)
    with pytest.raises(NotInitialisedError, match="poruchenie init"):
        schema.check(bare)


def test_looking_at_a_file_that_is_not_there_makes_none(tmp_path: Path) -> None:
    database = Database(make_url(f"sqlite:///{tmp_path / 'none.db'}"))
    with pytest.raises(NotInitialisedError):
        schema.check(database)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    database = Database(make_url(f"sqlite:///{tmp_path / 'deep' / 'home' / 'new.db'}"))
    schema.upgrade(database)
    schema.check(database)
    database.close()


def test_what_is_needed_is_told_without_alembic_as_alembic_tells_it() -> None:
    scripts = ScriptDirectory.from_config(schema._config())
    assert schema.needed() == scripts.get_current_head()
    assert schema.known() == {each.revision for each in scripts.walk_revisions()}
