"""The lessons are told on SQLite alone; what must hold on both databases is tested in the rooms."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.database import Database
from tests.conftest import fresh


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh(request, tmp_path) as made:
        yield made
