"""The sealed log, or a stretch of it, in one ZIP file that the offline verifiers take: JSON lines, CSV and XLSX.

Its manifest holds the hash of every file and is the text of a note that the log's keys sign (C2SP signed-note), so that
they vouch for the tables too. Where no key is at hand (a reader's machine), it stands there unsigned, in the form that
earlier exports had, and the verifiers say that nobody vouches for the tables.
"""

import csv
import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import func, select

from audit.merkle.checkpoints import Signed
from audit.merkle.signed_notes import encoded
from audit.merkle.signer import KeyFileError, Signer
from audit.merkle.tiles import WIDTH
from audit.merkle.tree import perfect
from audit.trails.canonical_json import CanonicalError, canonical, parse
from audit.trails.tables import disclosures, entries, leaves
from commands.context.installation import Transaction
from commands.log.consistency import trusted_keys
from commands.log.sealing import LogNotBegunError, signer_of, store_of
from states.refusal import N_, NotFoundError

SIGNED, UNSIGNED = "poruchenie-export/v2", "poruchenie-export-1"
"""Formats of manifests. A log's name has no space, so the first line of a signed one is no checkpoint's."""
HEAD = ("index", "trail", "seq", "at", "action", "from", "to", "role", "actor", "channel")
UNVOUCHED = N_(
    "The tables (CSV, XLSX) are not vouched for: no key of the log is at hand here. Export where the log is sealed."
)
_ROWS = 1_048_000
"""A sheet takes so many; what is more stands in the CSV only."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PIECE = 2**18
_EPOCH = (1980, 1, 1, 0, 0, 0)


class NothingToExportError(NotFoundError):
    """Days of which nothing is sealed."""

    template = "No sealed entry is from the days between {since} and {until}. Choose other days, or export everything."


@dataclass(frozen=True, slots=True)
class Extent:
    """The places from `first` up to, but not with, `last`, under a checkpoint (signed note) over `size` entries."""

    note: bytes
    size: int
    first: int
    last: int

    @property
    def whole(self) -> bool:
        """Whether it is all that was sealed."""
        return (self.first, self.last) == (0, self.size)


def voucher(tx: Transaction) -> Signer | None:
    """Whoever signs manifests; None where no key of the log is at hand.

    Raises OpenKeyError, KeyFormError, LogNotBegunError.
    """
    keys = [str(key) for key in trusted_keys(tx)]
    signer = signer_of(tx.settings, keys)
    try:
        held = signer.verifiers()
    except KeyFileError:
        return None  # another user's, as it should be on a reader's machine
    return signer if any(str(key) in keys for key in held) else None


def extent(tx: Transaction, since: date | None = None, until: date | None = None) -> Extent:
    """The extent of an export: everything, or the shortest stretch of the log with all entries of these days.

    Raises LogNotBegunError, NothingToExportError, LogError.
    """
    voucher(tx)  # keys that others may read are refused before the first byte
    note = store_of(tx.settings).checkpoint()
    if note is None:
        raise LogNotBegunError
    size = Signed.open(note, trusted_keys(tx)).checkpoint.size
    if since is None and until is None:
        return Extent(note, size, 0, size)
    same = (leaves.c.trail == entries.c.trail) & (leaves.c.seq == entries.c.seq)
    place = select(func.min(leaves.c.leaf_index), func.max(leaves.c.leaf_index)).join_from(entries, leaves, same)
    of_days = [leaves.c.leaf_index < size]
    begin, end = tx.policy.calendar.between(since, until)
    if begin:
        of_days.append(entries.c.at >= begin)
    if end:
        of_days.append(entries.c.at < end)
    first, last = tx.session.execute(place.where(*of_days)).one()
    if first is None:
        raise NothingToExportError(since=since or "…", until=until or "…")
    return Extent(note, size, first, last + 1)


def export(tx: Transaction, part: Extent) -> Iterator[bytes]:
    """The ZIP file, piece by piece, because the log may be larger than the memory. Raises LogError."""
    outlet, hashes = _Outlet(), {}
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # it only writes
        for name, parts in _files(tx, part):
            digest = hashlib.sha256()
            with archive.open(_named(name), "w", force_zip64=True) as file:
                for each in parts:
                    digest.update(each)
                    file.write(each)
                    if outlet.full:
                        yield outlet.take()
            hashes[name] = digest.hexdigest()
        name, data = _manifest(tx, part, hashes)
        archive.writestr(_named(name), data)
    yield outlet.take()


def _manifest(tx: Transaction, part: Extent, hashes: Mapping[str, str]) -> tuple[str, bytes]:
    """The manifest's file name and content: a note signed by the log, or JSON that nobody signed."""
    signer = voucher(tx)
    if signer is None:
        return "manifest.json", canonical({"format": UNSIGNED, "size": part.size, "files": dict(hashes)})
    head = Signed.parse(part.note).checkpoint
    told = canonical(
        {
            "format": SIGNED,
            "origin": head.origin,
            "size": head.size,
            "root": encoded(head.root),
            "first": part.first,
            "last": part.last,
            "files": dict(hashes),
        }
    )
    return "manifest", signer.vouch(f"{SIGNED} {head.origin}\n{told.decode()}\n").data


def _files(tx: Transaction, part: Extent) -> Iterator[tuple[str, Iterator[bytes]]]:
    yield "checkpoint", iter([part.note])
    if not part.whole:
        yield "around", _around(tx, part)
    yield "entries.jsonl", (body + b"\n" for _, body in _bodies(tx, part))
    yield "disclosures.jsonl", _disclosures(tx, part)
    yield "entries.csv", _csv(_rows(tx, part))
    yield "entries.xlsx", _xlsx(_rows(tx, part))


def _named(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


class _Outlet:
    """Takes what a ZIP file is written into, and gives it away before there is much of it."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing lies behind it."""

    @property
    def full(self) -> bool:
        return len(self._held) > _PIECE

    def take(self) -> bytes:
        given, self._held = bytes(self._held), bytearray()
        return given


def _around(tx: Transaction, part: Extent) -> Iterator[bytes]:
    """The hashes of the perfect subtrees before and after: with the entries between they lead to the root."""
    yield f"places {part.first} {part.last}\n".encode()
    hash_of = store_of(tx.settings).hash_of(part.size)
    for level, number in (*perfect((0, part.first)), *perfect((part.last, part.size))):
        yield encoded(hash_of(level, number)).encode() + b"\n"


def _bodies(tx: Transaction, part: Extent) -> Iterator[tuple[int, bytes]]:
    store = store_of(tx.settings)
    for number in range(part.first // WIDTH, -(-part.last // WIDTH)):
        for index, body in enumerate(store.entries(number, part.size), number * WIDTH):
            if part.first <= index < part.last:
                yield index, body


def _disclosures(tx: Transaction, part: Extent) -> Iterator[bytes]:
    same = (disclosures.c.trail == leaves.c.trail) & (disclosures.c.seq == leaves.c.seq)
    wanted = (
        select(leaves.c.leaf_index, disclosures.c.field, disclosures.c.value, disclosures.c.salt)
        .join_from(leaves, disclosures, same)
        .where(leaves.c.leaf_index >= part.first, leaves.c.leaf_index < part.last)
        .order_by(leaves.c.leaf_index, disclosures.c.field)
        .execution_options(yield_per=WIDTH)
    )
    for index, field, value, salt in tx.session.execute(wanted):
        yield canonical({"index": index, "field": field, "value": value, "salt": salt.hex()}) + b"\n"


def _rows(tx: Transaction, part: Extent) -> Iterator[list[Any]]:
    yield list(HEAD)
    for index, body in _bodies(tx, part):
        try:
            told = parse(body)
        except CanonicalError:
            told = {}
        yield [index, *(_plain(told.get(name, "")) for name in HEAD[1:])]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    """A cell that no table program takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _csv(rows: Iterator[Sequence[Any]]) -> Iterator[bytes]:
    yield "\ufeff".encode()  # by which table programs know UTF-8
    for row in rows:
        line = io.StringIO()
        csv.writer(line, delimiter=";").writerow(row)
        yield line.getvalue().encode()


def _xlsx(rows: Iterator[Sequence[Any]]) -> Iterator[bytes]:
    from openpyxl import Workbook  # noqa: PLC0415 - a library of documents, needed for no other command

    book = Workbook(write_only=True)
    sheet = book.create_sheet("entries")
    for row in islice(rows, _ROWS):
        sheet.append(row)
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        yield from iter(partial(file.read, _PIECE), b"")
