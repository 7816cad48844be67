"""The log asks its witnesses, takes and shows what they cosigned, and extends what somebody kept."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from audit.atomic_files import put
from audit.merkle.checkpoints import Signed
from audit.merkle.signed_notes import COSIGNATURE, Note, Signature, SignatureError, SigningKey, Verifier
from audit.merkle.witness import Request, Witness
from audit.merkle.witness_policy import KnownWitness
from audit.offline_verifier import key_of, verify_receipt
from audit.trails.tables import entries
from commands.log.consistency import BranchedError, extends
from commands.log.receipts import receipt_of
from commands.log.sealing import keys_of, store_of
from commands.log.witness_client import WitnessRefusedError, ask, ask_all, follow_witnesses
from commands.log.witnesses import (
    DamagedCosignatureError,
    ForeignAnswerError,
    UnknownWitnessError,
    WitnessPolicyError,
    cosignatures,
    enough,
    policy_of,
    request_for,
    take,
    witness_named,
    witnessed,
)
from commands.verification.alarms import alarms
from desk.witness import create_witness
from tests.desk.browsing import served
from tests.witnesses import adopt
from tests.world import World

OWN = SigningKey("witness.example", COSIGNATURE, bytes([2]) * 32)


def watched(world: World, url: str | None = None, quorum: str = "w") -> Witness:
    """A witness of this world's log, which its policy demands."""
    world.seal()
    with world.installation.database.read() as session:
        keys = keys_of(session)
    settings = world.installation.settings
    file = settings.home / "witnesses"
    file.write_text(f"witness w {OWN.verifier} {url or ''}\nquorum {quorum}\n", "utf-8")
    seal = replace(settings.seal, witness_policy=file)
    world.installation = replace(world.installation, settings=replace(settings, seal=seal))
    return Witness(settings.home / "witness", OWN, {keys[0].name: keys})


@contextmanager
def on_http(world: World) -> Iterator[Witness]:
    witness = watched(world)
    with served(create_witness(witness)) as url:
        watched(world, url)
        yield witness


def asked(world: World) -> list[object]:
    return list(ask_all(world.installation))


def keys(world: World) -> list[Verifier]:
    with world.installation.database.read() as session:
        return keys_of(session)


def party(world: World) -> KnownWitness:
    return witness_named(policy_of(world.installation.settings), "w")


def test_the_log_has_its_checkpoints_cosigned_and_receipts_show_it(world: World) -> None:
    with on_http(world) as witness:
        (first,) = asked(world)
        assert asked(world) == []  # it has cosigned the last one
        world.register()
        world.seal()
        (second,) = asked(world)
        seen = witnessed(store_of(world.installation.settings), party(world))
        assert first != second == seen
        last = witness.last(keys(world)[0].name)
        assert last
        assert last.size == seen.size
    world.act("controller", 1, "comment", note="Later")
    world.seal()
    with world.installation.read() as tx:
        covered = receipt_of(tx, "assignment:1", 1)
        newest = receipt_of(tx, "assignment:1")
    # What a witness has seen is proven by what it cosigned, even when there is a newer checkpoint.
    assert covered.signed.checkpoint.size == seen.size < newest.signed.checkpoint.size
    told = verify_receipt(covered.data, [key_of(str(keys(world)[0]))], [key_of(str(OWN.verifier))])
    assert told["witnesses"][0]["name"] == "witness.example"


def test_a_witness_that_knows_more_than_the_log_remembers_is_asked_from_there(world: World) -> None:
    with on_http(world):
        asked(world)
        store_of(world.installation.settings).cosigned(OWN.verifier).unlink()
        world.register()
        world.seal()
        assert len(asked(world)) == 1
        assert asked(world) == []


def test_a_witness_that_does_not_answer_is_named(world: World) -> None:
    watched(world, "http://127.0.0.1:1")
    (error,) = asked(world)
    assert isinstance(error, WitnessRefusedError)
    assert "did not cosign" in str(error)
    watched(world, "ftp://example.org")
    with pytest.raises(WitnessRefusedError, match="https://"):
        ask(world.installation.settings, keys(world), party(world))


def test_a_follower_asks_until_told_to_stop(world: World) -> None:
    with on_http(world) as witness:
        stop = threading.Event()
        follower = threading.Thread(target=follow_witnesses, args=(world.installation, stop, 0.01))
        follower.start()
        while witness.last(keys(world)[0].name) is None:
            assert follower.is_alive()
        stop.set()
        follower.join()


def test_requests_and_answers_are_carried_as_files(world: World) -> None:
    witness = watched(world)
    settings = world.installation.settings
    carried = request_for(settings, keys(world), party(world))
    answer = witness.cosign(carried.data, 1_700_000_000)
    done = take(store_of(settings), party(world), Request.parse(carried.data).signed.note, answer)
    assert done.at
    assert done.at.timestamp() == 1_700_000_000
    assert request_for(settings, keys(world), party(world)).old == done.size


def test_an_answer_of_somebody_else_is_not_taken(world: World) -> None:
    watched(world)
    settings = world.installation.settings
    note = request_for(settings, keys(world), party(world)).signed.note
    for answer in (
        b"",
        b"nonsense",
        SigningKey.generate("witness.example", COSIGNATURE).sign(note.text, 1).line.encode(),
        OWN.sign("other\n", 1).line.encode(),
    ):
        with pytest.raises(ForeignAnswerError, match="“w”"):
            take(store_of(settings), party(world), note, answer)


def test_a_time_that_no_calendar_has_is_not_taken(world: World) -> None:
    witness = watched(world)
    settings = world.installation.settings
    carried = request_for(settings, keys(world), party(world))
    answer = witness.cosign(carried.data, 2**62)
    with pytest.raises(ForeignAnswerError):
        take(store_of(settings), party(world), Request.parse(carried.data).signed.note, answer)


def test_a_time_that_was_taken_before_it_was_bounded_stops_nobody(world: World) -> None:
    watched(world)
    store, note = store_of(world.installation.settings), store_of(world.installation.settings).checkpoint()
    assert note
    signed = Note.parse(note)
    line = OWN.sign(signed.text, 2**62)
    put(store.cosigned(OWN.verifier), Note(signed.text, (*signed.signatures, line)).data)
    (seen,) = cosignatures(world.installation.settings)
    assert seen.at
    assert seen.at.year == 6325
    assert seen.size > 0


@pytest.mark.parametrize("bad", [b"nonsense", b"", b"\xff", None], ids=["other bytes", "empty", "no text", "changed"])
def test_one_bad_witness_never_stops_the_others(world: World, bad: bytes | None) -> None:
    witness = watched(world)
    settings = world.installation.settings
    carried = request_for(settings, keys(world), party(world))
    take(store_of(settings), party(world), Request.parse(carried.data).signed.note, witness.cosign(carried.data, 1))
    other = SigningKey("other.example", COSIGNATURE, bytes([8]) * 32)
    assert settings.seal.witness_policy
    policy = settings.seal.witness_policy.read_text("utf-8").replace("quorum", f"witness v {other.verifier}\nquorum")
    settings.seal.witness_policy.write_text(policy, encoding="utf-8")
    signed = Note.parse(store_of(settings).checkpoint() or b"")
    forged = Signature(other.name, other.verifier.key_id, bytes(8) + bytes(64))
    spoiled = Note(signed.text, (*signed.signatures, forged)).data if bad is None else bad
    put(store_of(settings).cosigned(other.verifier), spoiled)
    adopt(world.installation)
    found = enough(settings, keys(world))
    assert found
    assert OWN.verifier.name in {each.name for each in found.note.signatures}
    assert other.name not in {each.name for each in found.note.signatures}
    assert {each.witness.name: each.size > 0 for each in cosignatures(settings)} == {"w": True, "v": False}
    with world.installation.read() as tx:
        (alarm,) = alarms(tx)
    assert isinstance(alarm, DamagedCosignatureError)
    assert "“v”" in str(alarm)


def test_a_policy_that_can_not_be_read_and_a_witness_that_it_does_not_name(world: World) -> None:
    watched(world)
    with pytest.raises(UnknownWitnessError, match="It names: w"):
        witness_named(policy_of(world.installation.settings), "x")
    seal = replace(world.installation.settings.seal, witness_policy=Path("/nowhere"))
    with pytest.raises(WitnessPolicyError, match="/nowhere"):
        policy_of(replace(world.installation.settings, seal=seal))


def test_todays_log_extends_what_somebody_kept(world: World) -> None:
    world.seal()
    kept = store_of(world.installation.settings).checkpoint() or b""
    world.register()
    world.seal()
    with world.installation.read() as tx:
        proof = extends(tx, kept)
        assert proof.old == Signed.parse(kept).checkpoint.size < proof.signed.checkpoint.size
        assert extends(tx, proof.signed.note.data).hashes == ()
        with pytest.raises(SignatureError):
            extends(tx, kept.replace(b"\n%d\n" % proof.old, b"\n%d\n" % (proof.old - 1)))


def test_a_log_begun_anew_under_the_same_key_does_not_extend_what_somebody_kept(world: World) -> None:
    """An administrator with the signing key takes away the signer's memory and rewrites an entry: it shows."""
    world.register()
    world.seal()
    settings = world.installation.settings
    store = store_of(settings)
    kept = store.checkpoint() or b""
    (settings.seal.signer / "signed").unlink()
    for file in [each for each in store.folder.rglob("*") if each.is_file()]:
        file.unlink()
    with world.installation.database.writer.connect() as connection, connection.begin() as transaction:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER entries_unchanged")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        body = b'{"forged":true}'
        connection.execute(update(entries).where(entries.c.trail == "assignment:1").values(body=body))
        transaction.commit()
    world.seal()
    with world.installation.read() as tx, pytest.raises(BranchedError, match="does NOT extend"):
        extends(tx, kept)
