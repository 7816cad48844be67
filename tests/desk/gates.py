"""A small world in which every state stands at every distance, and everybody who may come to its doors."""

import asyncio
import csv
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import make_url, select

from commands.accounts import account_named
from commands.actors import sign_in
from commands.sealing import seal_all
from commands.sessions import Place, begin
from commands.substitutes import Substitute, substitute
from commands.tokens import Scope, issue_token
from desk.pages import create_app
from desk.pages.log import verifying_of
from models import schema
from models.accounts import Account
from models.database import Database
from models.outbox import Message
from states.assignment import State
from states.lifecycle import Role
from tests.desk.asking import Answer, Headers, looping, raw_answer
from tests.desk.town import Reader
from tests.world import PROTOCOL, ROSTER, World

AUTHORITY, SCHOOL, FOREIGN = "Authority A", "School 1", "Authority B"
PLACES = {AUTHORITY: "a", SCHOOL: "s1", FOREIGN: "b"}
"""Organisations in which every state stands, and who acts for them."""
ABOVE = {row["organisation"]: row["superior"] for row in csv.DictReader(ROSTER.splitlines())}
STATES = tuple(State)
NOON = "2020-06-02 12:00"
FILE = b"%PDF-1.4 "
PATIENCE_S = 60
COUNTED = ("entries", "notices", "messages", "sessions", "tokens", "codes", "replies", "failures")
WRITTEN = f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in COUNTED)}"


@dataclass(frozen=True)
class Person:
    """Who comes to a door, as the declarations know him. `only`: a link leads him to this state's assignment."""

    role: Role | None
    login: str = ""
    place: str | None = None
    instead: str | None = None
    only: State | None = None


PERSONS = {
    "clerk": Person(Role.REGISTRAR, "clerk"),
    "reviewer": Person(Role.REVIEWER, "reviewer"),
    "controller": Person(Role.CONTROLLER, "controller"),
    "leader": Person(Role.LEADER, "director"),
    "admin": Person(Role.ADMIN, "admin"),
    "authority": Person(Role.EXECUTOR, "a", AUTHORITY),
    "school": Person(Role.EXECUTOR, "s1", SCHOOL),
    "substitute": Person(Role.EXECUTOR, "deputy", AUTHORITY, instead="a"),
    **{f"link-{state}": Person(Role.EXECUTOR, place=AUTHORITY, only=state) for state in STATES},
    "nobody": Person(None),
}


def below(place: str | None, whose: str) -> bool:
    """Whether an organisation is this one or above it, by the roster's own words."""
    at: str = whose
    while at:
        if at == place:
            return True
        at = ABOVE[at]
    return False


@dataclass(frozen=True)
class Gates:
    """The world, its pages, a browser for each person, and tokens."""

    world: World
    app: FastAPI
    file: Path
    kept: sqlite3.Connection
    browsers: dict[str, Reader]
    tokens: dict[str, str]
    numbers: dict[tuple[str, State], int]
    versions: dict[int, int]
    loop: asyncio.AbstractEventLoop
    document: str
    links: dict[int, str]

    def ask(self, who: str, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        """A page, by a browser as it stood at first."""
        browser = self.browsers[who]
        return self.by(Reader(self.app, dict(browser.cookies)), path, method, **more)

    def by(self, reader: Reader, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        """A request, in the loop of them all."""
        return asyncio.run_coroutine_threadsafe(reader.asked(path, method, **more), self.loop).result(PATIENCE_S)

    def send(self, who: str, path: str, **more: Any) -> httpx.Response:
        """A form of ours, whatever the person may do."""
        data = {"form": self.form(who), **more.pop("data", {})}
        return self.ask(who, path, "POST", data=data, **more)

    def form(self, who: str) -> str:
        """The token that this browser's forms bear."""
        browser = self.browsers[who]
        instead = browser.cookies.get("poruchenie-instead-of")
        told = f"form:{browser.cookies.get('poruchenie-session', '')}" + (f":{instead}" if instead else "")
        return sha256(told.encode()).hexdigest()

    def raw(self, who: str, target: str, method: str = "GET", headers: Headers = (), body: bytes = b"") -> Answer:
        """A request as no client would send it: the target and the headers as they are."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.browsers[who].cookies.items())
        sent = [("host", "127.0.0.1:8000"), *([("cookie", cookies)] if cookies else []), *headers]
        given = {name for name, _ in headers}
        sent = [each for index, each in enumerate(sent) if index >= len(sent) - len(headers) or each[0] not in given]
        if body:
            sent.append(("content-length", str(len(body))))
        return asyncio.run_coroutine_threadsafe(raw_answer(self.app, target, method, sent, body), self.loop).result(
            PATIENCE_S
        )

    def call(self, token: str, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        """The API."""
        headers = {"Authorization": f"Bearer {token}"} | more.pop("headers", {})
        return self.by(Reader(self.app), f"/api/v1{path}", method, headers=headers, **more)

    def written(self) -> list[Any]:
        """How much stands in the log, the box of letters, and wherever else a request might write."""
        with closing(sqlite3.connect(self.file)) as database:
            return list(database.execute(WRITTEN).fetchone())

    def back(self) -> None:
        """As it was at first."""
        verifying_of(self.app).close()
        self.world.installation.database.close()  # nobody reads the file while it is written over
        self.app.state.opening.installation.database.close()
        for each in self.file.parent.glob(f"{self.file.name}*"):
            each.unlink()
        with closing(sqlite3.connect(self.file)) as database:
            self.kept.backup(database)
            database.execute("PRAGMA journal_mode = WAL")

    def file_of(self, place: str, state: State) -> str:
        """The hash of what was handed in with an assignment, or would have been."""
        return sha256(FILE + f"{place} {state}".encode()).hexdigest()

    def accounts(self) -> dict[str, int]:
        """Login → number."""
        with self.world.installation.read() as office:
            return {each.login: each.id for each in office.session.scalars(select(Account))}

    def secrets_from(self, person: Person) -> list[str]:
        """Words that stand only in what a person does not see."""
        if person.role not in (Role.EXECUTOR, None, Role.ADMIN):
            return []
        return [f"Secret of {place}" for place in PLACES if person.role is None or not below(person.place, place)]


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
    list(seal_all(world.installation, "cli:test"))
    app = create_app(world.installation)
    with world.installation.write() as office:
        command = Substitute("a", "deputy", date(2020, 6, 1), date(2020, 6, 30), "Order 1")
        substitute(office, sign_in(office, "admin", "cli:test"), command)
        tokens = {
            name: issue_token(office, sign_in(office, each.login, "cli:test"), name, list(Scope), 30).secret
            for name, each in PERSONS.items()
            if each.login and not each.instead
        }
        for login, scope in product(("clerk", "controller", "admin"), Scope):
            others = [each for each in Scope if each is not scope]
            made = issue_token(office, sign_in(office, login, "cli:test"), f"no {scope}", others, 30)
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
    with world.installation.read() as office:
        texts = "\n".join(office.session.scalars(select(Message.text).order_by(Message.id)))
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
        with world.installation.read() as office:
            text = office.session.scalar(select(Message.text).where(Message.secret).order_by(Message.id.desc()))
        code = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", text or "")
        assert code
        assert made.send(link, code=code[0]).status_code == 303
    elif person.login:
        with world.installation.write() as office:
            account = account_named(office, person.login)
            made.cookies["poruchenie-session"] = begin(office, account, Place("", ""), "password").secret
    if person.instead:
        made.cookies["poruchenie-instead-of"] = person.instead
    return made


@pytest.fixture(scope="module")
def gates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gates]:
    with founded(tmp_path_factory.mktemp("gates")) as made:
        yield made
