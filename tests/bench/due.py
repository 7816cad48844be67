"""Escalation with a hundred thousand rungs due, by one worker and by four at once."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import func, select, update

from audit.trails.tables import entries
from commands.context.actors import system
from commands.context.installation import Installation
from commands.sweeps.escalation import escalate
from models.base import table_of
from models.database import Database
from models.outbox import Notice
from models.protocols import Assignment
from tests.bench.ground import protocol, schools, timed
from tests.world import World


@dataclass(frozen=True, slots=True)
class Escalation:
    """Audited rungs a second by one process and by four together, bare inserts of the same entries, doubled notices."""

    one: float
    four: float
    bare: float
    doubled: int


def measure(make: Callable[[], World], rungs: int) -> Escalation:
    """Of so many assignments, each with one rung due."""
    one = _ready(make, rungs)
    seconds = timed(lambda: _climb(one.installation))
    bare = _bare(one, rungs)
    many = _ready(make, rungs)
    together = timed(lambda: _at_once(many, 4))
    with many.installation.read() as tx:
        fired = select(func.count()).select_from(entries).where(entries.c.action == "escalate")
        count = tx.session.scalar(fired) or 0
        twice = select(Notice.assignment_id).group_by(Notice.assignment_id, Notice.recipient, Notice.rung)
        doubled = len(tx.session.execute(twice.having(func.count() > 1)).all())
    return Escalation(rungs / seconds, rungs / together, bare, doubled + abs(count - rungs))


def _ready(make: Callable[[], World], rungs: int) -> World:
    """A world in which so many assignments fell due a second ago, the rung after it not before tomorrow."""
    world = make()
    world.import_roster(schools(rungs // 10))
    world.at("2020-06-01 16:30").register(protocol(10))
    table = table_of(Assignment)
    with world.installation.database.write() as session:
        session.execute(update(table).values(rung=2, next_check_at=session.scalar(select(func.min(table.c.due)))))
    return world.at("2020-07-01 00:01")


def _climb(installation: Installation) -> None:
    for _ in installation.batches(lambda tx: escalate(tx, system(tx, "flow:escalation"))):
        pass


def _at_once(world: World, workers: int) -> None:
    world.installation.database.close()
    children = []
    for _ in range(workers):
        child = os.fork()
        if not child:
            _climb(replace(world.installation, database=Database(world.installation.database.url)))
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    _climb(world.installation)  # what a worker passed over because another held it


def _bare(world: World, rungs: int) -> float:
    """The same entries written to a table without triggers or keys, a second: what the disk and the driver cost."""
    with world.installation.database.write() as session:
        rows = [dict(row) for row in session.execute(select(entries).where(entries.c.action == "escalate")).mappings()]
        session.connection().exec_driver_sql("CREATE TABLE bare AS SELECT * FROM entries WHERE 1 = 0")
    bare = entries.to_metadata(type(entries.metadata)(), name="bare")

    def write() -> None:
        for start in range(0, len(rows), 1_000):
            with world.installation.database.write() as session:
                session.execute(bare.insert(), rows[start : start + 1_000])

    return rungs / timed(write)
