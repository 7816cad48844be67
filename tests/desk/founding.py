"""The world behind the gates: every state at every distance by a history of its own, a browser for each person."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import make_url, select

from commands.access.api_tokens import Scope, issue_token
from commands.access.substitutions import Substitute, substitute
from commands.context.actors import actor_for_login
from desk.pages.screens.log_state import verifying_of
from desk.server.app import create_app
from models import schema
from models.database import Database
from models.outbox import Message
from states.assignment import State
from states.lifecycle import Role
from tests.desk.asking import looping
from tests.desk.gates import FILE, NOON, PERSONS, PLACES, STATES, Gates, Person
from tests.desk.letters import code
from tests.desk.town import Reader
from tests.world import PROTOCOL, World


@contextmanager
def founded(folder: Path) -> Iterator[Gates]:
    """Everything above."""
    file = folder / "poruchenie.db"
    database = Database(make_url(f"sqlite:///{file}"))
    database.make_file()
    schema.upgrade(database)
    times = [datetime(2020, 6, 1, 6, tzinfo=UTC)]
    world = World.found(database, folder)
    world.installation = replace(world.installation, system=lambda: times[0])
    world.offer(access=world.installation.policy.rules.access.model_copy(update={"mail_links": True}))
    world.sweep()
    world.account("deputy", Role.LEADER)
    world.register(document := _protocol())
    world.at("2020-06-01 18:00").sweep()
    numbers = {(place, state): _history(world, place, state) for place in PLACES for state in STATES}
    world.at(NOON).sweep()
    times[0] = datetime(2020, 6, 2, 9, tzinfo=UTC)
    world.seal()
    app = create_app(world.installation)
    with world.installation.write() as tx:
        command = Substitute("a", "deputy", date(2020, 6, 1), date(2020, 6, 30), "Order 1")
        substitute(tx, actor_for_login(tx, "admin", "cli:test"), command)
        tokens = {
            name: issue_token(tx, actor_for_login(tx, each.login, "cli:test"), name, list(Scope), 30).secret
            for name, each in PERSONS.items()
            if each.login and not each.instead
        }
        for login, scope in product(("clerk", "controller", "admin"), Scope):
            others = [each for each in Scope if each is not scope]
            made = issue_token(tx, actor_for_login(tx, login, "cli:test"), f"no {scope}", others, 30)
            tokens[f"{login} without {scope}"] = made.secret
    links = _links(world)
    browsers = {name: _browser(world, app, each, numbers, times) for name, each in PERSONS.items()}
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    with sqlite3.connect(file) as source:
        source.backup(kept)
    versions = {line.id: line.version for line in world.assignments()}
    with looping() as loop:
        yield Gates(world, app, file, kept, browsers, tokens, numbers, versions, loop, document, links)
    verifying_of(app).close()
    kept.close()
    database.close()


def _protocol() -> str:
    """Six items for authorities, six for schools."""
    items = [
        "\n".join(f"{part}.{number} представить сведения.\n\nСрок – до 30 июня 2020 года.\n" for number in range(1, 7))
        for part in (1, 2)
    ]
    head, tail = PROTOCOL.partition("1. Главам районов:")[0], PROTOCOL.partition("Директор департамента")
    return f"{head}1. Главам районов:\n\n{items[0]}\n2. Директорам школ:\n\n{items[1]}\n{tail[1]}{tail[2]}"


def _history(world: World, place: str, state: State) -> int:
    """One assignment's way to its state; an extension is asked for where that is possible."""
    who, part = PLACES[place], 2 if place.startswith("School") else 1
    number = world.one(f"{part}.{STATES.index(state) + 1}", place).id
    ways = {
        State.SUBMITTED: ("submit",),
        State.REVIEWED: ("submit", "review"),
        State.ACCEPTED: ("submit", "review", "accept"),
        State.RETURNED: ("submit", "return"),
        State.WITHDRAWN: ("withdraw",),
    }
    world.at("2020-06-02 10:00")
    for action in ways.get(state, ()):
        login = {"submit": who, "review": "reviewer", "return": "reviewer"}.get(action, "controller")
        files = {f"Secret of {place}.pdf": FILE + f"{place} {state}".encode()} if action == "submit" else {}
        world.act(login, number, action, note=f"Secret of {place}", files=files)
    if state in (State.ASSIGNED, State.RETURNED):
        world.act(who, number, "request_extension", note=f"Secret of {place}", due="2020-07-10")
    return number


def _links(world: World) -> dict[int, str]:
    """Assignment → the link to it in the latest letter."""
    with world.installation.read() as tx:
        texts = "\n".join(tx.session.scalars(select(Message.text).order_by(Message.id)))
    return {int(number): path for path, number in re.findall(r"(/mail/(\d+)/[\w-]+)", texts)}


def _browser(
    world: World, app: FastAPI, person: Person, numbers: dict[tuple[str, State], int], times: list[datetime]
) -> Reader:
    made = Reader(app)
    if person.only is not None and person.place is not None:
        number = numbers[person.place, person.only]
        link = _links(world)[number]
        times[0] += timedelta(minutes=20)  # only so many codes hold at once
        assert made.send(f"{link}/code").status_code == 303
        assert made.send(link, code=code(world.installation)).status_code == 303
    elif person.login:
        made.cookies["poruchenie-session"] = world.session(person.login)
    if person.instead:
        made.cookies["poruchenie-instead-of"] = person.instead
    return made


@pytest.fixture(scope="module")
def gates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gates]:
    with founded(tmp_path_factory.mktemp("gates")) as made:
        yield made
