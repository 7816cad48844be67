"""One request, one transaction, one person: what every page depends on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Request

from commands.access.sessions import Client, actor_of
from commands.context.actors import Actor, NotSubstituteError, UnknownLoginError, in_name_of
from commands.context.installation import Installation, Transaction
from commands.context.visibility import scope_of
from desk.request.cookies import Jar
from desk.request.grants import grant
from desk.request.refusals import NotSignedInError
from models import schema
from models.clock import NotInitialisedError


class DeskState:
    """The installation behind the pages. Its schema is examined until it is right, not at every request."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.jar = Jar(installation.settings.desk_url)
        self._examined = False

    def examine(self) -> None:
        """Raises NotInitialisedError, SchemaError, DatabaseAwayError."""
        database = self.installation.database
        if not self._examined:
            schema.check(database)
            self._examined = True
        elif not database.exists():
            raise NotInitialisedError


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request of a person: the transaction, who acts (perhaps in an absent one's name), who he is himself, in
    which session, and how far he sees (commands.context.visibility).
    """

    tx: Transaction
    actor: Actor
    own: Actor
    session: int
    within: int | None


def desk_of(request: Request) -> DeskState:
    """The state of the desk behind the application that answers a request."""
    found: DeskState = request.app.state.desk
    return found


def client_of(request: Request) -> Client:
    """The client of a request. Behind a proxy uvicorn puts the client's own address there."""
    return Client(request.headers.get("user-agent", ""), request.client.host if request.client else "")


def _context(request: Request, tx: Transaction) -> RequestContext:
    jar = desk_of(request).jar
    secret = jar.secret(request)
    found = actor_of(tx, secret) if secret else None
    if found is None:
        raise NotSignedInError
    session, own = found
    absent = jar.absent(request)
    actor = stand_in(tx, own, absent) if absent else own
    grant(request, actor)
    return RequestContext(tx, actor, own, session, scope_of(actor))


def stand_in(tx: Transaction, own: Actor, absent: str) -> Actor:
    """The actor in an absent person's name. Raises NotSubstituteError."""
    try:
        return in_name_of(tx, own, absent)
    except UnknownLoginError as error:
        raise NotSubstituteError(login=own.login, absent=absent) from error


def _reading(request: Request) -> Iterator[RequestContext]:
    desk = desk_of(request)
    desk.examine()
    with desk.installation.read() as tx:
        yield _context(request, tx)


def _writing(request: Request) -> Iterator[RequestContext]:
    desk = desk_of(request)
    desk.examine()
    with desk.installation.write() as tx:
        yield _context(request, tx)


def _public_reading(request: Request) -> Iterator[Transaction]:
    desk = desk_of(request)
    desk.examine()
    with desk.installation.read() as tx:
        yield tx


def _public_writing(request: Request) -> Iterator[Transaction]:
    desk = desk_of(request)
    desk.examine()
    with desk.installation.write() as tx:
        yield tx


def _token(form: Annotated[str, Form(max_length=100)] = "") -> str:
    return form


ReadTx = Annotated[RequestContext, Depends(_reading, scope="function")]
"""A person who reads."""
WriteTx = Annotated[RequestContext, Depends(_writing, scope="function")]
"""A person who writes: within `attempt`, so that a refusal leaves nothing but can be shown beside what was typed."""
PublicReadTx = Annotated[Transaction, Depends(_public_reading, scope="function")]
PublicWriteTx = Annotated[Transaction, Depends(_public_writing, scope="function")]
"""Somebody who is not signed in, and writes."""
Token = Annotated[str, Depends(_token)]
"""What a form brings to show that a page of ours drew it."""
