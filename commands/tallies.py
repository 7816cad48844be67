"""Tallies are summed up now and then, or they would grow with every change."""

from collections import Counter

from sqlalchemy import delete, func, insert, select, tuple_

from commands.installation import Office
from models.protocols import Tally

MANY = 20_000
"""Rows summed up at a time."""


def sum_up(office: Office) -> int:
    """Put several rows that speak of the same into one; by how many rows fewer there are."""
    same, columns = (Tally.item_id, Tally.state), (Tally.item_id, Tally.state, Tally.due)
    several = select(*same).group_by(*columns).having(func.count() > 1)
    picked = select(Tally.id).where(tuple_(*same).in_(several)).limit(MANY).with_for_update(skip_locked=True)
    gone = delete(Tally).where(Tally.id.in_(office.session.scalars(picked).all())).returning(*columns, Tally.number)
    rows = office.session.execute(gone).all()
    sums: Counter[tuple[object, ...]] = Counter()
    for *of, number in rows:
        sums[tuple(of)] += number
    kept = [(*of, number) for of, number in sums.items() if number]
    if kept:
        names = ("item_id", "state", "due", "number")
        office.session.execute(insert(Tally), [dict(zip(names, each, strict=True)) for each in kept])
    return len(rows) - len(kept)
