"""A log that somebody kept a checkpoint of, and that grew since."""

import pytest

from commands.log.receipts import receipt_of
from commands.log.sealing import keys_of, store_of
from tests.audit.verifying import Grown
from tests.world import World


@pytest.fixture
def grown(world: World) -> Grown:
    world.register()
    world.seal()
    with world.installation.read() as tx:
        kept, key = store_of(tx.settings).checkpoint() or b"", str(keys_of(tx.session)[0])
        receipt = receipt_of(tx, "assignment:1").data
    for number in (1, 2, 3):
        world.act("controller", number, "comment", note="Вопрос")
    world.seal()
    return Grown(world, kept, receipt, key)
