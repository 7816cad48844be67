"""The check of evidence: every file that an entry names lies in the folder with the bytes of its hash."""

import json
from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import Connection, select

from audit.trails.tables import Name, disclosures
from audit.trails.verify import Fault, Trails
from commands.context.evidence_store import EvidenceStore
from models.base import table_of
from models.protocols import Protocol
from states.refusal import N_

REMEMBERED = 10_000
BATCH = 1_000

LOST = N_("names the file {sha256}, which is missing from the evidence folder or is not what it was")


def lost(connection: Connection, store: EvidenceStore, only: Trails | None = None) -> Iterator[Fault]:
    """A fault for each place that names a file that is not there whole. Constant memory; reads every file, or those
    that `only` these trails name.
    """
    whole = lru_cache(REMEMBERED)(store.holds)
    for trail, seq, sha256 in _named(connection, only):
        if not whole(sha256):
            yield Fault(trail, seq, LOST, {"sha256": sha256})


def _named(connection: Connection, only: Trails | None) -> Iterator[tuple[str, int, str]]:
    """Trail, entry and hash: the documents of protocols, then what was attached, as far as it is disclosed."""
    streaming = {"yield_per": BATCH}  # by statement: the connection would keep it for whatever comes after
    table = table_of(Protocol)
    papers = select(table.c.id, table.c.source_hash).order_by(table.c.id)
    shown = select(*disclosures.c["trail", "seq", "value"]).where(disclosures.c.field == "files")
    if only is not None:
        papers = papers.where((Protocol.kind + ":" + table.c.id.cast(Name)).in_(only))
        shown = shown.where(disclosures.c.trail.in_(only))
    with connection.execute(papers, execution_options=streaming) as rows:
        for number, sha256 in rows:
            yield f"{Protocol.kind}:{number}", 1, str(sha256)
    ordered = shown.order_by(disclosures.c.trail, disclosures.c.seq)
    for trail, seq, value in connection.execute(ordered, execution_options=streaming):
        try:
            named = [str(each["sha256"]) for each in json.loads(value)]
        except (KeyError, RecursionError, TypeError, ValueError):
            continue  # the text is not what the entry committed to, which is named elsewhere
        yield from ((trail, seq, each) for each in named)
