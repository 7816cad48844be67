"""Databases that nothing was done to yet."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from models.database import Database
from tests.conftest import POSTGRES, missing
from tests.postgres import administer


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of each kind without any table."""
    if request.param == "sqlite":
        made = Database(make_url(f"sqlite:///{tmp_path / 'bare.db'}"))
        yield made
        made.close()
        return
    name = f"poruchenie_bare_{uuid4().hex[:12]}"
    try:
        administer(POSTGRES, f"CREATE DATABASE {name}")
    except OperationalError as error:
        missing(f"no PostgreSQL at {POSTGRES}: {error.orig}")
    made = Database(POSTGRES.set(database=name))
    yield made
    made.close()
    administer(POSTGRES, f"DROP DATABASE {name} WITH (FORCE)")
