"""What tests of program approval begin with."""

import pytest

from tests.programs import PROTOCOL
from tests.world import World


@pytest.fixture
def ministry(world: World) -> World:
    """A world whose protocol asks for programs in items 1.1 and 2.2; item 1.2 passes on that of 1.1."""
    world.at("2020-06-01 16:30").register(PROTOCOL)
    return world
