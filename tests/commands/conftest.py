"""The scene, once a session on each database."""

from collections.abc import Iterator

import pytest

from tests.commands.verification.scene import Scene, played
from tests.conftest import fresh
from tests.world import World


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("scene")
    with fresh(request, folder) as database:
        yield played(World.found(database, folder))
