"""`unshare -rm python -m tests.torture.filling FOLDER`: work on a disk of 3 megabytes until it is full, and after."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import make_url

from models import schema
from models.database import Database
from states.refusal import RefusedError
from tests.world import World

FILE = 150_000


def main(folder: Path) -> None:
    """Prints one JSON document: what was said while the disk was full, and how everything stood after it."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], check=True)
    database = Database(make_url(f"sqlite:///{folder / 'poruchenie.db'}"))
    schema.upgrade(database)
    world = World.found(database, folder)
    world.register()
    one, two = (world.one("1.2", addressee).id for addressee in ("Authority A", "Authority B"))

    kept, said = 0, ""
    while "evidence folder" not in said:  # the database may be the first that finds no room
        said = _said(lambda: world.act("a", one, "submit", files={"proof.txt": os.urandom(FILE)})) or ""
        kept += not said
    version = world.line(one).version
    leftovers = [path.name for path in (folder / "evidence").rglob(".*")]

    with (folder / "filler").open("wb", buffering=0) as filler:
        while _written(filler.fileno()):
            pass
    no_comment = _said(lambda: world.act("b", two, "comment", note="word " * 5_000))
    no_sweep = _said(lambda: world.at("2020-07-10 09:00").sweep())
    untouched = (world.line(two).version, world.faults())

    subprocess.run(["mount", "-o", "remount,size=10m", str(folder)], check=True)
    world.act("b", two, "comment", note="Now there is room")
    sent = [world.sweep()["escalated"] for _ in range(2)]
    print(  # noqa: T201 - the answer
        json.dumps(
            {
                "kept": kept,
                "version": version,
                "evidence": said,
                "leftovers": leftovers,
                "comment": no_comment,
                "sweep": no_sweep,
                "untouched": untouched,
                "escalated": sent,
                "faults": world.faults(),
            }
        )
    )


def _said(work: Callable[[], object]) -> str | None:
    try:
        work()
    except RefusedError as error:
        return str(error)
    return None


def _written(descriptor: int) -> bool:
    try:
        return os.write(descriptor, b"\0" * 512) > 0
    except OSError:
        return False


main(Path(sys.argv[1]))
