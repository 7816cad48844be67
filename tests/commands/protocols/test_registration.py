"""From a document to assignments: complete, once, resumable, and to the right people."""

from datetime import date

import pytest

from commands.context.actors import actor_for_login
from commands.protocols.addressing import EmptyGroupError, MappingError, UnmappedError
from commands.protocols.expansion import expand
from commands.protocols.registration import DateMissingError, DuplicateError, Register, register
from commands.protocols.withdrawal import withdraw
from commands.recording.requirements import NeedError
from commands.registers.items import items
from commands.registers.lookup import UnknownProtocolError
from commands.registers.protocols import protocols
from intake.correction import Correction
from models.database import NulError
from states.lifecycle import WrongRoleError
from tests.world import PROTOCOL, ROSTER, World


def test_every_item_becomes_an_assignment_for_every_member(world: World) -> None:
    world.register()
    assert [(line.item, line.addressee) for line in world.assignments()] == [
        ("1.1", "Authority A"),
        ("1.1", "Authority B"),
        ("1.2", "Authority A"),
        ("1.2", "Authority B"),
        ("2.1", "School 1"),
        ("2.1", "School 2"),
        ("2.1", "School 3"),
    ]
    assert world.faults() == []


def test_the_same_bytes_are_refused_and_point_to_the_first(world: World) -> None:
    first = world.register()
    with pytest.raises(DuplicateError, match=f"as protocol {first}"):
        world.register()


def test_the_same_decisions_in_another_file_are_refused_too(world: World) -> None:
    world.register()
    with pytest.raises(DuplicateError):
        world.register(PROTOCOL.replace("представить  сведения", "представить сведения") + "\n\n")


def test_the_same_meeting_is_refused_even_if_its_decisions_were_retouched(world: World) -> None:
    world.register()
    with pytest.raises(DuplicateError):
        world.register(PROTOCOL.replace("обеспечить поддержку", "обеспечить всемерную поддержку"))


def test_meetings_without_a_number_are_told_apart_by_their_titles(world: World) -> None:
    unnumbered = PROTOCOL.replace("ПРОТОКОЛ № 5", "ПРОТОКОЛ")
    world.register(unnumbered)
    with pytest.raises(DuplicateError):
        world.register(unnumbered.replace("обеспечить поддержку", "обеспечить всемерную поддержку"))
    other = unnumbered.replace("совещания с руководителями районов", "совещания с директорами школ")
    assert world.register(other.replace("обеспечить поддержку", "обеспечить всемерную поддержку")) == 2


def test_other_decisions_of_the_same_day_are_another_protocol(world: World) -> None:
    world.register()
    assert world.register(PROTOCOL.replace("№ 5", "№ 6")) == 2


def test_an_addressee_that_no_group_stands_for_blocks_until_mapped_and_is_remembered(world: World) -> None:
    text = PROTOCOL.replace("Директорам школ", "Начальникам отделов опеки")
    with pytest.raises(UnmappedError, match="«Начальникам отделов опеки»"):
        world.register(text)
    assert world.assignments() == []

    world.register(text, mapping={"Начальникам отделов опеки": "Schools"})
    assert len(world.assignments()) == 7
    world.register(text.replace("№ 5", "№ 7"))  # nobody need say it again
    assert world.faults() == []


def test_a_mapping_of_something_else_is_refused(world: World) -> None:
    with pytest.raises(MappingError, match="Главам районов"):
        world.register(mapping={"Летчикам": "Schools"})


def test_a_registration_killed_half_way_is_resumed_without_doubles(world: World) -> None:
    with world.installation.write() as tx:
        clerk = actor_for_login(tx, "clerk", "cli:tester")
        number = register(tx, clerk, Register(PROTOCOL.encode(), "protocol.txt")).protocol
        assert expand(tx, clerk, number, batch=3).more
    assert len(world.assignments()) == 3

    assert world.sweep()["assigned"] == 4
    assert world.sweep()["assigned"] == 0
    assert len({(line.item, line.addressee) for line in world.assignments()}) == 7
    assert world.faults() == []


def test_members_are_those_of_the_protocols_date(world: World) -> None:
    dated = ROSTER.replace("s3@example.org,,Schools,,,", "s3@example.org,,Schools,,2020-06-02,")
    dated = dated.replace("s2@example.org,,Schools,,,", "s2@example.org,,Schools,,,2020-06-01")
    world.import_roster(dated)
    world.register()
    assert {line.addressee for line in world.assignments(item="2.1")} == {"School 1", "School 2"}


def test_a_group_with_nobody_in_it_is_refused(world: World) -> None:
    empty = "".join(line + ("2019-12-31" if ",Schools," in line else "") + "\n" for line in ROSTER.splitlines())
    world.import_roster(empty)
    with pytest.raises(EmptyGroupError, match="Schools"):
        world.register()
    assert world.assignments() == []


def test_a_document_without_a_date_needs_one(world: World) -> None:
    undated = PROTOCOL.replace("1 июня 2020 года\n\nРЕШИЛИ", "РЕШИЛИ").replace("\n1 июня 2020 года\n", "\n")
    with pytest.raises(DateMissingError):
        world.register(undated)
    world.register(undated, signed=date(2020, 6, 1))
    assert len(world.assignments()) == 7


def test_the_department_is_the_one_named_or_the_one_whose_head_signed_or_the_root(world: World) -> None:
    world.register()
    world.register(PROTOCOL.replace("№ 5", "№ 6"), department="Control department")
    world.import_roster(ROSTER + "Департамент общего образования,Ministry,,,,,,\n")
    signed = PROTOCOL.replace("Директор департамента\n", "Директор департамента общего образования\n")
    world.register(signed.replace("№ 5", "№ 7"))
    with world.installation.read() as tx:
        departments = [line.department for line in protocols(tx)]
    assert departments == ["Департамент общего образования", "Control department", "Ministry"]


def test_only_a_registrar_registers(world: World) -> None:
    with pytest.raises(WrongRoleError):
        world.register(by="controller")
    assert world.assignments() == []


def test_a_protocol_registered_by_mistake_is_withdrawn_and_may_come_again(world: World) -> None:
    first = world.register()
    one = world.one("1.1", "Authority A").id
    world.act("a", one, "submit", note="Done")
    world.act("reviewer", one, "review", note="Good")
    world.act("controller", one, "accept")

    done = list(
        world.installation.batches(
            lambda tx: withdraw(tx, actor_for_login(tx, "controller", "cli:tester"), first, "Order 9", batch=4)
        )
    )
    assert sum(step.assignments for step in done) == 6
    assert world.line(one).state == "accepted"
    second = world.register()
    assert world.trail(f"protocol:{second}")[0].facts["set"]["supersedes_id"] == first
    assert world.faults() == []


def test_a_withdrawal_is_refused_with_a_reason(world: World) -> None:
    number = world.register()
    with world.installation.write() as tx:
        controller, clerk = (actor_for_login(tx, login, "cli:tester") for login in ("controller", "clerk"))
        with pytest.raises(NeedError):
            withdraw(tx, controller, number, " ")
        with pytest.raises(WrongRoleError):
            withdraw(tx, clerk, number, "Order 9")
        with pytest.raises(UnknownProtocolError):
            withdraw(tx, controller, 99, "Order 9")


def test_the_document_itself_is_kept(world: World) -> None:
    number = world.register()
    source = world.trail(f"protocol:{number}")[0].facts["set"]["source_hash"]
    with world.installation.read() as tx:
        assert tx.evidence.read(source) == PROTOCOL.encode()


def test_recurring_deadlines_bring_the_next_period_once(world: World) -> None:
    world.register(PROTOCOL.replace("Срок – 3 июня 2020 года", "Срок – ежеквартально до 10 числа"))
    with world.installation.read() as tx:
        recurring = [item.number for item in items(tx) if item.deadline["kind"] == "periodic"]
    assert recurring == ["1.1"]

    world.at("2020-07-11 10:00").sweep()
    world.sweep()
    periods = world.assignments(item="1.1", addressee="Authority A")
    # 10 October 2020 is a Saturday.
    assert [(line.period, str(line.due)[:10]) for line in periods] == [(0, "2020-07-10"), (1, "2020-10-09")]
    world.at("2021-01-20 10:00").sweep()
    assert [line.period for line in world.assignments(item="1.1", addressee="Authority B")] == [0, 1, 2, 3]
    assert world.faults() == []


def test_a_protocol_registered_after_its_deadlines_says_so(world: World) -> None:
    with world.at("2020-06-04 09:00").installation.write() as tx:
        done = register(tx, actor_for_login(tx, "clerk", "cli:tester"), Register(PROTOCOL.encode(), "protocol.txt"))
    (doubt,) = done.doubts
    assert str(doubt).startswith("Item 1.1: its deadline (2020-06-03) has passed already")


def test_registered_in_time_there_is_nothing_to_doubt(world: World) -> None:
    with world.at("2020-06-03 23:00").installation.write() as tx:
        done = register(tx, actor_for_login(tx, "clerk", "cli:tester"), Register(PROTOCOL.encode(), "protocol.txt"))
    assert done.doubts == ()


def test_a_nul_within_a_deadline_is_refused_on_both_databases(world: World) -> None:
    with pytest.raises(NulError, match="␀"):
        world.register(corrections=(Correction(number="1.2", deadline="как\0нибудь"),))
    assert world.assignments() == []
