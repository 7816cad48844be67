"""A town with a protocol under control, whose history a test writes act by act, and a browser to read it with."""

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import update

from commands.context.evidence_store import Attachment
from commands.context.installation import Installation
from commands.log.sealing import store_of
from commands.registers.assignments import AssignmentLine
from desk.server.app import create_app
from models import policy
from models.database import Database
from models.protocols import Item
from models.settings import Settings
from states.lifecycle import Role
from tests.world import World
from tests.world import moment as at

SAMPLE = Path(__file__).parents[2] / "desk" / "sample"
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
    """A world that is read by browsers, and that is given the moment of each act: "2020-06-02T10:00", in Moscow."""

    settings: Settings
    database: Database

    @classmethod
    def of(cls, settings: Settings) -> "Town":
        return cls(settings, Database(settings.database_url))

    def at(self, moment: str | None = None) -> Installation:
        """The installation at a moment; without one, when the database's clock last stood still."""
        rules = policy.load(self.settings.policy_file, self.settings.calendar_file)
        return Installation(self.settings, rules, self.database, at(moment) if moment else None)

    def world(self, moment: str | None = None) -> World:
        """The same installation, for whatever one does there."""
        return World(self.at(moment))

    def account(self, login: str, role: Role, organisation: str | None = None) -> None:
        grantor = "controller" if role in (Role.REVIEWER, Role.CONTROLLER) else "admin"
        self.world().account(login, role, organisation, by=grantor, email=None)

    def register(self, moment: str = "2020-06-01T16:30", document: bytes | None = None) -> None:
        self.world(moment).confirm(document or (SAMPLE / "protocol.txt").read_bytes(), mapping=MAPPING)
        self.sweep(moment)

    def sweep(self, moment: str) -> None:
        self.world(moment).sweep()

    def act(
        self, moment: str, login: str, number: int, action: str, note: str = "", files: tuple[Attachment, ...] = ()
    ) -> None:
        """Take an action; a clerk submits for the addressee, and what needs a day gets 19 June 2020."""
        world, more = self.world(moment), dict[str, Any]()
        if (login, action) == ("clerk", "submit"):
            more = {"on_behalf": world.line(number).addressee, "received": moment}
        if action in ("return", "request_extension", "extend"):
            more["due"] = "2020-06-19"
        world.act(login, number, action, note=note, files={each.name: each.data for each in files}, **more)

    def withdraw(self, moment: str) -> None:
        self.world(moment).withdraw(1, "Зарегистрирован по ошибке")

    def seal(self) -> int:
        """Seal everything; the size of the log."""
        world = self.world()
        world.seal()
        note = store_of(world.installation.settings).checkpoint() or b""
        return int(note.split(b"\n")[1])

    def give_run(self, item: str, run: str) -> None:
        """What the flow that publishes the board does."""
        with self.at().write() as tx:
            tx.session.execute(update(Item).where(Item.number == item).values(run_id=run))

    def line(self, item: str, position: int = 0) -> AssignmentLine:
        """An item's assignment, by the place of its addressee."""
        return self.world().assignments(item=item)[position]

    def reader(self, moment: str | None = None, login: str | None = "controller", **more: Any) -> "Reader":
        """A browser in which somebody is signed in, or (None) nobody."""
        installation = self.at(moment)
        made = Reader(create_app(installation, **more))
        if login is not None:
            made.cookies["poruchenie-session"] = self.session(login, moment)
        return made

    def session(self, login: str, moment: str | None = None) -> str:
        """The secret of a new session."""
        return self.world(moment).session(login)
