"""Tallies, by which the board counts: summed up now and then, and compared with what they count."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, delete, func, insert, select, text, tuple_, union_all

from audit.trails.verify import Fault
from commands.context.installation import Transaction
from models.protocols import Assignment, Item, Tally
from states.refusal import N_
from states.subjects import Kind, Subject

MANY = 20_000
"""Rows summed up at a time."""
MISCOUNTED = N_("the board miscounts the assignments of the item {item}; “poruchenie recount” counts them anew")
_OF = ("item_id", "state", "due")


def sum_up(tx: Transaction) -> int:
    """Put several rows that speak of the same into one; by how many rows fewer there are."""
    same, columns = (Tally.item_id, Tally.state), (Tally.item_id, Tally.state, Tally.due)
    several = select(*same).group_by(*columns).having(func.count() > 1)
    picked = select(Tally.id).where(tuple_(*same).in_(several)).limit(MANY).with_for_update(skip_locked=True)
    gone = delete(Tally).where(Tally.id.in_(tx.session.scalars(picked).all())).returning(*columns, Tally.number)
    rows = tx.session.execute(gone).all()
    sums: Counter[tuple[object, ...]] = Counter()
    for *of, number in rows:
        sums[tuple(of)] += number
    kept = [(*of, number) for of, number in sums.items() if number]
    if kept:
        names = (*_OF, "number")
        tx.session.execute(insert(Tally), [dict(zip(names, each, strict=True)) for each in kept])
    return len(rows) - len(kept)


def mistallied(connection: Connection) -> Iterator[Fault]:
    """Each item whose tallies say other than counting: no entry tells them, so nothing else would notice."""
    columns = (Assignment.item_id, Assignment.state, Assignment.due)
    counted = select(*columns, (-func.count()).label("number")).group_by(*columns)  # by index alone
    both = union_all(select(Tally.item_id, Tally.state, Tally.due, Tally.number), counted).subquery()
    of = [both.c[name] for name in _OF]
    wrong = select(both.c.item_id).group_by(*of).having(func.sum(both.c.number) != 0).distinct().subquery()
    named = select(wrong.c.item_id, Item.protocol_id, Item.number).outerjoin(Item, Item.id == wrong.c.item_id)
    for item, protocol, number in connection.execute(named.order_by(wrong.c.item_id)):
        yield Fault(
            Subject(Kind.PROTOCOL, protocol).trail if protocol else f"item:{item}",
            0,
            MISCOUNTED,
            {"item": number or item},
        )


def recount(tx: Transaction) -> int:
    """Count all assignments anew; how many items were wrong."""
    connection = tx.session.connection()
    if connection.dialect.name == "postgresql":
        # Whoever writes an assignment meanwhile would be counted twice.
        connection.execute(text("LOCK TABLE assignments, tallies IN SHARE ROW EXCLUSIVE MODE"))
    wrong = sum(1 for _ in mistallied(connection))
    if wrong:
        connection.execute(delete(Tally))
        columns = (Assignment.item_id, Assignment.state, Assignment.due)
        counted = select(*columns, func.count()).group_by(*columns)
        connection.execute(insert(Tally).from_select([*_OF, "number"], counted))
    return wrong
