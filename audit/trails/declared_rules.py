"""The rules that entries name: lifecycles as bytes, with their legal edges, kept in the database."""

from collections.abc import Iterable, Mapping

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from audit.trails.tables import edges, lifecycles


def declare(
    session: Session, rules: Mapping[bytes, bytes], moves: Mapping[bytes, Iterable[tuple[str, str, str]]]
) -> None:
    """Keep lifecycles (hash → bytes) and their legal (action, source, state). Idempotent; known ones are left alone."""
    known = set(session.scalars(select(lifecycles.c.hash)))
    for digest, declared in rules.items():
        if digest in known:
            continue
        session.execute(insert(lifecycles), {"hash": digest, "declared": declared})
        rows = [{"lifecycle": digest, "action": a, "source": s, "state": d} for a, s, d in moves[digest]]
        session.execute(insert(edges), rows)
