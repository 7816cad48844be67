"""The whole sealed log in one ZIP file that the offline verifier takes: JSON lines, CSV and XLSX with a manifest."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from audit.canonical import CanonicalError, parse
from audit.checkpoints import Signed
from audit.tables import disclosures, leaves
from audit.tiles import WIDTH
from commands.installation import Office
from commands.sealing import LogNotBegunError, keys_of, store_of

HEAD = ("index", "trail", "seq", "at", "action", "from", "to", "role", "actor", "channel")
_ROWS = 1_048_000
"""A sheet takes so many; what is more stands in the CSV only."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def export(office: Office, target: Path) -> int:
    """Write the file; how many entries it holds. Raises LogNotBegunError, LogError, OSError."""
    note = store_of(office.settings).checkpoint()
    if note is None:
        raise LogNotBegunError
    size = Signed.open(note, keys_of(office.session)).checkpoint.size
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        packed = _Packed(archive)
        packed.add("checkpoint", iter([note]))
        packed.add("entries.jsonl", (body + b"\n" for _, body in _bodies(office, size)))
        packed.add("disclosures.jsonl", _disclosures(office, size))
        packed.add("entries.csv", _csv(_rows(office, size)))
        packed.add("entries.xlsx", iter([_xlsx(_rows(office, size))]))
        manifest = {"format": "poruchenie-export-1", "size": size, "files": packed.hashes}
        archive.writestr(zipfile.ZipInfo("manifest.json", _EPOCH), json.dumps(manifest, indent=1, sort_keys=True))
    return size


class _Packed:
    """Files in an archive, with their hashes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.hashes: dict[str, str] = {}

    def add(self, name: str, parts: Iterator[bytes]) -> None:
        """Piece by piece: the log may be larger than the memory."""
        digest = hashlib.sha256()
        info = zipfile.ZipInfo(name, _EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED
        with self.archive.open(info, "w", force_zip64=True) as file:
            for each in parts:
                digest.update(each)
                file.write(each)
        self.hashes[name] = digest.hexdigest()


def _bodies(office: Office, size: int) -> Iterator[tuple[int, bytes]]:
    store = store_of(office.settings)
    for number in range(-(-size // WIDTH)):
        yield from enumerate(store.entries(number, size), number * WIDTH)


def _disclosures(office: Office, size: int) -> Iterator[bytes]:
    same = (disclosures.c.trail == leaves.c.trail) & (disclosures.c.seq == leaves.c.seq)
    wanted = (
        select(leaves.c.leaf_index, disclosures.c.field, disclosures.c.value, disclosures.c.salt)
        .join_from(leaves, disclosures, same)
        .where(leaves.c.leaf_index < size)
        .order_by(leaves.c.leaf_index, disclosures.c.field)
        .execution_options(yield_per=WIDTH)
    )
    for index, field, value, salt in office.session.execute(wanted):
        told = {"index": index, "field": field, "value": value, "salt": salt.hex()}
        yield json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _rows(office: Office, size: int) -> Iterator[list[Any]]:
    yield list(HEAD)
    for index, body in _bodies(office, size):
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


def _xlsx(rows: Iterator[Sequence[Any]]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - a library of documents, needed for no other command

    book = Workbook(write_only=True)
    sheet = book.create_sheet("entries")
    for number, row in enumerate(rows):
        if number < _ROWS:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
