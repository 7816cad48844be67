"""A signer that forgot, or remembers another log, is named; so is a sealed entry that was put back into the queue."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from audit.merkle.checkpoints import Checkpoint
from audit.merkle.sequencer import ForgottenError
from commands.context.actors import actor_for_login
from commands.log.sealing import signer_of
from commands.log.signer_memory import NothingForgottenError, memory_amiss, remember
from desk.doctor import examine
from tests.commands.verification.scene import unstopped
from tests.world import World


def memory(world: World) -> Path:
    return signer_of(world.installation.settings).memory


def remembered(world: World) -> Checkpoint:
    found = signer_of(world.installation.settings).signed()
    assert found
    return found


def _put(world: World, **changes: object) -> None:
    memory(world).write_text(replace(remembered(world), **changes).text, encoding="utf-8")  # type: ignore[arg-type]


ATTACKS: dict[str, tuple[Callable[[World], object], str]] = {
    "taken away": (lambda world: memory(world).unlink(), "The signer remembers nothing of what it signed"),
    "with its folder": (lambda world: shutil.rmtree(memory(world).parent), "The signer remembers nothing"),
    "another root": (lambda world: _put(world, root=b"x" * 32), "is not of the log published"),
    "another log": (lambda world: _put(world, origin="other.example/log"), "is not of the log published"),
    "an older one": (lambda world: _put(world, size=1), "is not of the log published"),
    "a later one of no log": (
        lambda world: _put(world, size=remembered(world).size + 1, root=b"x" * 32), "is not of the log published",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_memory_that_is_not_of_the_log_is_named(sealed: tuple[World, int], attack: str) -> None:
    world, _ = sealed
    assert memory_amiss(world.installation.settings) is None
    work, sentence = ATTACKS[attack]
    work(world)
    assert any(sentence in each for each in world.faults())
    assert any(sentence in each.says for each in examine(world.installation) if not each.ok)


def test_a_signer_killed_before_it_published_is_no_fault(sealed: tuple[World, int]) -> None:
    world, number = sealed
    store = world.installation.settings.seal.tiles
    before = (store / "checkpoint").read_bytes()
    world.act("controller", world.one("1.2", "Authority B").id, "comment", note="Noted")
    world.seal()
    (store / "checkpoint").write_bytes(before)
    assert number
    assert memory_amiss(world.installation.settings) is None


@pytest.mark.parametrize("last", [False, True])
def test_an_entry_put_back_into_the_queue_is_named(sealed: tuple[World, int], *, last: bool) -> None:
    world, number = sealed
    trail = f"assignment:{number}"
    seq = 7 if last else 2
    with unstopped(world) as connection:
        where = f"trail = '{trail}' AND seq {'>=' if last else '='} {seq}"
        index = connection.exec_driver_sql(f"SELECT leaf_index FROM leaves WHERE trail = '{trail}' AND seq = {seq}")
        place = index.scalar()
        connection.exec_driver_sql(f"DELETE FROM leaves WHERE {where}")
        connection.exec_driver_sql(f"INSERT INTO pending (trail, seq) VALUES ('{trail}', {seq})")
    told = f"{trail}/{seq}: waits for a place in the log, but was sealed at place {place} already: somebody put it back"
    assert told in world.faults()


def test_a_signer_that_forgot_signs_nothing_before_it_was_told_in_the_log(sealed: tuple[World, int]) -> None:
    world, _ = sealed
    memory(world).unlink()
    world.act("controller", world.one("1.2", "Authority B").id, "comment", note="Noted")
    with pytest.raises(ForgottenError, match="Nothing is signed"):
        world.seal()
    assert not memory(world).exists()
    with world.installation.write() as tx:
        size = remember(tx, actor_for_login(tx, "controller", "cli:tester"), "Order 9").size
    assert remembered(world).size == size
    world.seal()
    assert world.faults() == []
    last = world.trail("log:1")[-1]
    assert (last.action, last.note, last.facts["signer"]["size"]) == ("repair", "Order 9", size)
    with pytest.raises(NothingForgottenError), world.installation.write() as tx:
        remember(tx, actor_for_login(tx, "controller", "cli:tester"), "Order 9")
