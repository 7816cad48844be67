"""One request of a program, one transaction, one token: what every operation depends on."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.responses import Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from commands.access.api_tokens import Scope, actor_of_token
from commands.context.actors import Actor
from commands.context.idempotency import Answered, keep, reserve
from commands.context.installation import Transaction
from commands.context.visibility import scope_of
from desk.api.grants import GRANTS
from desk.request.context import desk_of
from desk.request.refusals import NotGrantedError, ScopeMissingError, TokenNeededError

JSON = "application/json"
_bearer = HTTPBearer(auto_error=False, description="A token: “poruchenie token issue” makes one.")


@dataclass(frozen=True, slots=True)
class Call:
    """One request: the transaction, who acts, how far he sees, and the program's key for the request."""

    tx: Transaction
    actor: Actor
    within: int | None
    key: str | None
    fingerprint: str

    def once(self, status: HTTPStatus, work: Callable[[], BaseModel]) -> Response:
        """Do it, unless this key got its answer already; then give that again."""
        if self.key is None:
            return Response(work().model_dump_json(), status, media_type=JSON)
        before = reserve(self.tx, self.actor, self.key, self.fingerprint)
        if before is not None:
            return Response(before.body, before.status, {"Idempotent-Replayed": "true"}, JSON)
        answered = Answered(int(status), work().model_dump_json())
        keep(self.tx, self.actor, self.key, answered)
        return Response(answered.body, status, media_type=JSON)


Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=100,
        pattern=r"^[\x21-\x7e]+$",
        description="Chosen by you: the same request with the same key is done once, and answered alike, for a day.",
    ),
]


async def _body(request: Request) -> bytes:
    return await request.body()


def _fingerprint(request: Request, body: bytes) -> str:
    seen = request.headers.get("if-match", "")  # what was seen belongs to what is asked
    told = f"{request.method} {request.url.path}?{request.url.query}\n{seen}\n".encode()
    return hashlib.sha256(told + body).hexdigest()


def _call(request: Request, tx: Transaction, bearer: Bearer, key: str | None = None, body: bytes = b"") -> Call:
    found = actor_of_token(tx, bearer.credentials) if bearer else None
    if found is None:
        raise TokenNeededError
    actor, scopes = found
    scope, roles = GRANTS.get(f"{request.method} {request.scope['route'].path}", (Scope.KEEP, frozenset()))
    if actor.role not in roles:
        raise NotGrantedError.of(actor)
    if scope not in scopes:
        raise ScopeMissingError(scope=scope.value)
    return Call(tx, actor, scope_of(actor), key, _fingerprint(request, body) if key else "")


def _reading(request: Request, bearer: Bearer) -> Iterator[Call]:
    desk = desk_of(request)
    desk.examine()
    with desk.installation.read() as tx:
        yield _call(request, tx, bearer)


def _writing(
    request: Request, bearer: Bearer, body: Annotated[bytes, Depends(_body)], key: Key = None
) -> Iterator[Call]:
    desk = desk_of(request)
    desk.examine()
    with desk.installation.write() as tx:
        yield _call(request, tx, bearer, key, body)


ReadCall = Annotated[Call, Depends(_reading, scope="function")]
WriteCall = Annotated[Call, Depends(_writing, scope="function")]
