"""The description of the schema on PostgreSQL: `python -m tests.models.schema_description` writes it anew."""

import os
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url

from models import schema, schema_of_postgresql
from models.database import Database
from tests.postgres import administer
from tests.sentences import ROOT

FILE = ROOT / "models" / "data" / "schema-postgresql.json"


def described(database: Database) -> str:
    """The file's text by a database that was just made."""
    with database.read() as session:
        return schema_of_postgresql.as_json(schema_of_postgresql.found(session.connection()))


def main(file: Path = FILE) -> None:
    """Write it."""
    default = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
    server = make_url(os.environ.get("PORUCHENIE_TEST_POSTGRES", default))
    name = f"poruchenie_described_{uuid4().hex[:8]}"
    administer(server, f"CREATE DATABASE {name}")
    database = Database(server.set(database=name))
    try:
        schema.upgrade(database)
        file.write_text(described(database), encoding="utf-8")
    finally:
        database.close()
        administer(server, f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    main()
