"""Personal data are destroyed without breaking a proof; the act of it is itself in the log."""

from pathlib import Path

import pytest
from sqlalchemy import select

from audit.offline_verifier import key_of, verify_receipt
from audit.trails.tables import disclosures
from commands.access.accounts import UpdateAccount, update_account
from commands.context.actors import actor_for_login
from commands.log.erasure import (
    Erase,
    ErasureCertificate,
    NothingToEraseError,
    NotYetLeaderError,
    OtherRequestError,
    OwnRequestError,
    StillInUseError,
    TwoPersonsError,
    UnknownRequestError,
    ask_erasure,
    erase,
)
from commands.log.receipts import receipt_of
from commands.log.sealing import LogNotBegunError, keys_of
from commands.recording.requirements import NeedError
from states.lifecycle import Role, WrongRoleError
from tests.world import World


def erased(
    world: World, subject: str, field: str, by: str = "controller", reason: str = "Demand 3", **more: int
) -> ErasureCertificate:
    with world.installation.write() as tx:
        return erase(tx, actor_for_login(tx, by, "cli:tester"), Erase(subject, field, reason, **more))


def asked(world: World, subject: str, field: str, by: str = "controller", **more: int) -> int:
    with world.installation.write() as tx:
        return ask_erasure(tx, actor_for_login(tx, by, "cli:tester"), Erase(subject, field, "Demand 3", **more))


@pytest.fixture
def submitted(world: World) -> World:
    world.register()
    world.act("a", 1, "submit", note="Учитель Синеозёрова заболела")
    world.seal()
    return world


def test_a_text_is_destroyed_and_everything_still_holds(submitted: World) -> None:
    act = erased(submitted, "assignment:1", "note")
    submitted.seal()
    assert submitted.trail("assignment:1")[-1].note is None
    assert submitted.faults() == []
    with submitted.installation.read() as tx:
        receipt = receipt_of(tx, "assignment:1")
        key = key_of(str(keys_of(tx.session)[0]))
    told = verify_receipt(receipt.data, [key])
    assert "note" in told["entries"][-1]["withheld"]
    assert "Синеозёрова".encode() not in receipt.data
    assert [each.seq for each in act.texts] == [2]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_was_destroyed_is_not_left_in_the_file_s_free_space(submitted: World) -> None:
    submitted.act("a", 1, "comment", note="Учитель Синеозёрова заболела. " * 300)
    database = submitted.installation.database
    with database.read() as session:
        salts = session.scalars(select(disclosures.c.salt).where(disclosures.c.field == "note")).all()
    database.close()  # what waits beside the file goes into it
    file, text = Path(str(database.url.database)), "Синеозёрова".encode()
    assert file.read_bytes().count(text) > 300
    erased(submitted, "assignment:1", "note")
    database.forget()  # while others still have the file open
    left = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    assert text not in left
    assert [each for each in salts if each in left] == []


def test_the_act_stands_in_the_log_with_what_was_destroyed(submitted: World) -> None:
    act = erased(submitted, "assignment:1", "note")
    last = submitted.trail("log:1")[-1]
    assert (last.action, last.seq, last.hash, last.note) == ("erase", act.entry, act.hash.hex(), "Demand 3")
    (text,) = act.texts
    assert last.facts["erased"] == [{"trail": "assignment:1", "seq": 2, "field": "note", "digest": text.digest}]


def test_what_is_in_use_is_changed_first(submitted: World) -> None:
    with pytest.raises(StillInUseError, match="Change it first"):
        erased(submitted, "account:7", "email")
    with submitted.installation.write() as tx:
        admin = actor_for_login(tx, "admin", "cli:tester")
        update_account(tx, admin, UpdateAccount("a", email="other@example.org"))
    with pytest.raises(StillInUseError):
        erased(submitted, "account:7", "email")


@pytest.mark.parametrize(
    ("subject", "field"), [("assignment:1", "name"), ("ghost:1", "note"), ("protocol:1", "items/0")]
)
def test_what_is_not_disclosed_can_not_be_destroyed(submitted: World, subject: str, field: str) -> None:
    with pytest.raises(NothingToEraseError, match="no disclosed text"):
        erased(submitted, subject, field)


def test_only_a_controller_destroys_and_says_why(submitted: World) -> None:
    with pytest.raises(WrongRoleError):
        erased(submitted, "assignment:1", "note", by="admin")
    with pytest.raises(NeedError):
        erased(submitted, "assignment:1", "note", reason=" ")
    assert submitted.trail("assignment:1")[-1].note


def test_before_the_log_has_begun_nothing_is_destroyed(world: World) -> None:
    with pytest.raises(LogNotBegunError):
        erased(world, "account:1", "note")


@pytest.fixture
def decided(submitted: World) -> World:
    """A report with a file, returned for a reason."""
    submitted.act("a", 1, "submit", note="Done", files={"plan.pdf": b"plan"})
    submitted.act("reviewer", 1, "return", note="Учитель Синеозёрова не указана")
    return submitted


def test_a_reason_of_a_decision_takes_two_controllers(decided: World) -> None:
    decided.account("deputy", Role.CONTROLLER, by="controller")
    with pytest.raises(TwoPersonsError, match="two persons destroy it"):
        erased(decided, "assignment:1", "note", entry=4)
    number = asked(decided, "assignment:1", "note", entry=4)
    with pytest.raises(OwnRequestError):
        erased(decided, "assignment:1", "note", entry=4, asked=number)
    with pytest.raises(OtherRequestError):
        erased(decided, "assignment:1", "note", by="deputy", entry=2, asked=number)
    with pytest.raises(NotYetLeaderError):
        erased(decided, "assignment:1", "note", by="director", entry=4, asked=number)
    erased(decided, "assignment:1", "note", by="deputy", entry=4, asked=number)
    assert [each.note for each in decided.trail("assignment:1")[1:]] == [
        "Учитель Синеозёрова заболела",
        "Done",
        None,
    ]
    with pytest.raises((UnknownRequestError, NothingToEraseError)):
        erased(decided, "assignment:1", "note", by="deputy", entry=4, asked=number)
    decided.seal()
    assert decided.faults() == []


def test_where_there_is_one_controller_the_leader_is_the_second(decided: World) -> None:
    with pytest.raises(TwoPersonsError):
        erased(decided, "assignment:1", "files")
    with pytest.raises(TwoPersonsError):
        erased(decided, "assignment:1", "note", by="director", entry=2)  # alone a leader destroys nothing at all
    number = asked(decided, "assignment:1", "files")
    erased(decided, "assignment:1", "files", by="director", asked=number)
    assert decided.faults() == []
    with pytest.raises(UnknownRequestError):
        erased(decided, "assignment:1", "note", by="director", entry=2, asked=1)


def test_names_and_free_text_one_controller_destroys(decided: World) -> None:
    erased(decided, "assignment:1", "note", entry=3)
    assert decided.faults() == []


def test_where_it_stood_the_act_is_named(submitted: World) -> None:
    act = erased(submitted, "assignment:1", "note")
    line = submitted.trail("assignment:1")[-1]
    assert (line.note, list(line.erased)) == (None, ["note"])
    assert line.erased["note"].startswith(f"deleted by act {act.entry} of ")
    assert submitted.trail("assignment:1")[0].erased == {}
