"""A protocol withdrawn as a whole: nothing of it comes back, not even half-way, and everybody concerned is told."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import select

from commands.assignments.effects import NotExpandedError, ProtocolWithdrawnError
from commands.context.actors import actor_for_login
from commands.protocols.expansion import expand
from commands.protocols.registration import Register, register
from commands.protocols.withdrawal import withdraw
from models.outbox import Notice
from states.refusal import RefusedError
from tests.world import PROTOCOL, World


def heard(world: World, action: str) -> list[str]:
    with world.installation.read() as tx:
        wanted = select(Notice.recipient).where(Notice.action == action).order_by(Notice.recipient)
        return list(tx.session.scalars(wanted))


def test_nothing_of_a_withdrawn_protocol_comes_back(world: World) -> None:
    protocol = world.at("2020-06-01 16:30").register()
    one, two = world.one("1.2", "Authority A").id, world.one("1.1", "Authority A").id
    world.act("a", two, "submit", note="Done")
    world.act("reviewer", two, "review", note="Complete")
    world.act("controller", two, "accept")
    world.withdraw(protocol)
    with pytest.raises(ProtocolWithdrawnError, match=f"belongs to protocol {protocol}"):
        world.act("controller", one, "restore", note="Order 2")
    with pytest.raises(ProtocolWithdrawnError):
        world.act("controller", two, "reopen", note="Order 2")


def test_a_restoration_half_way_through_is_withdrawn_again_or_refused(world: World) -> None:
    protocol = world.at("2020-06-01 16:30").register()
    ids = [line.id for line in world.assignments()]
    started = threading.Event()

    def restore() -> None:
        started.set()
        for _ in range(3):
            for number in ids:
                try:
                    world.act("controller", number, "restore", note="Order 2")
                except RefusedError:
                    continue

    thread = threading.Thread(target=restore)
    thread.start()
    started.wait()
    world.withdraw(protocol, batch=1)
    thread.join()
    assert {line.state for line in world.assignments()} == {"withdrawn"}
    assert world.faults() == []


@pytest.mark.slow
def test_a_restoration_beside_the_last_step_of_a_withdrawal_waits_for_it_and_is_refused(world: World) -> None:
    protocol = world.at("2020-06-01 16:30").register()
    one = world.one("1.2", "Authority A").id
    with world.installation.write() as tx:
        withdraw(tx, actor_for_login(tx, "controller", "cli:tester"), protocol, "Order 1")
    with ThreadPoolExecutor(1) as pool:
        with world.installation.write() as tx:
            withdraw(tx, actor_for_login(tx, "controller", "cli:tester"), protocol, "Order 1")
            beside = pool.submit(world.act, "controller", one, "restore", note="Order 2")
            wait([beside], timeout=1)
        with pytest.raises(ProtocolWithdrawnError):
            beside.result()
    assert world.line(one).state == "withdrawn"


def test_the_executors_of_what_was_open_are_told(world: World) -> None:
    protocol = world.at("2020-06-01 16:30").register()
    world.withdraw(protocol)
    # Two authorities with two items each, three schools with one.
    assert heard(world, "withdraw") == [f"organisation:{number}" for number in (3, 3, 4, 4, 5, 6, 7)]


def test_nothing_is_transferred_while_assignments_are_still_being_made(world: World) -> None:
    with world.at("2020-06-01 16:30").installation.write() as tx:
        clerk = actor_for_login(tx, "clerk", "cli:tester")
        done = register(tx, clerk, Register(PROTOCOL.encode(), "protocol.txt"))
        expand(tx, clerk, done.protocol, batch=1)
    (one,) = world.assignments()
    with pytest.raises(NotExpandedError):
        world.act("controller", one.id, "transfer", to="Control department", note="Merger")
    world.sweep()
    world.act("controller", one.id, "transfer", to="Control department", note="Merger")
    world.sweep()
    assert len(world.assignments()) == 7
