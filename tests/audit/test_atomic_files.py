"""Files are there whole or not at all, and what was promised is on the disk before anybody hears the promise."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.atomic_files import put
from audit.merkle.witness import Witness
from commands.log.sealing import begin
from tests.audit.merkle.small_log import LOG, OWN, request
from tests.world import World


class Disk:
    """What would be left below a folder if the power failed now: only bytes and names that were synced."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bytes: dict[int, bytes] = {}
        self.names: dict[Path, dict[Path, int]] = {}
        sync = os.fsync

        def synced(handle: int) -> None:
            sync(handle)
            self._keep(Path(f"/proc/self/fd/{handle}").readlink())

        monkeypatch.setattr(os, "fsync", synced)

    def _keep(self, path: Path) -> None:
        if path.is_dir():
            self.names[path] = {each: each.stat().st_ino for each in path.iterdir()}
        else:
            self.bytes[path.stat().st_ino] = path.read_bytes()

    def left(self, folder: Path) -> Iterator[tuple[Path, bytes]]:
        for path, inode in self.names.get(folder, {}).items():
            if path in self.names:
                yield from self.left(path)
            elif inode in self.bytes:
                yield path, self.bytes[inode]


def there(*folders: Path) -> dict[Path, bytes]:
    found = [each for folder in folders for each in folder.rglob("*") if each.is_file() and each.name != ".lock"]
    return {each: each.read_bytes() for each in found}


def test_who_reads_a_file_that_is_replaced_reads_one_of_the_two(tmp_path: Path) -> None:
    file = tmp_path / "file"
    put(file, b"the old bytes")
    with file.open("rb") as reader:
        put(file, b"other")
        assert reader.read() == b"the old bytes"
    assert there(tmp_path) == {file: b"other"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_before_a_checkpoint_is_published_the_disk_holds_all_that_it_promises(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.register()
    settings = world.installation.settings
    disk, move = Disk(monkeypatch), os.replace
    published: list[bool] = []

    def moved(source: Path, target: Path) -> None:
        if target.name == "checkpoint":
            promised = there(settings.seal.tiles / "tile") or {target: b""}
            promised |= there(settings.seal.signer)
            published.append(promised.items() <= dict(disk.left(settings.home)).items())
        move(source, target)

    monkeypatch.setattr(os, "replace", moved)
    begin(world.installation, "cli:tester")
    for _ in range(2):
        world.seal()
        assert there(settings.seal.tiles, settings.seal.signer).items() <= dict(disk.left(settings.home)).items()
        world.act("controller", 1, "comment", note="Noted")
    assert published == [True, True]


def test_when_a_cosignature_is_given_the_memory_of_it_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, witness = Disk(monkeypatch), Witness(tmp_path / "witness", OWN, {LOG.name: [LOG.verifier]})
    for old, new in ((0, 5), (5, 8)):
        witness.cosign(request(old, new), 1)
        assert dict(disk.left(tmp_path)) == there(witness.folder) != {}
