"""Who signs: keys outside the database, a memory that lets no tree shrink or change, commands of others."""

import io
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from audit.atomic_files import put
from audit.merkle.checkpoints import Checkpoint, CheckpointError, Signed
from audit.merkle.signed_notes import KeyFormError, Note, SignatureError, SigningKey, open_note
from audit.merkle.signer import KEYS, MEMORY, CommandError, KeyFileError, OpenKeyError, RewrittenError, Signer
from audit.offline_verifier import key_of, verify_export
from audit.trails.entries import digest
from commands.context.actors import actor_for_login
from commands.log.export import export, extent
from commands.log.key_rotation import ForeignSignerError, KeyUnknownError, rotate, settle
from commands.log.sealing import KeysDifferError, begin, keys_of, signer_of, store_of
from commands.recording.requirements import NeedError
from states.lifecycle import WrongRoleError
from tests.audit.merkle.small_log import LEAVES, ORIGIN, head, proof
from tests.torture import mortal
from tests.world import World

TORTURE = "PORUCHENIE_TORTURE" in os.environ


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    made = Signer(tmp_path / "signer")
    made.keep([SigningKey.generate(ORIGIN)])
    return made


def test_a_growing_tree_is_signed_step_by_step(signer: Signer) -> None:
    for old, new in ((0, 0), (0, 3), (3, 3), (3, 8), (8, 19)):
        note = signer.sign(head(new), proof(old, new))
        assert open_note(note, signer.verifiers()).keys() == set(signer.verifiers())
        assert signer.signed() == head(new)


def test_the_same_tree_is_signed_with_the_same_bytes(signer: Signer) -> None:
    assert signer.sign(head(5), []) == signer.sign(head(5), [])


@pytest.mark.parametrize(
    ("checkpoint", "hashes"),
    [
        (head(4), proof(4, 8)),
        (head(9, [*LEAVES[:3], digest(b"other"), *LEAVES[4:]]), proof(8, 9)),
        (head(8, [*LEAVES[:3], digest(b"other"), *LEAVES[4:]]), []),
        (head(9), []),
        (head(0), []),
        (head(9, origin="example.org/other"), proof(8, 9)),
    ],
    ids=["smaller", "an entry changed", "as large with an entry changed", "no proof", "empty", "another log"],
)
def test_another_tree_is_refused_and_the_memory_stays(
    signer: Signer, checkpoint: Checkpoint, hashes: list[bytes]
) -> None:
    signer.sign(head(8), [])
    with pytest.raises(RewrittenError, match="8 entries"):
        signer.sign(checkpoint, hashes)
    assert signer.signed() == head(8)


@pytest.mark.parametrize("lines", range(1, 80, 1 if TORTURE else 11))
def test_killed_at_any_line_it_never_signs_two_different_trees(signer: Signer, lines: int) -> None:
    signer.sign(head(5), [])
    other = [*LEAVES[:6], digest(b"other"), *LEAVES[7:]]
    out = signer.folder / "out"

    def child() -> None:
        put(out, signer.sign(head(8), proof(5, 8)).data)

    mortal.ended(mortal.run(child, lines))
    try:
        second = signer.sign(head(8, other), proof(5, 8, other))
    except RewrittenError:
        assert signer.signed() == head(8)
    else:
        assert second.text == head(8, other).text
        assert not out.exists()


def test_a_memory_that_can_not_be_read_stops_the_signing(signer: Signer) -> None:
    (signer.folder / MEMORY).write_bytes(b"\xff")
    with pytest.raises(KeyFileError, match=MEMORY):
        signer.sign(head(3), [])


def test_keys_that_others_may_read_are_refused(signer: Signer) -> None:
    file = signer.folder / KEYS
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o640)
    with pytest.raises(OpenKeyError, match="0600"):
        signer.sign(head(3), [])


def test_broken_keys_are_refused_without_being_repeated(signer: Signer) -> None:
    file = signer.folder / KEYS
    file.write_text(file.read_text("ascii")[:-3], "ascii")
    with pytest.raises(KeyFormError) as raised:
        signer.held()
    assert "PRIVATE" not in str(raised.value)


def _script(folder: Path, text: str) -> str:
    file = folder / "tool.py"
    file.write_text(text, encoding="utf-8")
    return f"{sys.executable} {file}"


def test_a_command_signs_in_place_of_the_keys_and_another_countersigns(tmp_path: Path) -> None:
    key, gost = SigningKey.generate(ORIGIN), SigningKey.generate("gost.example")
    lines = [key.sign(head(3).text).line, gost.sign(head(3).text).line]
    signs = _script(tmp_path, f"import sys; sys.stdin.read(); sys.stdout.buffer.write({lines[0].encode()!r})")
    other = tmp_path / "other"
    other.mkdir()
    counter = _script(other, f"import sys; sys.stdout.buffer.write({lines[1].encode()!r})")
    note = Signer(tmp_path / "memory", signs, key.verifier, counter).sign(head(3), [])
    assert open_note(note, [key.verifier, gost.verifier]) == {key.verifier: None, gost.verifier: None}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import sys; sys.exit('no token in the slot')", "no token in the slot"),
        ("print('not a signature')", "not a signed text"),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\n')", "codec"),
    ],
)
def test_a_command_that_fails_is_named_with_its_own_words(tmp_path: Path, text: str, says: str) -> None:
    signer = Signer(tmp_path / "memory", _script(tmp_path, text), SigningKey.generate(ORIGIN).verifier)
    with pytest.raises(CommandError, match=says):
        signer.sign(head(3), [])


def test_a_command_that_fails_may_have_signed_before_so_the_tree_is_remembered(tmp_path: Path) -> None:
    signer = Signer(tmp_path / "memory", _script(tmp_path, "exit(1)"), SigningKey.generate(ORIGIN).verifier)
    with pytest.raises(CommandError):
        signer.sign(head(3), [])
    assert signer.signed() == head(3)


def test_a_command_that_signs_with_another_key_is_not_believed(tmp_path: Path) -> None:
    line = SigningKey.generate(ORIGIN).sign(head(3).text).line
    command = _script(tmp_path, f"import sys; sys.stdout.buffer.write({line.encode()!r})")
    with pytest.raises(SignatureError):
        Signer(tmp_path / "memory", command, SigningKey.generate(ORIGIN).verifier).sign(head(3), [])


def test_a_command_that_is_not_there_is_named(tmp_path: Path) -> None:
    signer = Signer(tmp_path / "memory", "/no/such/tool", SigningKey.generate(ORIGIN).verifier)
    with pytest.raises(CommandError, match="/no/such/tool"):
        signer.sign(head(3), [])


def _rotate(world: World, login: str = "admin", basis: str = "Order 7", retired: str | None = None) -> list[str]:
    with world.installation.write() as tx:
        in_use = rotate(tx, actor_for_login(tx, login, "cli:tester"), basis, retired)
    settle(world.installation.settings, in_use)
    return [str(key) for key in in_use]


def _seal(world: World) -> Note:
    world.seal()
    return Note.parse(store_of(world.installation.settings).checkpoint() or b"")


def test_keys_are_changed_with_an_overlap_in_which_both_sign(world: World) -> None:
    (old,) = begin(world.installation, "cli:tester").keys
    assert len(_seal(world).signatures) == 1
    assert _rotate(world)[0] == old
    with pytest.raises(SignatureError):  # the overlap has not begun: nothing is signed by the new key yet
        _rotate(world, retired=old)
    both = _seal(world)
    with world.installation.read() as tx:
        keys = keys_of(tx.session)
    assert open_note(both, keys).keys() == set(keys)
    (new,) = _rotate(world, retired=old)
    last = _seal(world)
    assert [str(key) for key in open_note(last, keys)] == [new]
    assert Signed.open(last.data, keys).checkpoint.size > 0
    assert [str(key.verifier) for key in signer_of(world.installation.settings).held()] == [new]
    assert [line.action for line in world.trail("log:1")] == ["begin", "rotate", "rotate"]
    assert world.faults() == []


def test_keys_are_changed_by_an_administrator_with_a_basis_only(world: World) -> None:
    (old,) = begin(world.installation, "cli:tester").keys
    with pytest.raises(WrongRoleError):
        _rotate(world, "controller")
    with pytest.raises(NeedError):
        _rotate(world, basis="  ")
    with pytest.raises(KeyUnknownError, match="its last one"):
        _rotate(world, retired=old)
    with pytest.raises(KeyUnknownError, match="not a key of the log"):
        _rotate(world, retired="other")
    assert len(_seal(world).signatures) == 1  # what a refused rotation left in the folder signs nothing


def test_a_command_s_keys_are_changed_where_they_are(world: World) -> None:
    begin(world.installation, "cli:tester")
    seal = replace(world.installation.settings.seal, sign_command="tool")
    world.installation = replace(world.installation, settings=replace(world.installation.settings, seal=seal))
    with pytest.raises(ForeignSignerError, match="tool"):
        _rotate(world)


def test_without_the_log_s_own_keys_nothing_is_sealed(world: World) -> None:
    _seal(world)
    (signer_of(world.installation.settings).folder / KEYS).unlink()
    with pytest.raises(KeysDifferError, match="Restore that folder"):
        _seal(world)
    signer_of(world.installation.settings).keep([SigningKey.generate(ORIGIN)])
    with pytest.raises(KeysDifferError):
        _seal(world)


def test_it_vouches_for_a_text_that_no_checkpoint_could_be_and_forgets_nothing(signer: Signer) -> None:
    signer.sign(head(5), [])
    note = signer.vouch("an-export/v2 example.org/log\n{}\n")
    assert open_note(note, signer.verifiers()).keys() == set(signer.verifiers())
    assert signer.signed() == head(5)
    with pytest.raises(CheckpointError):
        Signed.open(note.data, signer.verifiers())


@pytest.mark.parametrize("text", [head(9).text, "word\n{}\n", "two words", "two words\n\nmore\n", "", "\n"])
def test_it_vouches_for_nothing_that_could_be_taken_for_a_checkpoint(signer: Signer, text: str) -> None:
    with pytest.raises(ValueError, match="checkpoint"):
        signer.vouch(text)


def test_an_export_is_signed_by_the_command_that_signs_checkpoints(world: World, tmp_path: Path) -> None:
    world.register()
    world.seal()
    seal = world.installation.settings.seal
    (key,) = signer_of(world.installation.settings).held()
    tool = tmp_path / "tool.py"
    tool.write_text(
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "from audit.merkle.signed_notes import SigningKey\n"
        f"print(SigningKey.parse({key.line!r}).sign(sys.stdin.read()).line, end='')\n"
    )
    command = f"{sys.executable} {tool}"
    elsewhere = replace(seal, signer=tmp_path / "nowhere", sign_command=command, sign_key=key.verifier)
    made = replace(world.installation, settings=replace(world.installation.settings, seal=elsewhere))
    with made.read() as tx:
        data = b"".join(export(tx, extent(tx)))
    assert verify_export(io.BytesIO(data), [key_of(str(key.verifier))])["tables"] is True
    broken = replace(elsewhere, sign_command="false")
    made = replace(made, settings=replace(made.settings, seal=broken))
    with made.read() as tx, pytest.raises(CommandError):
        b"".join(export(tx, extent(tx)))
