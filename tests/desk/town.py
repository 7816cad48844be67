"""A town with a protocol under control, whose history a test writes act by act, and a browser to read it with."""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI
from sqlalchemy import update

from commands.access.accounts import AddAccount, account_named, add_account
from commands.access.sessions import Client, begin
from commands.assignments.locked_assignment import TakeAction
from commands.assignments.transitions import take_action
from commands.context.actors import actor_for_login
from commands.context.evidence_store import Attachment
from commands.context.installation import Installation
from commands.protocols.registration import Register, register
from commands.protocols.withdrawal import withdraw
from commands.registers.assignments import AssignmentLine, assignments
from commands.registers.filters import AssignmentFilter
from commands.sweeps import sweeps
from desk.server.app import create_app
from models import policy
from models.database import Database
from models.protocols import Item
from models.settings import Settings
from states.lifecycle import Role

SAMPLE = Path(__file__).parents[2] / "desk" / "sample"
MOSCOW = ZoneInfo("Europe/Moscow")
MAPPING = {
    "Начальникам муниципальных органов, осуществляющих управление образованием": (
        "Начальники муниципальных органов, осуществляющих управление образованием"
    ),
    "Директорам муниципальных школ, вошедших в перечень школ с низкими результатами обучения": (
        "Директора муниципальных школ, вошедших в перечень школ с низкими результатами обучения"
    ),
}

LETTER = Attachment("письмо.pdf", b"%PDF-1.4 a letter")


@dataclass(frozen=True)
class Reader:
    """Somebody who reads pages, with a browser's cookies."""

    app: FastAPI
    cookies: dict[str, str] = field(default_factory=dict)
    host: str = "127.0.0.1:8000"

    def ask(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        return asyncio.run(self.asked(path, method, **more))

    async def asked(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        # Not Starlette's TestClient: with httpx it warns, and warnings are errors here.
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{self.host}") as client:
            client.cookies.update(self.cookies)
            answer = await client.request(method, path, **more)
            self.cookies.update(answer.cookies)
            for header in answer.headers.get_list("set-cookie"):
                if "Max-Age=0" in header:
                    self.cookies.pop(header.partition("=")[0], None)
            return answer

    def send(self, path: str, files: Any = None, **fields: Any) -> httpx.Response:
        """A form of ours."""
        return self.ask(path, "POST", data={"form": self.token(), **fields}, files=files)

    def token(self) -> str:
        """What our forms bring; every page that this browser sees holds it."""
        found = re.search(r'name="form" value="(\w+)"', self.ask("/account").text or "")
        found = found or re.search(r'name="form" value="(\w+)"', self.ask("/sign-in").text)
        assert found
        return found[1]

    def text(self, path: str) -> str:
        """The page with the markup's white space evened out."""
        answer = self.ask(path)
        assert answer.status_code == 200, answer.text
        return re.sub(r"[ \n]+", " ", answer.text)


@dataclass(frozen=True)
class Town:
    """An installation with a test clock. Moments are local: "2020-06-02T10:00"."""

    settings: Settings
    database: Database

    @classmethod
    def of(cls, settings: Settings) -> "Town":
        return cls(settings, Database(settings.database_url))

    def at(self, moment: str | None = None) -> Installation:
        given = datetime.fromisoformat(moment).replace(tzinfo=MOSCOW) if moment else None
        rules = policy.load(self.settings.policy_file, self.settings.calendar_file)
        return Installation(self.settings, rules, self.database, given)

    def account(self, login: str, role: Role, organisation: str | None = None) -> None:
        grantor = "controller" if role in (Role.REVIEWER, Role.CONTROLLER) else "admin"
        with self.at().write() as tx:
            add_account(tx, actor_for_login(tx, grantor, "cli:test"), AddAccount(login, role, organisation))

    def register(self, moment: str = "2020-06-01T16:30", document: bytes | None = None) -> None:
        data = document or (SAMPLE / "protocol.txt").read_bytes()
        with self.at(moment).write() as tx:
            register(tx, actor_for_login(tx, "clerk", "cli:test"), Register(data, "protocol.txt", MAPPING))
        self.sweep(moment)

    def sweep(self, moment: str) -> None:
        sweeps.sweep(self.at(moment))

    def act(
        self, moment: str, login: str, number: int, action: str, note: str = "", files: tuple[Attachment, ...] = ()
    ) -> None:
        with self.at(moment).write() as tx:
            actor = actor_for_login(tx, login, "cli:test")
            line = assignments(tx, AssignmentFilter(assignment=number))[0]
            on_behalf = line.addressee if (actor.role, action) == (Role.REGISTRAR, "submit") else None
            received = tx.now if on_behalf else None
            due = date(2020, 6, 19) if action in ("return", "request_extension", "extend") else None
            take_action(tx, actor, TakeAction(number, action, None, note, files, due, None, on_behalf, received))

    def withdraw(self, moment: str) -> None:
        basis = "Зарегистрирован по ошибке"
        steps = self.at(moment).batches(
            lambda tx: withdraw(tx, actor_for_login(tx, "controller", "cli:test"), 1, basis)
        )
        assert not list(steps)[-1].more

    def give_run(self, item: str, run: str) -> None:
        """What the flow that publishes the board does."""
        with self.at().write() as tx:
            tx.session.execute(update(Item).where(Item.number == item).values(run_id=run))

    def line(self, item: str, position: int = 0) -> AssignmentLine:
        with self.at().read() as tx:
            return assignments(tx, AssignmentFilter(item=item))[position]

    def reader(self, moment: str | None = None, login: str | None = "controller", **more: Any) -> "Reader":
        """A browser in which somebody is signed in, or (None) nobody."""
        installation = self.at(moment)
        made = Reader(create_app(installation, **more))
        if login is not None:
            made.cookies["poruchenie-session"] = self.session(login, moment)
        return made

    def session(self, login: str, moment: str | None = None) -> str:
        """The secret of a new session."""
        with self.at(moment).write() as tx:
            return begin(tx, account_named(tx, login), Client("Firefox/1 (Windows)", "127.0.0.1"), "password").secret
