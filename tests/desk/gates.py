"""A small world in which every state stands at every distance, and everybody who may come to its doors."""

import asyncio
import csv
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from desk.pages.screens.log_state import verifying_of
from desk.request.grants import GRANTS, LINKED
from models.accounts import Account
from states.assignment import State
from states.lifecycle import Role
from tests.desk.asking import Answer, Headers, raw_answer
from tests.desk.town import Reader
from tests.world import ROSTER, World

PAGE, DOOR, OPERATION = (
    "GET /assignments/{number}/{action}",
    "POST /assignments/{number}/{action}",
    "POST /assignments/{number}/actions",
)
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


def opens(person: Person, operation: str, *at: str) -> bool:
    """Whether the grants let a person through, before anybody asks what he sees."""
    if person.only is None:
        return person.role in GRANTS[operation]
    return operation in LINKED and (not at or at == (person.place, person.only))


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
        self.app.state.desk.installation.database.close()
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
        with self.world.installation.read() as tx:
            return {each.login: each.id for each in tx.session.scalars(select(Account))}

    def secrets_from(self, person: Person) -> list[str]:
        """Words that stand only in what a person does not see."""
        if person.role not in (Role.EXECUTOR, None, Role.ADMIN):
            return []
        return [f"Secret of {place}" for place in PLACES if person.role is None or not below(person.place, place)]
