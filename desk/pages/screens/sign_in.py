"""`/sign-in`, `/sign-out`: by login and password; in a demo also as one of its people, by one click."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from commands.access.sessions import NewSession, sign_out
from commands.access.sign_in import sign_in, sign_in_demo
from commands.context.installation import Transaction
from desk.demo.people import people
from desk.pages.forms.attempt import Refusal, in_savepoint, redirect_to
from desk.pages.view.render import draw_open
from desk.request.context import PublicReadTx, PublicWriteTx, Token, WriteTx, client_of, desk_of
from states.refusal import RefusedError

router = APIRouter()
Field = Annotated[str, Form(max_length=1000)]
NextField = Annotated[str, Form(alias="next", max_length=2000)]


@router.get("/sign-in")
def sign_in_page(
    request: Request, tx: PublicReadTx, wanted: Annotated[str, Query(alias="next", max_length=2000)] = "/"
) -> Response:
    """The page that asks who it is."""
    return _page(request, tx, wanted)


@router.post("/sign-in")
def sign_in_by_password(
    request: Request, tx: PublicWriteTx, token: Token, login: Field = "", password: Field = "", wanted: NextField = "/"
) -> Response:
    """By login and password."""
    login = login.strip().lower()
    found = knock(request, token, lambda: sign_in(tx, login, password, client_of(request)))
    return _answer(request, tx, found, wanted, login)


@router.post("/sign-in/demo")
def sign_in_as_demo(
    request: Request, tx: PublicWriteTx, token: Token, login: Field = "", wanted: NextField = "/"
) -> Response:
    """As one of a demo's people."""
    found = knock(request, token, lambda: sign_in_demo(tx, login, client_of(request)))
    return _answer(request, tx, found, wanted)


@router.post("/sign-out")
def leave(request: Request, context: WriteTx, token: Token) -> Response:
    """End this session."""
    done = in_savepoint(request, context.tx, token, lambda: sign_out(context.tx, context.own, context.session))
    if isinstance(done, Refusal):
        raise done.error
    answer = redirect_to("/sign-in")
    desk_of(request).jar.drop_session(answer)
    return answer


def to_the_desk(request: Request, found: NewSession, wanted: str = "/") -> Response:
    """To the page that was asked for, with the session's cookie."""
    # Only to a page of ours: the address came with the request.
    inner = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    answer = redirect_to(wanted if inner else "/")
    desk_of(request).jar.hold_session(answer, found)
    return answer


def knock(request: Request, token: str, how: Callable[[], NewSession | RefusedError]) -> NewSession | RefusedError:
    """Try to get in, if the form is ours. What a refusal wrote (that there was one) stays."""
    try:
        desk_of(request).jar.check(request, token)
        return how()
    except RefusedError as error:
        return error


def _answer(
    request: Request, tx: Transaction, found: NewSession | RefusedError, wanted: str, login: str = ""
) -> Response:
    if isinstance(found, NewSession):
        return to_the_desk(request, found, wanted)
    return _page(request, tx, wanted, login, Refusal(found))


def _page(request: Request, tx: Transaction, wanted: str, login: str = "", refusal: Refusal | None = None) -> Response:
    status = refusal.status if refusal else HTTPStatus.OK
    content: dict[str, object] = {"wanted": wanted, "login": login, "refusal": refusal, "people": people(tx)}
    oidc = tx.settings.oidc
    content["mail_links"] = tx.policy.rules.access.mail_links
    content["provider"] = urlsplit(oidc.issuer).hostname if oidc else None
    return draw_open(request, "sign-in.html", tx, status, **content)
