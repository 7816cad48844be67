"""History of the policy: which separation of persons was in force when, folded from its trail for replay."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from audit.trails.canonical_json import CanonicalError
from audit.trails.entries import read
from audit.trails.tables import entries
from states.separation import Separation

LEEWAY = timedelta(minutes=10)
"""Clocks of two machines differ, and a transaction may begin under one policy and end under the next."""


class Adoptions:
    """Every adoption of a policy, oldest first."""

    def __init__(self, connection: Connection) -> None:
        wanted = select(entries.c.body).where(entries.c.trail == "policy:1").order_by(entries.c.seq)
        self._told: list[tuple[datetime, str]] = []
        for body in connection.scalars(wanted):
            try:
                content = read(body)
                rules = content["facts"]["set"]["content"]["rules"]
                self._told.append((datetime.fromisoformat(content["at"]), str(rules["separation"])))
            except (CanonicalError, AttributeError, KeyError, TypeError):
                continue  # it is named where its own trail is verified

    def at(self, moment: datetime) -> set[Separation]:
        """The separations in force at a moment: one, or two if the policy changed about then."""
        ends = [at for at, _ in self._told[1:]] + [None]
        return {
            Separation(said)
            for (since, said), until in zip(self._told, ends, strict=True)
            if said in set(Separation) and since <= moment + LEEWAY and (until is None or until >= moment - LEEWAY)
        }
