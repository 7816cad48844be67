"""Pins: the log's keys and the witness policy are held against a file outside of the database."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from audit.errors import LogError
from audit.merkle.signed_notes import COSIGNATURE, SigningKey
from commands.context.actors import actor_for_login
from commands.log.consistency import ever_used, trusted_keys
from commands.log.key_rotation import rotate, settle
from commands.log.pins import (
    KeysNotPinnedError,
    PinsError,
    PinsGoneError,
    WitnessPolicyNotPinnedError,
    pin,
    pins_of,
    unpinned,
)
from commands.log.sealing import log_of
from commands.log.witness_adoption import adopt_witnesses
from commands.verification.alarms import alarms
from models.base import table_of
from models.log import Log
from states.refusal import RefusedError
from tests.commands.verification import forger
from tests.commands.verification.scene import Scene
from tests.world import World


@pytest.fixture
def begun(world: World) -> World:
    world.register()
    world.seal()
    return world


def amiss(world: World) -> list[type[RefusedError]]:
    with world.installation.read() as tx:
        return [type(each) for each in unpinned(log_of(tx.session), tx.settings)]


def test_whatever_begins_the_log_pins_its_key(begun: World) -> None:
    pins = pins_of(begun.installation.settings)
    assert pins is not None
    with begun.installation.read() as tx:
        assert [str(key) for key in trusted_keys(tx)] == list(pins.keys)
    assert amiss(begun) == []
    assert begun.installation.settings.seal.pins.stat().st_mode & 0o077 == 0


def test_pins_that_are_gone_are_an_alarm_and_found_by_verification(begun: World) -> None:
    begun.installation.settings.seal.pins.unlink()
    with begun.installation.read() as tx:
        assert [each for each in alarms(tx) if isinstance(each, PinsGoneError)]
    assert [line for line in begun.faults() if "Nothing outside of the database says" in line]
    begun.seal()  # nothing but a person's word makes it good
    assert amiss(begun) == [PinsGoneError]


@pytest.mark.parametrize("text", ["keys = 5", "keys = ['x']", "\0", "keys"])
def test_pins_that_can_not_be_read_are_named(begun: World, text: str) -> None:
    begun.installation.settings.seal.pins.write_text(text, "utf-8")
    assert amiss(begun) == [PinsError]
    assert [line for line in begun.faults() if "with the pins of the log can't be used" in line]


def test_a_key_put_into_the_database_is_trusted_by_nothing(begun: World) -> None:
    """He has a key of his own, puts it into the log's trail and row, and signs the whole log with it."""
    with begun.installation.read() as tx:
        (old,) = trusted_keys(tx)
    own = SigningKey.generate(old.name)
    with Scene(begun, 1, 2).unguarded() as connection:
        facts = {"set": {"keys": [str(own.verifier)]}}
        forger.append_any(
            connection, "log:1", "logs", {}, action="rotate", to="kept", facts=facts, fields={"note": "0" * 64},
            role="admin", actor=2, person=2,
        )  # fmt: skip
        connection.execute(update(table_of(Log)).values(keys=[str(own.verifier)]))
    assert amiss(begun) == [KeysNotPinnedError]
    with begun.installation.read() as tx:
        assert str(own.verifier) not in map(str, ever_used(tx))
        with pytest.raises(KeysNotPinnedError):
            trusted_keys(tx)
    assert [line for line in begun.faults() if "somebody changed one of the two" in line]
    with pytest.raises((RefusedError, LogError)):
        begun.seal()


def test_a_rotation_pins_the_new_key_and_keeps_the_old_one_for_old_checkpoints(begun: World) -> None:
    def rotated(retired: str | None = None) -> None:
        with begun.installation.write() as tx:
            in_use = rotate(tx, actor_for_login(tx, "admin", "cli:tester"), "Order 7", retired)
        settle(begun.installation.settings, in_use)
        begun.seal()

    before = pins_of(begun.installation.settings)
    assert before
    rotated()
    both = pins_of(begun.installation.settings)
    assert both
    assert both.keys[0] == before.keys[0]
    assert len(both.keys) == 2
    assert amiss(begun) == []
    rotated(before.keys[0])
    after = pins_of(begun.installation.settings)
    assert after
    assert (after.keys, after.retired) == (both.keys[1:], before.keys)
    assert begun.faults() == []


def test_another_witness_policy_is_an_alarm_until_it_is_adopted(begun: World, tmp_path: Path) -> None:
    witness = SigningKey.generate("prosecutor.example", COSIGNATURE)
    file = tmp_path / "witnesses"
    file.write_text(f"witness prosecutor {witness.verifier}\nquorum none\n", "utf-8")
    settings = begun.installation.settings
    seal = replace(settings.seal, witness_policy=file)
    begun.installation = replace(begun.installation, settings=replace(settings, seal=seal))
    assert amiss(begun) == [WitnessPolicyNotPinnedError]
    with begun.installation.write() as tx:
        pins = adopt_witnesses(tx, actor_for_login(tx, "admin", "cli:tester"), "Order 8")
    pin(begun.installation.settings, pins)
    assert amiss(begun) == []
    last = begun.trail("log:1")[-1]
    assert (last.action, last.note, last.facts["set"]["witnesses"]) == ("adopt_witnesses", "Order 8", pins.witnesses)
    assert begun.faults() == []
    file.write_text("quorum none\n", "utf-8")
    assert amiss(begun) == [WitnessPolicyNotPinnedError]
