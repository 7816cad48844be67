"""The malicious administrator: every way of his on every column, and whether verification names it.

`python -m tests.commands.verification.tampering` writes docs/tampering.md anew from a run on SQLite.
"""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Integer, make_url, select, text
from sqlalchemy.orm import Session

from commands.verification.verify import verify
from models import schema
from models.database import Database
from models.protocols import Assignment
from tests.commands.verification import forger
from tests.commands.verification.scene import Scene, faults, played
from tests.commands.verification.statements import changed, copied, table
from tests.sentences import ROOT
from tests.world import World

DOCUMENT = ROOT / "docs" / "tampering.md"
SEALED, PENDING = "sealed", "pending"
NAMED, FOUND, MISSED = "named", "found", "not found"


@dataclass(frozen=True)
class Target:
    """A row of a table at one stage: where it is, where another like it is, and the trail that must be named."""

    where: str
    other: str
    trail: str


@dataclass(frozen=True)
class Ground:
    """A world with an assignment whose trail is sealed, and one whose last entries wait. Nothing is committed."""

    world: World
    sealed: int
    waiting: int

    @classmethod
    def of(cls, world: World) -> "Ground":
        world.register()
        sealed, waiting = world.one("1.2", "Authority A").id, world.one("1.2", "Authority B").id
        for number, login in ((sealed, "a"), (waiting, "b")):
            world.act(login, number, "acknowledge")
            world.act(login, number, "comment", note="Question")
        world.act("a", sealed, "submit", note="Done", files={"plan.pdf": b"plan"})
        world.act("reviewer", sealed, "review", note="Complete")
        world.act("controller", sealed, "accept")
        world.seal()
        for _ in range(2):
            world.act("b", waiting, "comment", note="Another question")
        world.act("b", waiting, "submit", note="Done")
        return cls(world, sealed, waiting)

    @property
    def scene(self) -> Scene:
        return Scene(self.world, self.sealed, self.waiting)

    def faults(self, connection: Connection) -> list[str]:
        """What verification of everything finds on this very connection."""
        installation = self.world.installation
        self.scene.put_back(connection)
        with Session(connection, join_transaction_mode="rollback_only") as session:
            tx = installation.transaction(session)
            return [str(each) for each in verify(installation, tx) if not isinstance(each, int)]

    def targets(self, name: str) -> Mapping[str, Target]:
        one, two = f"assignment:{self.sealed}", f"assignment:{self.waiting}"
        mine, its = f"id = {self.sealed}", f"id = {self.waiting}"
        rows = {
            "entries": (_at(one, 2), _at(one, 3), one, _at(two, 5), _at(two, 6), two),
            "leaves": (_at(one, 2), _at(one, 3), one),
            "pending": ("", "", "", _at(two, 5), _at(two, 6), two),
            "disclosures": (
                f"{_at(one, 3)} AND field = 'note'", f"{_at(one, 4)} AND field = 'note'", one,
                f"{_at(two, 5)} AND field = 'note'", f"{_at(two, 6)} AND field = 'note'", two,
            ),
            "assignments": (mine, its, one, its, mine, two),
            "tallies": ("id = (SELECT max(id) FROM tallies)", "", "protocol:1"),
            "lifecycles": ("hash = (SELECT lifecycle FROM entries LIMIT 1)", "", "lifecycle:"),
            "edges": ("action = 'accept'", "", "lifecycle:"),
        }[name]  # fmt: skip
        found = {SEALED: Target(*rows[:3])} if rows[0] else {}
        return found | ({PENDING: Target(*rows[3:])} if rows[3:] else {})


def _at(trail: str, seq: int) -> str:
    return f"trail = '{trail}' AND seq = {seq}"


TABLES = ("entries", "disclosures", "leaves", "pending", "assignments", "tallies", "lifecycles", "edges")
FREE = {*Assignment.unguarded}
MEANINGLESS = {("tallies", "id")}
RECOUNTED = (
    "DELETE FROM tallies",
    "INSERT INTO tallies (item_id, state, due, number) SELECT item_id, state, due, 1 FROM assignments",
)
Work = Callable[[Connection], object]
LockedAssignment = tuple[str, str, str, str, Work]
"""Table, column, what is done, at which stage, and how."""


def cases(ground: Ground) -> Iterator[LockedAssignment]:
    """Every act on every column and row."""
    for name in TABLES:
        for stage, target in ground.targets(name).items():
            for column in table(name).columns:
                if column.name not in FREE and (name, column.name) not in MEANINGLESS:
                    value = _other(name, column, ground)
                    yield (
                        name,
                        column.name,
                        "edit",
                        stage,
                        _sql(f"UPDATE {name} SET {column.name} = {value} WHERE {target.where}"),
                    )
                    if target.other and not column.primary_key:
                        yield name, column.name, "swap two", stage, _swap(name, column.name, target)
            yield name, "row", "delete", stage, _sql(f"DELETE FROM {name} WHERE {target.where}")
    yield from _rows(ground)


_AWAY = 90_000


def _other(name: str, column: Column[object], ground: Ground) -> str:
    """Another value that no key and no check stands in the way of."""
    if (name, column.name) in {("assignments", "state"), ("tallies", "state")}:
        return "'withdrawn'"
    if isinstance(column.type, Integer):
        return f"coalesce({column.name}, 0) + {_AWAY}"
    return changed(column, sqlite=ground.scene.sqlite)


def _sql(statement: str) -> Work:
    def run(connection: Connection) -> None:
        assert connection.exec_driver_sql(statement).rowcount, statement

    return run


def _swap(name: str, column: str, target: Target) -> Work:
    cell = table(name).c[column]

    def run(connection: Connection) -> None:
        one, other = (connection.scalar(select(cell).where(text(where))) for where in (target.where, target.other))
        if one == other:
            raise NothingToSwapError
        steps: list[tuple[str, object]] = [(target.where, other), (target.other, one)]
        if isinstance(cell.type, Integer):  # perhaps a part of a key, where both can't be the same for a moment
            its = f" AND trail = '{target.trail}'" if "trail" in table(name).c else ""
            between = f"{column} = {_AWAY}{its}"
            steps = [(target.where, _AWAY), (target.other, one), (between, other)]
        for where, value in steps:
            connection.execute(table(name).update().where(text(where)).values({cell: value}))

    return run


class NothingToSwapError(Exception):
    """Two rows that hold the same."""


def _rows(ground: Ground) -> Iterator[LockedAssignment]:
    one, two = f"assignment:{ground.sealed}", f"assignment:{ground.waiting}"

    def rewrite(trail: str, seq: int) -> Work:
        return lambda connection: forger.rewrite(connection, trail, seq, channel="cli:forged")

    def replay(trail: str, seq: int, to: int) -> Work:
        return _sql(copied("entries", _at(trail, seq), seq=str(to)))

    def roll_back(trail: str, number: int, to: int) -> Work:
        return lambda connection: _roll_back(connection, trail, number, to)

    yield "entries", "row", "rewrite, the chain and the row recomputed", SEALED, rewrite(one, 3)
    yield "entries", "row", "rewrite, the chain and the row recomputed", PENDING, rewrite(two, 5)
    yield (
        "entries",
        "row",
        "add a well-formed one in somebody's name",
        PENDING,
        lambda c: forger.comment(c, two),
    )
    yield (
        "entries",
        "row",
        "add an illegal one with a correct chain",
        PENDING,
        lambda c: forger.append(c, two, action="escalate"),
    )
    yield "entries", "row", "replay an old one", SEALED, replay(one, 3, 7)
    yield "entries", "row", "replay an old one", PENDING, replay(two, 4, 7)
    yield (
        "assignments",
        "rung, next_check_at",
        "switch the sweeps off",
        PENDING,
        _sql(f"UPDATE assignments SET next_check_at = NULL, rung = 99 WHERE id = {ground.waiting}"),
    )
    yield "entries", "trail", "roll back to a copy", SEALED, roll_back(one, ground.sealed, 3)
    yield "entries", "trail", "roll back to a copy", PENDING, roll_back(two, ground.waiting, 5)


def _roll_back(connection: Connection, trail: str, number: int, to: int) -> None:
    """The trail and its row as they were after entry `to`, everything later gone without a trace."""
    for name in ("disclosures", "pending", "leaves", "entries"):
        connection.exec_driver_sql(f"DELETE FROM {name} WHERE trail = '{trail}' AND seq > {to}")
    forger.rewind(connection, trail, number, to)
    for statement in RECOUNTED:
        connection.exec_driver_sql(statement)


def outcome(ground: Ground, case: LockedAssignment) -> str | None:
    """Whether verification names the trail, finds something, or misses it; None where there is nothing to do."""
    name, _, _, stage, work = case
    with ground.scene.administrator() as connection:
        try:
            work(connection)
        except NothingToSwapError:
            return None
        told = ground.faults(connection)
    trail = ground.targets(name).get(stage, Target("", "", "")).trail or f"assignment:{ground.sealed}"
    if any(line.startswith(trail) for line in told):
        return NAMED
    return FOUND if told else MISSED


def results(ground: Ground) -> dict[tuple[str, str, str, str], str]:
    told = {case[:4]: outcome(ground, case) for case in cases(ground)}
    return {case: found for case, found in told.items() if found}


WRONG = ("actor", "time", "column")
"""What a forger makes wrong in an entry whose bytes, hashes, chain and row all fit."""


def meanings(scene: Scene) -> dict[tuple[str, str], str]:
    """Whether verification names an entry of each action that nobody, at no such time, with no such column wrote."""
    told: dict[tuple[str, str], str] = {}
    for number in range(1, 8):
        trail = f"assignment:{number}"
        with scene.administrator() as connection:
            entries = forger.bodies(connection, trail)
        for seq, content in entries.items():
            for wrong in WRONG:
                key = (content["action"], wrong)
                if key not in told:
                    told[key] = _meaning(scene, trail, seq, content, wrong)
    return told


def _meaning(scene: Scene, trail: str, seq: int, content: Mapping[str, Any], wrong: str) -> str:
    facts = content["facts"]
    wrongs: dict[str, dict[str, Any]] = {
        "actor": {"actor": 999, "person": 999},
        "time": {"at": "2020-05-31T06:00:00.000000Z"},
        "column": {"facts": facts | {"set": facts.get("set", {}) | _other_column(facts.get("set", {}))}},
    }
    with scene.administrator() as connection:
        forger.rewrite(connection, trail, seq, **wrongs[wrong])
        found = faults(connection)
    if any(line.startswith(f"{trail}/{seq}: ") for line in found):
        return NAMED
    return FOUND if found else MISSED


def _other_column(told: Mapping[str, Any]) -> dict[str, Any]:
    """One of the columns told otherwise, or one that the action never writes."""
    for name in ("due", "review_due"):
        if told.get(name):
            return {name: "2031-01-01T00:00:00.000000Z"}
    for name in ("assignee_id", "reviewer_id"):
        if told.get(name):
            return {name: 999}
    return {"late": not told.get("late", False)}


MARK = re.compile(r"(<!-- table -->\n).*(<!-- /table -->)", re.DOTALL)
MEANING = re.compile(r"(<!-- meaning -->\n).*(<!-- /meaning -->)", re.DOTALL)


def with_meanings(text: str, told: Mapping[tuple[str, str], str]) -> str:
    """The document with a fresh table of actions."""
    lines = ["| action | by somebody who is not there | dated back | with another column |", "|---|---|---|---|"]
    actions = sorted({action for action, _ in told})
    lines += ["| " + " | ".join((each, *(told[each, wrong] for wrong in WRONG))) + " |" for each in actions]
    rows = "".join(f"{line}\n" for line in lines)
    return MEANING.sub(lambda found: found[1] + rows + found[2], text)


def document(told: Mapping[tuple[str, str, str, str], str]) -> str:
    """The document with a fresh table of what is done to tables."""
    lines = ["| table | column | what he does | sealed | pending |", "|---|---|---|---|---|"]
    for name, column, act in dict.fromkeys(case[:3] for case in told):
        cells = [told.get((name, column, act, stage), "") for stage in (SEALED, PENDING)]
        lines.append(f"| {name} | {column} | {act} | {cells[0]} | {cells[1]} |")
    rows = "".join(f"{line}\n" for line in lines)
    return MARK.sub(lambda found: found[1] + rows + found[2], DOCUMENT.read_text("utf-8"))


def main() -> None:
    """Write it."""
    with tempfile.TemporaryDirectory() as folder:
        DOCUMENT.write_text(document(results(Ground.of(_world(Path(folder), "tables")))), "utf-8")
        text = DOCUMENT.read_text("utf-8")
        DOCUMENT.write_text(with_meanings(text, meanings(played(_world(Path(folder), "meanings")))), "utf-8")


def _world(folder: Path, name: str) -> World:
    database = Database(make_url(f"sqlite:///{folder}/{name}.db"))
    schema.upgrade(database)
    return World.found(database, folder / name)


if __name__ == "__main__":
    main()
