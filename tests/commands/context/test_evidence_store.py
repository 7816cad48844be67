"""Evidence: kept under its hash, whole or not at all; what can't be kept is refused with a sentence."""

import errno
import hashlib
import os
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from commands.context.evidence_store import (
    Attachment,
    EvidenceMissingError,
    EvidenceStore,
    FileEmptyError,
    FileNameError,
    FileTooLargeError,
    FileTypeError,
    FileUnreadableError,
    StoreError,
)
from commands.mail.transports import FolderTransport
from models import policy
from states.refusal import RefusedError
from tests.world import PROTOCOL, World


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    limits = policy.load().rules.evidence.model_copy(update={"file_bytes": 2**20, "total_bytes": 2**20 + 9})
    return EvidenceStore(tmp_path / "evidence", limits)


def test_a_file_lies_under_its_hash(store: EvidenceStore) -> None:
    (kept,) = store.keep((Attachment("отчёт.pdf", b"report"),))
    assert kept.sha256 == hashlib.sha256(b"report").hexdigest()
    assert store.read(kept.sha256) == b"report"


def test_the_same_bytes_are_kept_once(store: EvidenceStore) -> None:
    store.keep((Attachment("a.pdf", b"report"), Attachment("b.pdf", b"report")))
    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    ("attachment", "error"),
    [
        (Attachment("../../etc/passwd.pdf", b"x"), FileNameError),
        (Attachment("C:\\report.pdf", b"x"), FileNameError),
        (Attachment("..", b"x"), FileNameError),
        (Attachment("line\nbreak.pdf", b"x"), FileNameError),
        (Attachment("ж" * 200 + ".pdf", b"x"), FileNameError),
        (Attachment("virus.exe", b"x"), FileTypeError),
        (Attachment("empty.pdf", b""), FileEmptyError),
        (Attachment("large.pdf", b"x" * (2**20 + 1)), FileTooLargeError),
    ],
)
def test_what_cannot_be_kept_is_refused(
    store: EvidenceStore, attachment: Attachment, error: type[RefusedError]
) -> None:
    with pytest.raises(error):
        store.keep((Attachment("good.pdf", b"good"), attachment))
    assert not store.folder.exists()  # not even the good one


def test_all_files_together_have_a_limit(store: EvidenceStore) -> None:
    with pytest.raises(FileTooLargeError):
        store.keep((Attachment("a.pdf", b"x" * 2**20), Attachment("b.pdf", b"y" * 10)))


def test_a_full_disk_is_said_so_and_leaves_no_part(store: EvidenceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="the disk is full"):
        store.keep((Attachment("a.pdf", b"report"),))
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def test_a_damaged_or_missing_file_is_named(store: EvidenceStore) -> None:
    (kept,) = store.keep((Attachment("a.pdf", b"report"),))
    next(path for path in store.folder.rglob("*") if path.is_file()).write_bytes(b"forged")
    with pytest.raises(EvidenceMissingError, match=kept.sha256):
        store.read(kept.sha256)
    with pytest.raises(EvidenceMissingError):
        store.read("0" * 64)


def test_a_damaged_file_is_replaced_when_the_same_bytes_come_again(store: EvidenceStore) -> None:
    (kept,) = store.keep((Attachment("a.pdf", b"report"),))
    (path,) = (path for path in store.folder.rglob("*") if path.is_file())
    path.write_bytes(b"forged")  # as long as the report
    assert not store.holds(kept.sha256)
    store.keep((Attachment("a.pdf", b"report"),))
    assert store.read(kept.sha256) == b"report"


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "\0" * 64])
def test_only_a_hash_names_a_kept_file(store: EvidenceStore, name: str) -> None:
    store.prepare()
    assert not store.holds(name)
    with pytest.raises(EvidenceMissingError):
        store.read(name)


def test_a_folder_that_may_not_be_used_is_said_so_without_talk_of_room(
    store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    for name in ("exists", "stat", "open", "mkdir"):
        monkeypatch.setattr(Path, name, closed)
    with pytest.raises(StoreError, match=r"Permission denied\. Nothing was recorded; have it written by"):
        store.keep((Attachment("a.pdf", b"report"),))


def test_evidence_and_mail_are_for_this_user_alone(store: EvidenceStore) -> None:
    store.keep((Attachment("a.pdf", b"report"),))
    FolderTransport(store.folder / "deep" / "mail").send(mail("Письмо"))
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in (store.folder, *store.folder.rglob("*"))}
    assert modes == {True: 0o700, False: 0o600}


def mail(subject: str) -> EmailMessage:
    made = EmailMessage()
    made["Message-ID"], made["Subject"] = "<1@localhost>", subject
    return made


def test_verification_names_each_entry_whose_file_is_damaged_or_gone(world: World, tmp_path: Path) -> None:
    number = world.register()
    one = world.one("1.1", "Authority A").id
    world.act("a", one, "submit", note="Done", files={"report.pdf": b"report", "more.pdf": b"more"})
    assert world.faults() == []
    says = "names the file {}, which is missing from the evidence folder or is not what it was"
    (report,) = (path for path in (tmp_path / "evidence").rglob("*") if path.is_file() and path.stat().st_size == 6)
    report.write_bytes(b"forged")
    assert world.faults() == [f"assignment:{one}/2: {says.format(report.name)}"]
    for path in (tmp_path / "evidence").rglob("*"):
        if path.is_file() and path != report:
            path.unlink()
    hashes = [each["sha256"] for line in world.trail(f"assignment:{one}") for each in line.files]
    document = hashlib.sha256(PROTOCOL.encode()).hexdigest()
    assert world.faults() == [
        f"protocol:{number}/1: {says.format(document)}",
        *(f"assignment:{one}/2: {says.format(each)}" for each in hashes),
    ]


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadableError, match="nowhere"):
        Attachment.read(tmp_path / "nowhere.pdf", 10)


def test_a_refused_file_leaves_the_assignment_as_it_was(world: World) -> None:
    world.register()
    one = world.one("1.1", "Authority A").id
    with pytest.raises(FileTypeError):
        world.act("a", one, "submit", note="Done", files={"report.exe": b"x"})
    assert world.actions(one) == ["assign"]


def test_a_full_disk_leaves_the_assignment_as_it_was(world: World, tmp_path: Path) -> None:
    world.register()
    one = world.one("1.1", "Authority A").id
    blocked = tmp_path / "not-a-folder"
    blocked.write_text("in the way")
    settings = replace(world.installation.settings, home=blocked)
    world.installation = replace(world.installation, settings=settings)
    with pytest.raises(StoreError):
        world.act("a", one, "submit", note="Done", files={"report.pdf": b"x"})
    assert world.actions(one) == ["assign"]


def test_the_entry_names_the_files_but_holds_them_only_as_a_commitment(world: World) -> None:
    world.register()
    one = world.one("1.1", "Authority A").id
    world.act("a", one, "submit", note="Секрет", files={"report.pdf": b"x"})
    (told,) = [line for line in world.trail(f"assignment:{one}") if line.action == "submit"]
    assert told.files == [{"name": "report.pdf", "sha256": hashlib.sha256(b"x").hexdigest(), "size": 1}]
    assert told.note == "Секрет"
    with world.installation.read() as tx:
        bodies = tx.session.connection().exec_driver_sql("SELECT body FROM entries").scalars().all()
    joined = b"".join(bytes(body) for body in bodies)
    assert b"report.pdf" not in joined
    assert "Секрет".encode() not in joined
    assert b"example.org" not in joined
    assert b"tester" not in joined
