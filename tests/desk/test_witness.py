"""A witness never cosigns two inconsistent trees, whatever it is asked and wherever it is killed."""

import errno
import json
import os
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from audit.atomic_files import put
from audit.merkle.checkpoints import Checkpoint, Signed
from audit.merkle.signed_notes import Note, SigningKey, Verifier
from audit.merkle.signer import Signer
from audit.merkle.tree import root
from audit.merkle.witness import (
    MOST_BYTES,
    InconsistentError,
    Request,
    RequestError,
    StaleError,
    UnknownLogError,
    UnsignedError,
    Witness,
)
from audit.trails.entries import digest
from desk.cli.main import root as root_command
from desk.witness import create_witness
from tests.audit.merkle.small_log import LEAVES, LOG, OWN, request
from tests.desk.browsing import served
from tests.torture import mortal

OTHER = [*LEAVES[:2], digest(b"other"), *LEAVES[3:]]
TORTURE = "PORUCHENIE_TORTURE" in os.environ


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "witness", OWN, {LOG.name: [LOG.verifier]})


def test_the_published_exchange_is_cosigned(vectors: Path, tmp_path: Path) -> None:
    told = json.loads((vectors / "extracted" / "witness.json").read_text(encoding="utf-8"))
    log = Verifier.parse(told["log"]["vkey"])
    witness = Witness(tmp_path, OWN, {log.name: [log]})
    first = Request(0, (), Signed.parse(told["checkpoint_old"].encode()))
    hashes = [bytes.fromhex(each) for each in told["consistency_proof_hex"]]
    second = Request(5, hashes, Signed.parse(told["checkpoint_new"].encode()))
    for each in (first, second):
        line = witness.cosign(each.data, 1_700_000_000)
        note = Note.parse(each.signed.note.data + line)
        assert OWN.verifier.verify(note.text, note.signatures[-1]) == 1_700_000_000
    with pytest.raises(StaleError):
        witness.cosign(first.data, 1_700_000_000)


def test_a_growing_tree_is_cosigned_step_by_step(witness: Witness) -> None:
    for old, new in ((0, 0), (0, 5), (5, 5), (5, 8), (8, 19)):
        assert witness.cosign(request(old, new), 1).startswith("— witness.example ".encode())
        last = witness.last(LOG.name)
        assert last
        assert last.size == new


def test_what_must_not_be_cosigned_is_refused_for_its_reason(witness: Witness) -> None:
    witness.cosign(request(0, 8), 1)
    with pytest.raises(StaleError, match="8 entries") as stale:
        witness.cosign(request(5, 9), 1)
    assert stale.value.size == 8
    for rewritten in (request(8, 9, OTHER), request(8, 8, OTHER)):
        with pytest.raises(InconsistentError, match="rewritten"):
            witness.cosign(rewritten, 1)
    stranger = SigningKey("example.org/stranger", 1, bytes([3]) * 32)
    with pytest.raises(UnknownLogError, match="stranger"):
        witness.cosign(request(0, 9, key=stranger), 1)
    with pytest.raises(UnsignedError):
        witness.cosign(request(8, 9, key=SigningKey(LOG.name, 1, bytes([4]) * 32)), 1)
    assert witness.last(LOG.name) == Checkpoint(LOG.name, 8, root(LEAVES[:8]))


def test_a_tree_that_was_refused_is_kept_as_evidence_once(witness: Witness) -> None:
    witness.cosign(request(0, 8), 1)
    assert witness.evidence() == []
    for rewritten in (request(8, 8, OTHER), request(8, 9, OTHER), request(8, 9, OTHER)):
        with pytest.raises(InconsistentError):
            witness.cosign(rewritten, 1)
    found = sorted(witness.evidence(), key=lambda each: each.shown.size)
    assert [(each.cosigned.size, each.shown.size, each.proves) for each in found] == [(8, 8, True), (8, 9, False)]
    assert found[0].request.data == request(8, 8, OTHER)
    stranger = request(8, 8, OTHER, key=SigningKey(LOG.name, 1, bytes([4]) * 32))
    with pytest.raises(UnsignedError):
        witness.cosign(stranger, 1)
    assert len(witness.evidence()) == 2


@pytest.mark.parametrize("old", [0, 3, 5])
def test_a_fork_is_evidence_whatever_size_the_request_claims_to_extend(witness: Witness, old: int) -> None:
    witness.cosign(request(0, 8), 1)
    with pytest.raises(InconsistentError, match="rewritten"):
        witness.cosign(request(old, 8, OTHER), 1)
    (found,) = witness.evidence()
    assert found.proves
    with pytest.raises(StaleError):  # the same tree with another `old` is no fork
        witness.cosign(request(old, 8), 1)


def test_the_evidence_is_told_in_a_sentence_and_by_the_exit_code(witness: Witness) -> None:
    Signer(witness.folder).keep([OWN])
    english = {"PORUCHENIE_LANGUAGE": "en"}
    run = partial(
        CliRunner().invoke, root_command, ["witness", "evidence", "--folder", str(witness.folder)], env=english
    )
    told = run()
    assert (told.exit_code, "No log has shown" in told.output) == (0, True), told.output
    witness.cosign(request(0, 8), 1)
    with pytest.raises(InconsistentError):
        witness.cosign(request(8, 8, OTHER), 1)
    told = run()
    assert told.exit_code == 1
    assert "two different trees of 8 entries: it was rewritten" in told.output


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"old 0\n\n",
        b"\xff" * 100,
        request(0, 5).replace(b"old 0", b"old 00"),
        request(0, 5).replace(b"old 0", b"old 9"),
        request(0, 5) + b"x" * MOST_BYTES,
        request(5, 8).replace(b"\n", b"\r\n", 1),
    ],
)
def test_other_bytes_are_no_requests(witness: Witness, data: bytes) -> None:
    with pytest.raises(RequestError):
        witness.cosign(data, 1)


@pytest.mark.parametrize("lines", range(1, 110, 1 if TORTURE else 9))
def test_killed_at_any_line_it_never_cosigns_two_inconsistent_trees(witness: Witness, lines: int) -> None:
    witness.cosign(request(0, 5), 1)
    out = witness.folder / "answer"
    child = mortal.run(lambda: put(out, witness.cosign(request(5, 8), 1)), lines)
    mortal.ended(child)
    branch = [*LEAVES[:6], digest(b"other"), *LEAVES[7:]]
    for old in (5, 8):
        try:
            witness.cosign(request(old, 8, branch), 1)
        except (InconsistentError, StaleError):
            continue
        assert not out.exists()
        assert witness.last(LOG.name) == Checkpoint(LOG.name, 8, root(branch[:8]))


def test_of_two_branches_at_once_one_is_cosigned(witness: Witness) -> None:
    witness.cosign(request(0, 5), 1)
    branch = [*LEAVES[:6], digest(b"other"), *LEAVES[7:]]
    done: list[bytes] = []

    def cosign(data: bytes) -> None:
        with suppress(InconsistentError, StaleError):
            done.append(witness.cosign(data, 1))

    both = [threading.Thread(target=cosign, args=(request(5, 8, leaves),)) for leaves in (LEAVES, branch) * 4]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(done) == 1


def test_what_can_not_be_remembered_is_not_cosigned(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    witness.cosign(request(0, 5), 1)

    def failing(_handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", failing)
        with pytest.raises(OSError, match="Input/output"):
            witness.cosign(request(5, 8), 1)
    assert witness.last(LOG.name) == Checkpoint(LOG.name, 5, root(LEAVES[:5]))


def test_over_http_each_refusal_has_its_status(witness: Witness) -> None:
    with served(create_witness(witness)) as url:

        def post(data: bytes) -> tuple[int, str, str]:
            answer = httpx.post(f"{url}/add-checkpoint", content=data)
            return answer.status_code, answer.headers.get("content-type", "").partition(";")[0], answer.text

        assert post(request(0, 8))[:2] == (200, "text/plain")
        assert post(request(0, 9)) == (409, "text/x.tlog.size", "8\n")
        assert post(request(8, 9, OTHER))[0] == 422
        assert post(request(8, 9, key=SigningKey("example.org/x", 1, bytes(32))))[0] == 404
        assert post(request(8, 9, key=SigningKey(LOG.name, 1, bytes(32))))[0] == 403
        assert post(b"nonsense")[0] == 400
        assert post(b"x" * (MOST_BYTES + 1))[0] == 413
        stale = httpx.post(f"{url}/add-checkpoint", content=request(0, 9))
        assert stale.headers["content-type"] == "text/x.tlog.size"  # to the letter, as C2SP names it
        assert httpx.get(f"{url}/add-checkpoint").status_code == 405
