"""A ministry's whole archive in PostgreSQL: a hundred protocols, a million assignments, three million entries."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from psycopg import Cursor
from sqlalchemy import Connection, select

from audit.trails.entries import Entry, Head, Record, seal
from commands.recording.tallies import recount
from models.accounts import Account
from models.base import table_of
from models.protocols import Assignment, Item, Protocol
from states.assignment import ASSIGNMENT
from states.lifecycle import Role
from tests.bench.ground import ROSTER_HEAD, protocol, unguarded
from tests.world import World

PROTOCOLS = 100
ITEMS = 10
DISTRICTS = 20
REVIEWERS = 20
BEGIN = datetime(2020, 6, 1, 12, tzinfo=UTC)
NOTES = ("Отчёт представлен", "Сведения направлены письмом", "Программа утверждена", "Замечаний нет")
STEPS = {
    "accepted": (("submit", "assigned", "submitted"), ("accept", "reviewed", "accepted")),
    "reviewed": (("submit", "assigned", "submitted"), ("review", "submitted", "reviewed")),
    "submitted": (("submit", "assigned", "submitted"), ("comment", "submitted", "submitted")),
    "assigned": (("acknowledge", "assigned", "assigned"), ("comment", "assigned", "assigned")),
    "returned": (("submit", "assigned", "submitted"), ("return", "submitted", "returned")),
}
"""What came after `assign`, by the state of today."""
STATES = ("accepted",) * 12 + ("reviewed",) * 2 + ("submitted",) * 2 + ("assigned",) * 3 + ("returned",)


def archive(make: Callable[[], World], assignments: int) -> World:
    """About so many assignments, each with three entries; every submission discloses a note."""
    world = make()
    addressees = max(DISTRICTS, assignments // (ITEMS * PROTOCOLS))
    world.import_roster(_roster(addressees))
    for number in range(REVIEWERS):
        world.account(f"reviewer{number}", Role.REVIEWER, by="controller")
    world.account("school", Role.EXECUTOR, "Place 7")
    world.register(protocol(ITEMS))
    unguarded(world)
    _protocols(world, assignments // (ITEMS * addressees))
    with world.installation.database.writer.begin() as connection:
        _assignments(connection)
        _entries(connection)
    with world.at("2022-06-01 09:00").installation.write() as tx:
        recount(tx)
    with world.installation.database.writer.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
    return world


def _roster(addressees: int) -> str:
    districts = (f"District {number},Ministry,d{number}@example.org,,,,,\n" for number in range(DISTRICTS))
    places = (
        f"Place {number},District {number % DISTRICTS},p{number}@example.org,,Places,Директорам гимназий,,\n"
        for number in range(addressees)
    )
    return ROSTER_HEAD + "".join((*districts, *places))


def _protocols(world: World, count: int) -> None:
    """The protocol that there is, so many times in all, a week between one and the next."""
    protocols, items = table_of(Protocol), table_of(Item)
    with world.installation.database.write() as session:
        first = dict(session.execute(select(protocols)).mappings().one())
        its = [dict(row) for row in session.execute(select(items).order_by(items.c.id)).mappings()]
        for number in range(1, count):
            own = {"source_hash": f"{number:064}", "content_hash": f"{number:064}", "number": str(number + 1)}
            own |= {"id": first["id"] + number, "date": first["date"] + timedelta(weeks=number)}
            session.execute(protocols.insert(), first | own)
            moved = {"protocol_id": first["id"] + number}
            session.execute(items.insert(), [each | moved | {"id": each["id"] + number * ITEMS} for each in its])


def _assignments(connection: Connection) -> None:
    """Those of the first protocol for each of the others, every one where the archive says it stands."""
    table = table_of(Assignment)
    states = ", ".join(f"'{state}'" for state in STATES)
    set_apart = {
        "id": "a.id + shift * each",
        "item_id": f"a.item_id + shift * {ITEMS}",
        "due": "a.due + shift * interval '7 days'",
        "state": f"(ARRAY[{states}])[mod(a.id + shift, {len(STATES)}) + 1]",
        "seq": "3",
        "reviewer_id": f"first + mod(a.id + shift, {REVIEWERS})",
    }
    chosen = ", ".join(set_apart.get(column.name, f"a.{column.name}") for column in table.c)
    names = ", ".join(column.name for column in table.c)
    connection.exec_driver_sql(
        f"INSERT INTO assignments ({names}) SELECT {chosen} FROM assignments AS a, "
        "(SELECT max(id) AS each FROM assignments) AS every, "
        "(SELECT min(id) AS first FROM accounts WHERE login LIKE 'reviewer_%%') AS reviewing, "
        "(SELECT generate_series(1, count(*) - 1) AS shift FROM protocols) AS shifts"
    )


def _entries(connection: Connection) -> None:
    raw = connection.connection.driver_connection
    assert raw is not None
    reviewers = connection.scalars(select(Account.id).where(Account.login.startswith("reviewer")).order_by(Account.id))
    made = _sealed(connection, list(reviewers))
    with raw.cursor() as cursor:
        while chunk := [entry for _, entry in zip(range(30_000), made, strict=False)]:
            _copy(cursor, "entries (trail, seq, hash, lifecycle, action, source, state, at, body)", map(_row, chunk))
            _copy(cursor, "disclosures (trail, seq, field, salt, value)", _disclosed(chunk))


def _sealed(connection: Connection, reviewers: Sequence[int]) -> Iterator[Entry]:
    """Three entries of every assignment that has none."""
    found = connection.exec_driver_sql("SELECT id, item_id, state FROM assignments WHERE seq = 3 ORDER BY id").all()
    for number, item, state in found:
        head = Head(0, b"")
        at = BEGIN + timedelta(weeks=item // ITEMS, seconds=number % 600_000)
        reviewer = reviewers[number % len(reviewers)]
        steps = (("assign", "new", "assigned"), *STEPS[state])
        for (action, source, target), actor in zip(steps, (1, 3, reviewer), strict=True):
            at += timedelta(days=1)
            note = {"note": f"{NOTES[number % 4]}, исх. № {number}"} if action == "submit" else {}
            told = {"period": 1, "due": "2020-06-30T21:00:00Z", "organisation_id": number % 1_000}
            record = Record(
                f"assignment:{number}",
                ASSIGNMENT.hash,
                action,
                source,
                target,
                actor,
                actor,
                "executor",
                "web:1",
                at,
                facts={"set": told},
                fields=note,
            )
            entry = seal(record, head)
            head = entry.head
            yield entry


def _row(entry: Entry) -> tuple[object, ...]:
    record = entry.record
    moved = (record.action, record.source, record.state)
    return (record.trail, entry.head.seq, entry.head.hash, record.lifecycle, *moved, record.at, entry.body)


def _disclosed(chunk: Sequence[Entry]) -> Iterator[tuple[object, ...]]:
    for entry in chunk:
        for each in entry.disclosed:
            yield entry.record.trail, entry.head.seq, each.field, each.salt, each.value


def _copy(cursor: Cursor, into: str, rows: Iterator[tuple[object, ...]]) -> None:
    with cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
