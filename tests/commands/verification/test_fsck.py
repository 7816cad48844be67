"""Verification of the Merkle log: whatever differs between tables, files and signed heads is named."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from audit.merkle import fsck
from audit.merkle.scan import Findings
from audit.merkle.signed_notes import Note, SignatureError, SigningKey
from audit.merkle.tiles import BUNDLES, Tile, bundle, unbundle
from audit.trails.verify import Fault
from commands.log.sealing import signer_of, store_of
from commands.verification.verify import verify
from tests.world import World

pytestmark = pytest.mark.slow  # each test writes 600 entries first


@pytest.fixture
def sealed(world: World) -> World:
    """Over 600 entries in the log: two full bundles and a partial one, sealed in two steps."""
    world.register()
    for line in world.assignments():
        for _ in range(45):
            world.act("controller", line.id, "comment", note="Noted")
    world.seal()
    (world.installation.settings.home / "kept").write_bytes(store_of(world.installation.settings).checkpoint() or b"")
    for line in world.assignments():
        for _ in range(40):
            world.act("controller", line.id, "comment", note="Noted")
    world.seal()
    return world


def said(world: World, since: bytes | None = None) -> list[str]:
    with world.installation.read() as tx:
        found = [str(each) for each in verify(world.installation, tx, since) if not isinstance(each, int)]
    return [each for each in found if not each.startswith("schema/")]  # whoever meddles here leaves guards dropped


def numbers(told: Iterable[Fault | int]) -> list[int]:
    return [each for each in told if isinstance(each, int)]


def folder(world: World) -> Path:
    return store_of(world.installation.settings).folder


@pytest.fixture
def administrator(sealed: World) -> Iterator[Connection]:
    """Somebody whom neither triggers nor keys stop; what he does is committed."""
    with sealed.installation.database.writer.connect() as connection:
        raw = connection.connection.driver_connection
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            raw.execute("PRAGMA foreign_keys = OFF").close()  # type: ignore[union-attr]  # an open connection
        with connection.begin():
            if sqlite:
                triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                for name in triggers.scalars().all():
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
            else:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection


def test_a_log_in_order_has_no_faults_and_is_read_whole(sealed: World) -> None:
    with sealed.installation.read() as tx:
        told = list(verify(sealed.installation, tx))
    assert numbers(told) == told

    assert numbers(told)[-1] > 600


def test_with_chunks_of_one_bundle_two_processes_find_the_same(sealed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fsck, "CHUNK", 256)
    assert said(sealed) == []
    path = folder(sealed) / Tile(BUNDLES, 1).path
    entries = unbundle(path.read_bytes())
    path.write_bytes(bundle([*entries[:7], entries[7] + b" ", *entries[8:]]))
    (fault,) = said(sealed)
    assert "other bytes than were sealed at place 263" in fault


def test_since_a_checkpoint_only_what_came_after_is_read(sealed: World) -> None:
    kept = (sealed.installation.settings.home / "kept").read_bytes()
    assert said(sealed, kept) == []
    size = int(kept.split(b"\n")[1])
    with sealed.installation.read() as tx:
        told = numbers(verify(sealed.installation, tx, kept))
    with sealed.installation.read() as tx:
        whole = numbers(verify(sealed.installation, tx))
    assert told[-1] == whole[-1] - size // 256 * 256
    old, new = (folder(sealed) / Tile(BUNDLES, number).path for number in (0, 1))
    old.write_bytes(old.read_bytes()[:-1] + b"x")
    assert said(sealed, kept) == []
    new.write_bytes(new.read_bytes()[:-1] + b"x")
    assert len(said(sealed, kept)) == 1
    with pytest.raises(SignatureError):
        said(sealed, kept.replace(f"\n{size}\n".encode(), f"\n{size + 1}\n".encode()))


def test_since_a_checkpoint_whole_histories_are_read_and_only_those_that_went_on(world: World) -> None:
    world.register()
    world.seal()
    kept = store_of(world.installation.settings).checkpoint() or b""
    for login in ("a", "controller"):
        world.act(login, 1, "comment", note="Later")
        world.seal()
    with world.installation.read() as tx:
        entries = numbers(verify(world.installation, tx, kept))[0]
    assert entries == len(world.trail("assignment:1"))
    world.act("b", 2, "acknowledge")  # it waits for its place
    assert said(world, kept) == []
    with world.installation.database.writer.begin() as connection:
        if connection.dialect.name == "sqlite":
            triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for name in triggers.scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("UPDATE assignments SET late = NOT late WHERE id IN (1, 2, 3)")
        connection.exec_driver_sql(
            "UPDATE entries SET at = '2019-01-01 00:00:00' WHERE trail > 'assignment' AND trail < 'b' AND seq = 1"
        )
    told = {each.partition("/")[0] for each in said(world, kept)}
    assert told == {"assignment:1", "assignment:2"}
    assert {"assignment:1", "assignment:2", "assignment:3"} <= {each.partition("/")[0] for each in said(world)}


def spoil(path: Path, at: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (Tile(BUNDLES, 0).path, ["the file tile/entries/000 holds other bytes than were sealed at place 255"]),
        (Tile(0, 1).path, ["neither the database nor the files", "the tile tile/1/000.p/2", "the log does not lead"]),
        (Tile(1, 0, 2).path, ["the tile tile/1/000.p/2 says other"]),
        ("checkpoint", ["signed", "there are"]),  # the signature is another, or no signature at all
    ],
)
def test_a_changed_file_is_named(sealed: World, path: str, found: list[str]) -> None:
    spoil(folder(sealed) / path, -10 if path == "checkpoint" else -1)
    told = said(sealed)
    assert len(told) >= len(found)
    for each in found:
        assert any(each in line for line in told), told


def test_the_newest_entries_in_a_file_that_is_not_full_are_compared_like_the_others(sealed: World) -> None:
    (partial,) = (folder(sealed) / "tile" / BUNDLES).rglob("*.p/*")
    spoil(partial)
    (fault,) = said(sealed)
    assert f"the file {partial.relative_to(folder(sealed))} holds other bytes than were sealed at place" in fault


@pytest.mark.parametrize("path", [Tile(BUNDLES, 0).path, Tile(0, 1).path, "checkpoint"])
def test_a_missing_file_is_named(sealed: World, path: str) -> None:
    (folder(sealed) / path).unlink()
    assert any(path in line or "no checkpoint is published" in line for line in said(sealed))


def test_an_entry_that_the_database_holds_otherwise_is_named(sealed: World, administrator: Connection) -> None:
    other = "'{}'::bytea" if administrator.dialect.name == "postgresql" else "CAST('{}' AS BLOB)"
    administrator.exec_driver_sql(f"UPDATE entries SET body = {other} WHERE trail = 'assignment:1' AND seq = 5")
    administrator.commit()
    assert any(
        line.startswith("assignment:1/5: the database holds other bytes than were sealed at place")
        for line in said(sealed)
    )


def test_an_entry_that_is_gone_is_named_by_its_place(sealed: World, administrator: Connection) -> None:
    administrator.exec_driver_sql("DELETE FROM disclosures WHERE trail = 'assignment:1' AND seq = 86")
    administrator.exec_driver_sql("DELETE FROM entries WHERE trail = 'assignment:1' AND seq = 86")
    administrator.commit()
    assert any("assignment:1/86" in line and "not in the database any more" in line for line in said(sealed))


def test_places_that_changed_are_named(sealed: World, administrator: Connection) -> None:
    for old, new in ((40, 100_000), (41, 40), (100_000, 41)):
        administrator.exec_driver_sql(f"UPDATE leaves SET leaf_index = {new} WHERE leaf_index = {old}")
    administrator.commit()
    told = said(sealed)
    assert {line.rpartition(" ")[2] for line in told if "other bytes than were sealed at place" in line} == {"40", "41"}


def test_a_place_taken_off_the_end_is_short_of_what_was_signed(sealed: World, administrator: Connection) -> None:
    administrator.exec_driver_sql("DELETE FROM leaves WHERE leaf_index = (SELECT max(leaf_index) FROM leaves)")
    administrator.commit()
    told = "\n".join(said(sealed))
    assert "the folder of the log holds a checkpoint of" in told
    assert "the signer's memory holds a checkpoint of" in told


def test_an_entry_that_waits_though_it_is_sealed_is_named(sealed: World, administrator: Connection) -> None:
    administrator.exec_driver_sql("INSERT INTO pending (trail, seq) VALUES ('assignment:1', 5)")
    administrator.commit()
    assert said(sealed) == [f"assignment:1/5: {Findings.TWICE}"]


def test_a_log_that_was_built_anew_does_not_lead_to_what_the_signer_remembers(sealed: World) -> None:
    """Whoever holds the key and the files, but not the signer's memory of before."""
    signer = signer_of(sealed.installation.settings)
    remembered = signer.signed()
    assert remembered
    (signer.folder / "signed").write_text(replace(remembered, root=b"\x07" * 32).text, "utf-8")
    root, memory = sorted(said(sealed), key=lambda each: "signer remembers" in each)
    assert f"does not lead to the root of {remembered.size} entries that the signer's memory holds" in root
    assert "is not of the log published" in memory


def test_a_stranger_s_checkpoint_is_no_checkpoint_of_this_log(sealed: World) -> None:
    store = store_of(sealed.installation.settings)
    remembered = signer_of(sealed.installation.settings).signed()
    assert remembered
    other = SigningKey.generate(remembered.origin)
    store.publish(Note(remembered.text, (other.sign(remembered.text),)).data)
    assert any("not signed by a key that is trusted here" in line for line in said(sealed))


def test_a_folder_of_another_time_is_behind_the_signer_and_grows_again(sealed: World, tmp_path: Path) -> None:
    """An old copy of the files is no lie: the sequencer makes what lacks, and the signer agrees."""
    copy = tmp_path / "copy"
    shutil.copytree(folder(sealed), copy)
    sealed.act("controller", 1, "comment", note="Later")
    sealed.seal()
    shutil.rmtree(folder(sealed))
    shutil.copytree(copy, folder(sealed))
    sealed.seal()
    assert said(sealed) == []
