"""An export is one ZIP file in one form: what is put before, between, behind or twice is refused by both verifiers."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from audit import offline_verifier as verifier
from audit.merkle.signed_notes import SigningKey
from audit.trails.canonical_json import canonical
from audit.trails.entries import digest
from tests.audit import forging
from tests.audit.asking_verifiers import by_file, by_page, opened_page

KEYS = [str(forging.KEY.verifier)]
Member = tuple[str, bytes, bytes]
"""Name, packed bytes, header fields that the directory repeats: flags, method, time, date, crc, packed, size."""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with opened_page() as opened:
        yield opened


def deflated(data: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()


def header(data: bytes, packed: bytes, size: int | None = None, flags: int = 0, method: int = 8) -> bytes:
    length = len(data) if size is None else size
    return struct.pack("<5H3L", 20, flags, method, 0, 33, zlib.crc32(data), len(packed), length)


def built(members: list[Member], end: bytes = b"", *, wide: bool = False) -> bytes:
    """An archive written by hand. `wide`: with the records of ZIP64 at its end."""
    body, directory = b"", b""
    for name, packed, fields in members:
        where = len(body)
        named = name.encode()
        body += b"PK\3\4" + fields + struct.pack("<2H", len(named), 0) + named + packed
        directory += b"PK\1\2\x14\3" + fields + struct.pack("<5H2L", len(named), 0, 0, 0, 0, 0, where) + named
    start, count = len(body), len(members)
    tail = b""
    if wide:
        tail = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), start)
        tail += struct.pack("<4sLQL", b"PK\6\7", 0, start + len(directory), 1)
    return (
        body + directory + tail + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), start, 0) + end
    )


def told() -> dict[str, bytes]:
    return forging.signed(forging.members(forging.history()), 3)


def honest() -> list[Member]:
    return [(name, deflated(data), header(data, deflated(data))) for name, data in told().items()]


def with_member(name: str, packed: bytes, fields: bytes) -> bytes:
    return built([(name, packed, fields) if each[0] == name else each for each in honest()])


CSV = told()["entries.csv"]
MANY = bytes(200 * 2**20)
TAKEN: dict[str, Callable[[], bytes]] = {
    "by hand": lambda: built(honest()),
    "ZIP64 at the end": lambda: built(honest(), wide=True),
    "stored": lambda: with_member("entries.csv", CSV, header(CSV, CSV, method=0)),
    "in another order": lambda: built(honest()[::-1]),
    "another version needed": lambda: built(honest()).replace(b"PK\3\4\x14", b"PK\3\4\x2d", 1),
    "streamed": lambda: forging.exported(forging.history()),
}
REFUSED: dict[str, Callable[[], bytes]] = {
    "a byte before": lambda: b"P" + built(honest()),
    "an archive before": lambda: built(honest()[:1]) + built(honest()),
    "a byte behind": lambda: built(honest(), b"\n"),
    "a comment": lambda: built(honest())[:-2] + b"\1\0x",
    "an end behind": lambda: built(honest(), b"PK\5\6" + bytes(18)),
    "a foreign member": lambda: built([*honest(), ("readme.txt", b"", header(b"", b"", method=0))]),
    "a folder": lambda: built([*honest(), ("x/", b"", header(b"", b"", method=0))]),
    "a member twice": lambda: built([*honest(), honest()[0]]),
    "a member too few": lambda: built(honest()[:-2] + honest()[-1:]),
    "both manifests": lambda: built([*honest(), ("manifest.json", b"{}", header(b"{}", b"{}", method=0))]),
    "a name in another case": lambda: built(honest()).replace(b"entries.csv", b"Entries.csv"),
    "a local name of its own": lambda: built(honest()).replace(b"entries.csv", b"entries.tsv", 1),
    "encrypted": lambda: with_member("entries.csv", CSV, header(CSV, CSV, method=0, flags=1)),
    "another compression": lambda: with_member("entries.csv", CSV, header(CSV, CSV, method=12)),
    "names in UTF-8": lambda: with_member("entries.csv", CSV, header(CSV, CSV, method=0, flags=0x800)),
    "another size": lambda: with_member("entries.csv", CSV, header(CSV, CSV, len(CSV) + 1, method=0)),
    "less than declared": lambda: with_member("entries.csv", deflated(CSV), header(CSV, deflated(CSV), len(CSV) + 1)),
    "more than declared": lambda: with_member("entries.csv", deflated(CSV), header(CSV, deflated(CSV), len(CSV) - 1)),
    "another checksum": lambda: with_member("entries.csv", deflated(CSV), header(CSV + b"x", deflated(CSV), len(CSV))),
    "garbage behind the stream": lambda: with_member(
        "entries.csv", deflated(CSV) + b"x", header(CSV, deflated(CSV) + b"x")
    ),
    "a stream behind the stream": lambda: with_member("entries.csv", deflated(CSV) * 2, header(CSV, deflated(CSV) * 2)),
    "a stream cut off": lambda: with_member("entries.csv", deflated(CSV)[:-1], header(CSV, deflated(CSV)[:-1])),
    "a bomb that tells": lambda: with_member("entries.csv", deflated(MANY), header(MANY, deflated(MANY))),
    "a bomb that does not": lambda: with_member("entries.csv", deflated(MANY), header(MANY, deflated(MANY), 100)),
    "a bomb in the manifest": lambda: with_member("manifest", deflated(MANY), header(MANY, deflated(MANY))),
    "another disk": lambda: built(honest())[:-18] + b"\1" + built(honest())[-17:],
    "ZIP64 that says otherwise": lambda: built(honest(), wide=True).replace(b"PK\6\7\0", b"PK\6\7\1"),
    "a gap before the directory": lambda: built(honest()).replace(b"PK\1\2", b"\0PK\1\2", 1),
    "nothing": lambda: built([]),
}


@pytest.mark.parametrize("form", TAKEN)
def test_what_an_export_may_be_is_taken_by_both(page: Page, form: str) -> None:
    data = TAKEN[form]()
    one = by_file(data, KEYS, [])
    assert one["ok"], one
    assert by_page(page, [data], KEYS, []) == [one]


def test_ours_is_taken_when_it_is_so_large_that_zip64_is_needed(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 300)
    large = forging.exported(forging.history())
    assert b"PK\6\6" in large
    assert b"PK\6\7" in large
    one = by_file(large, KEYS, [])
    assert one["ok"], one
    assert by_page(page, [large], KEYS, []) == [one]


@pytest.mark.parametrize("form", REFUSED)
def test_any_other_archive_is_refused_by_both_for_the_same_reason(page: Page, form: str) -> None:
    data = REFUSED[form]()
    one = by_file(data, KEYS, [])
    assert not one["ok"]
    assert by_page(page, [data], KEYS, []) == [one]


def test_the_manifest_is_signed_or_vouches_for_nothing(page: Page) -> None:
    bodies = forging.history()
    held = forging.members(bodies)
    manifest = forging.signed(held, 3)["manifest"].split(b"\n")[1]
    stranger = SigningKey(forging.KEY.name, 1, bytes([6]) * 32)
    forged = {
        "a table": forging.signed(held, 3) | {"entries.csv": b"forged"},
        "a stranger's": {**held, "manifest": forging.note(manifest, key=stranger)},
        "nobody's": {**held, "manifest": b"poruchenie-export/v2 x\n" + manifest + b"\n\n"},
        "the checkpoint's signature": {**held, "manifest": forging.checkpoint(bodies)},
        "of another log": {**held, "manifest": forging.note(manifest, "poruchenie-export/v2 other")},
        "of other places": forging.signed(held, 3, first=1),
        "of another size": forging.signed(held, 4),
        "of another root": forging.signed(held, 3, root="A" * 43 + "="),
    }
    for name, files in forged.items():
        data = forging.packed(files)
        one = by_file(data, KEYS, [])
        assert one["ok"] is False, name
        assert one["why"] in ("manifest", "signature"), name
        assert by_page(page, [data], KEYS, []) == [one], name
    earlier = forging.packed(forging.unsigned(held | {"entries.csv": b"forged"}))
    one = by_file(earlier, KEYS, [])
    assert (one["ok"], one["tables"]) == (True, False)
    assert by_page(page, [earlier], KEYS, []) == [one]


def resumed(ranges: object, at: int = 4) -> bytes:
    """A log that gives entries up: the fourth was lost with a backup, another took its place in the trail."""
    kept = forging.history(2)
    lost, instead = (canonical(forging.content(3, digest(kept[-1]), action=action)) for action in ("accept", "return"))
    resuming = canonical(forging.content(1, trail="log:1", action="resume", facts={"lost": ranges}))
    bodies = [*kept, lost, instead]
    bodies.insert(at - 1, resuming)
    told = forging.members(bodies, disclosures_jsonl=b"")
    return forging.packed(forging.signed(told, len(bodies)))


def test_what_a_restored_backup_lost_is_told_in_the_verdict(page: Page) -> None:
    one = by_file(resumed([[2, 3]]), KEYS, [])
    assert (one["ok"], one["lost"]) == (True, 1)
    assert by_page(page, [resumed([[2, 3]])], KEYS, []) == [one]
    told = "\n".join(verifier.conclusion(one, verifier.Saying("ru")))
    assert "Записей 1 журнал сам называет утраченными" in told


@pytest.mark.parametrize(
    "ranges", [[], [[3, 4]], [[2, 5]], [[-1, 3]], [[2, 2]], [[4, 5]], [2, 3], [[2, 3, 4]], "x", [[2, None]]]
)
def test_nothing_else_excuses_a_chain_that_is_broken(page: Page, ranges: object) -> None:
    data = resumed(ranges)
    one = by_file(data, KEYS, [])
    assert one["why"] in ("chain", "entry")
    assert by_page(page, [data], KEYS, []) == [one]
