"""Whatever call of the operating system fails or is the last one: sequencer, signer and witness go on as if it had not.

`make test` strikes a few times, `make torture` at every call in every way.
"""

import os
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from audit.atomic_files import put
from audit.errors import LogError
from audit.merkle.checkpoints import Checkpoint
from audit.merkle.signed_notes import SigningKey
from audit.merkle.signer import RewrittenError, Signer
from audit.merkle.tree import root
from audit.merkle.witness import InconsistentError, StaleError, Witness
from audit.trails.entries import digest
from commands.log.sealing import begin, seal_all
from models.database import Database, DatabaseAwayError
from tests.audit.merkle.small_log import LEAVES, LOG, OWN, head, proof, request
from tests.commands.log.sealing import holds
from tests.torture import mortal
from tests.torture.calls import Blow, struck
from tests.world import World

TORTURE = "PORUCHENIE_TORTURE" in os.environ
SEALING, SIGNING, COSIGNING = 55, 7, 14
"""Calls that touch a disk; a test counts them."""
BRANCH = [*LEAVES[:6], digest(b"other"), *LEAVES[7:]]


def turns(calls: int, few: int) -> list[tuple[int, Blow]]:
    """Every call with every blow, or a few spread over both."""
    every = [(at, blow) for blow in Blow for at in range(1, calls + 1)]
    return every if TORTURE else list(islice(every, 0, None, len(every) // few))


def suffer(work: Callable[[], object], at: int, blow: Blow) -> None:
    """Do it; the blow kills only a child of ours."""

    def doing() -> None:
        with struck(at, blow), suppress(LogError, OSError, DatabaseAwayError):
            work()

    if blow.deadly:
        mortal.ended(mortal.run(doing, None))
    else:
        doing()


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    made = Signer(tmp_path / "alone" / "signer")
    made.keep([SigningKey.generate(LOG.name)])
    made.sign(head(5), [])
    return made


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "witness", OWN, {LOG.name: [LOG.verifier]})


def test_no_call_is_left_out(world: World, signer: Signer, witness: Witness) -> None:
    world.register()
    begin(world.installation, "cli:tester")
    found = []
    for work in (
        world.seal,
        lambda: signer.sign(head(8), proof(5, 8)),
        lambda: witness.cosign(request(0, 5), 1),
    ):
        with struck(10_000, Blow.EIO) as made:
            work()
        found.append(made.calls)
    assert found == [SEALING, SIGNING, COSIGNING]


@pytest.mark.parametrize(("at", "blow"), turns(SEALING, 5))
def test_sealing_goes_on_to_the_same_bytes(world: World, at: int, blow: Blow) -> None:
    world.register()
    begin(world.installation, "cli:tester")
    world.installation.database.close()

    def work() -> None:
        database = Database(world.installation.database.url)
        with closing(database):
            list(seal_all(replace(world.installation, database=database), "cli:tester"))

    suffer(work, at, blow)
    world.seal()
    holds(world)


@pytest.mark.parametrize(("at", "blow"), turns(SIGNING, 10))
def test_no_two_different_trees_of_one_size_are_signed(signer: Signer, at: int, blow: Blow) -> None:
    out = signer.folder / "out"

    def work() -> None:
        out.write_bytes(signer.sign(head(8), proof(5, 8)).data)

    suffer(work, at, blow)
    try:
        second = signer.sign(head(8, BRANCH), proof(5, 8, BRANCH))
    except RewrittenError:
        assert signer.signed() == head(8)
    else:
        assert second.text == head(8, BRANCH).text
        assert not out.exists()


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("at", "blow"), turns(COSIGNING, 10))
def test_no_two_inconsistent_trees_are_cosigned(witness: Witness, at: int, blow: Blow, first: bool) -> None:
    old = 0 if first else 5
    if old:
        witness.cosign(request(0, 5), 1)
    out = witness.folder.with_name("answer")

    def work() -> None:
        out.write_bytes(witness.cosign(request(old, 8), 1))

    suffer(work, at, blow)
    for known in (old, 8):
        try:
            witness.cosign(request(known, 8, BRANCH), 1)
        except (InconsistentError, StaleError):
            continue
        assert not out.exists()
        assert witness.last(LOG.name) == Checkpoint(LOG.name, 8, root(BRANCH[:8]))


@pytest.mark.parametrize(("at", "blow"), turns(12, 10))
def test_a_file_is_the_old_one_or_the_new_one(tmp_path: Path, at: int, blow: Blow) -> None:
    file = tmp_path / "deep" / "folder" / "file"
    put(file, b"old" * 1000)
    suffer(lambda: put(file, b"new" * 1000), at, blow)
    assert file.read_bytes() in (b"old" * 1000, b"new" * 1000)
    put(file, b"last")
    assert file.read_bytes() == b"last"
