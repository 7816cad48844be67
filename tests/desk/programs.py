"""Programs that use the API by a token, as tests send them."""

import base64
from dataclasses import dataclass
from typing import Any

import httpx

from commands.access.api_tokens import Scope, issue_token
from commands.context.actors import actor_for_login
from desk.server.app import create_app
from tests.desk.town import Reader, Town

NOW = "2020-06-04T09:31"


@dataclass(frozen=True)
class Program:
    """Something that sends requests with a token."""

    town: Town
    reader: Reader
    token: str

    def ask(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        return self.reader.ask(f"/api/v1{path}", method, headers=headers, **more)

    def take(self, number: int, action: str, version: int, key: str | None = None, **more: Any) -> httpx.Response:
        headers = {"If-Match": f'"{version}"'} | ({"Idempotency-Key": key} if key else {})
        return self.ask(f"/assignments/{number}/actions", "POST", json={"action": action, **more}, headers=headers)


def program(town: Town, login: str, *scopes: str, moment: str = NOW) -> Program:
    with town.at(moment).write() as tx:
        made = issue_token(tx, actor_for_login(tx, login, "cli:test"), "test", scopes or list(Scope), 30)
    return Program(town, Reader(create_app(town.at(moment))), made.secret)


def uploaded(name: str, data: bytes) -> dict[str, str]:
    return {"name": name, "content": base64.b64encode(data).decode()}


def problem(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == answer.status_code
    return told
