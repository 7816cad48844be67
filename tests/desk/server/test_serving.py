"""The server of the pages, in a process of its own."""

import gc

import pytest

from desk.server.app import create_app
from desk.server.serving import Server, serve
from tests.world import World


def test_no_page_waits_until_the_whole_program_is_looked_through_for_garbage(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen: list[int] = []
    monkeypatch.setattr(Server, "run", lambda _: frozen.append(gc.get_freeze_count()))
    try:
        serve(create_app(world.installation))
    finally:
        gc.unfreeze()
    assert frozen[0] > 10_000
