"""Entries that excuse: a forger with the database, but without the log's key, excuses nothing by them."""

from typing import Any

import pytest
from sqlalchemy import delete

from audit.merkle.signed_notes import SigningKey
from audit.trails.tables import disclosures, entries, leaves, pending
from commands.log.sealing import keys_of, store_of
from models.base import table_of
from models.log import Log
from tests.commands.log.backups import Backup, resumed
from tests.commands.verification import forger
from tests.commands.verification.scene import Scene
from tests.world import World

CONTROLLER: dict[str, Any] = {"actor": 3, "person": 3, "role": "controller"}
NOTE = {"note": "0" * 64}
ADMIN: dict[str, Any] = {"actor": 2, "person": 2, "role": "admin"}


@pytest.fixture
def sealed(world: World) -> World:
    """A world in which an assignment was submitted and returned, and all of it is sealed."""
    world.register()
    world.act("a", 1, "submit", note="Done")
    world.act("reviewer", 1, "return", note="No dates")
    world.act("b", 2, "acknowledge")
    world.seal()
    return world


def forged(world: World, action: str, by: dict[str, Any] = CONTROLLER, **facts: Any) -> list[str]:
    """What is found of a forged entry of the log's own trail, once it is sealed by whoever holds the key."""
    with Scene(world, 1, 2).unguarded() as connection:
        keys = {"set": {"keys": facts.pop("keys")}} if "keys" in facts else {}
        forger.append_any(
            connection, "log:1", "logs", {}, action=action, to="kept", facts=facts | keys, fields=NOTE, **by
        )
        if keys:
            connection.execute(table_of(Log).update().values(keys=keys["set"]["keys"]))
    return world.faults()


def hidden(world: World, trail: str, since: int) -> list[int]:
    """The places of entries taken away, their row rewound so that nothing else tells of them."""
    with Scene(world, 1, 2).unguarded() as connection:
        here = (leaves.c.trail == trail) & (leaves.c.seq >= since)
        places = list(connection.execute(leaves.select().where(here)).scalars())
        connection.execute(leaves.update().where(here).values(trail=None, seq=None))
        for table in (disclosures, pending, entries):
            connection.execute(delete(table).where(table.c.trail == trail, table.c.seq >= since))
        forger.rewind(connection, trail, int(trail.partition(":")[2]), since - 1)
        for statement in (
            "DELETE FROM tallies",
            "INSERT INTO tallies (item_id, state, due, number) SELECT item_id, state, due, 1 FROM assignments",
        ):
            connection.exec_driver_sql(statement)
    return places


@pytest.mark.parametrize("kind", ["garbage", "none", "another's key", "the true one", "the true one, and all below"])
def test_a_forged_resumption_hides_nothing(sealed: World, kind: str) -> None:
    note = store_of(sealed.installation.settings).checkpoint() or b""
    places = hidden(sealed, "assignment:1", 2)
    size = int(note.split(b"\n")[1])
    foreign = SigningKey.generate(note.decode().split("\n")[0])
    text = note.decode().partition("\n\n")[0] + "\n"
    checkpoint = {
        "garbage": "gone on",
        "none": None,
        "another's key": f"{text}\n{foreign.sign(text).line}\n",
    }.get(kind, note.decode())
    lost = [[0, size]] if kind.endswith("below") else [[places[0], places[-1] + 1]]
    told = forged(sealed, "resume", lost=lost, checkpoint=checkpoint)
    assert [line for line in told if line.startswith("log:1/2: ") and "it excuses nothing" in line]
    assert [line for line in told if "is not in the database any more" in line]
    sealed.seal()
    assert [line for line in sealed.faults() if "is not in the database any more" in line]


def test_a_true_resumption_is_shown_for_ever_with_what_it_lost(sealed: World, tmp_path: Any) -> None:
    backup = Backup(sealed, tmp_path)
    try:
        sealed.act("a", 1, "submit", note="With dates")
        sealed.act("b", 2, "submit", note="Done")
        sealed.seal()
        world = backup.restore()
        done = resumed(world)
        world.act("a", 1, "submit", note="Once more")
        world.seal()
        assert world.faults() == []
        told = world.remarks()
        assert [line for line in told if f"at its places {done.start} to {done.end - 1} (2) are lost" in line]
        assert [line for line in told if "its own signature stands for it alone" in line]
        assert [line for line in told if line.startswith("assignment:1/4: goes on though its entry 4")]
        assert not [line for line in told if line.startswith("assignment:2")]
    finally:
        backup.remove()


@pytest.mark.parametrize(
    "erased",
    [
        {"trail": "assignment:1", "seq": 2, "field": "note", "digest": "0" * 64},
        {"trail": "assignment:1", "seq": 99, "field": "note", "digest": "0" * 64},
        {"trail": "assignment:1", "seq": 1, "field": "note", "digest": "0" * 64},
    ],
)
def test_an_erasure_of_what_was_never_said_excuses_nothing(sealed: World, erased: dict[str, Any]) -> None:
    with Scene(sealed, 1, 2).unguarded() as connection:
        connection.execute(delete(disclosures).where(disclosures.c.trail == "assignment:1", disclosures.c.seq == 2))
    told = forged(sealed, "erase", erased=[erased])
    assert [line for line in told if line.startswith("log:1/2: destroys a text “note”")]
    assert [line for line in told if "was taken away without an act of destruction" in line]


def test_reasons_are_not_erased_by_one_person_though_the_commitment_is_right(sealed: World) -> None:
    with Scene(sealed, 1, 2).unguarded() as connection:
        digest = forger.bodies(connection, "assignment:1")[3]["fields"]["note"]
        connection.execute(delete(disclosures).where(disclosures.c.trail == "assignment:1", disclosures.c.seq == 3))
    told = forged(sealed, "erase", erased=[{"trail": "assignment:1", "seq": 3, "field": "note", "digest": digest}])
    assert [line for line in told if "which takes two persons, on nobody else's request" in line]


def test_a_key_that_somebody_invented_is_named_whatever_he_does_with_it_next(sealed: World) -> None:
    with sealed.installation.read() as tx:
        (old,) = map(str, keys_of(tx.session))
    invented = str(SigningKey.generate(old.partition("+")[0]).verifier)
    told = forged(sealed, "rotate", ADMIN, keys=[old, invented])
    assert [line for line in told if line.startswith("log:1/2: adds the key") and invented in line]
    assert [line for line in forged(sealed, "rotate", ADMIN, keys=[invented]) if "log:1/2" in line or "log:1/3" in line]


def test_keys_do_not_change_all_at_once(sealed: World) -> None:
    with sealed.installation.read() as tx:
        (old,) = map(str, keys_of(tx.session))
    invented = str(SigningKey.generate(old.partition("+")[0]).verifier)
    told = forged(sealed, "rotate", ADMIN, keys=[invented])
    assert [line for line in told if "otherwise than by adding one or retiring one" in line]
