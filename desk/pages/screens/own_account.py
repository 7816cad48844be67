"""`/account`: one's own password, sessions and tokens, and the names in which one may act."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from commands.access.api_tokens import Issued, Scope, issue_token, revoke_token, tokens_of
from commands.access.passwords import DifferentPasswordsError, change_password
from commands.access.sessions import sessions_of, sign_out, sign_out_everywhere
from commands.access.substitutions import appointments_of
from desk.pages.forms.attempt import Refusal, attempt, see
from desk.pages.screens.sign_in import Field
from desk.pages.view.render import draw
from desk.request.path import Number
from desk.request.visit import Reading, Token, Visit, Writing, opening_of, stand_in

router = APIRouter(prefix="/account")
TOKEN_DAYS = 90


@router.get("")
def account(request: Request, visit: Reading, done: str = "") -> Response:
    """The page of one's own account."""
    return _page(request, visit, done=done)


@router.post("/password")
def password(
    request: Request, visit: Writing, token: Token, old: Field = "", new: Field = "", again: Field = ""
) -> Response:
    """Change it."""

    def work() -> None:
        if new != again:
            raise DifferentPasswordsError
        change_password(visit.tx, visit.own, old, new, visit.session)

    return _tried(request, visit, token, work, "password")


@router.post("/sessions/{session}/end")
def end(request: Request, visit: Writing, token: Token, session: Number) -> Response:
    """End one session."""
    return _tried(request, visit, token, lambda: sign_out(visit.tx, visit.own, session), "ended")


@router.post("/sessions/end")
def end_others(request: Request, visit: Writing, token: Token) -> Response:
    """End all the others."""
    return _tried(request, visit, token, lambda: sign_out_everywhere(visit.tx, visit.own, visit.session), "ended")


@router.post("/name")
def name(request: Request, visit: Reading, token: Token, absent: Field = "") -> Response:
    """Act in an absent person's name from now on, or (empty) in one's own again."""
    jar = opening_of(request).jar
    done = attempt(request, visit.tx, token, lambda: stand_in(visit.tx, visit.own, absent) if absent else None)
    if isinstance(done, Refusal):
        return _page(request, visit, done)
    answer = see("/")
    if absent:
        jar.stand_in(answer, absent)
    else:
        jar.stand_down(answer)
    return answer


@router.post("/tokens")
def make_token(
    request: Request,
    visit: Writing,
    token: Token,
    called: Field = "",
    scope: Annotated[list[str] | None, Form()] = None,
    days: Annotated[int, Form(ge=-(2**31), lt=2**31)] = TOKEN_DAYS,
) -> Response:
    """Make a token. Shown at once and never again, so this answer is no redirection."""
    scopes = scope or ()
    done = attempt(request, visit.tx, token, lambda: issue_token(visit.tx, visit.own, called, scopes, days))
    if isinstance(done, Refusal):
        return _page(request, visit, done, typed={"called": called, "scopes": scopes, "days": days})
    return _page(request, visit, issued=done)


@router.post("/tokens/{number}/end")
def end_token(request: Request, visit: Writing, token: Token, number: Number) -> Response:
    """End one token."""
    return _tried(request, visit, token, lambda: revoke_token(visit.tx, visit.own, number), "token")


def _tried(request: Request, visit: Visit, token: str, work: Callable[[], object], told: str) -> Response:
    done = attempt(request, visit.tx, token, work)
    return _page(request, visit, done) if isinstance(done, Refusal) else see(f"/account?done={told}")


def _page(
    request: Request,
    visit: Visit,
    refusal: Refusal | None = None,
    done: str = "",
    issued: Issued | None = None,
    typed: dict[str, object] | None = None,
) -> Response:
    access = visit.tx.policy.rules.access
    return draw(
        request,
        "account.html",
        visit,
        refusal.status if refusal else HTTPStatus.OK,
        refusal=refusal,
        done=done,
        own=visit.own,
        session=visit.session,
        sessions=sessions_of(visit.tx, visit.own.account),
        appointments=appointments_of(visit.tx, visit.own.account),
        tokens=tokens_of(visit.tx, visit.own.account),
        issued=issued,
        typed=typed or {"called": "", "scopes": (Scope.READ,), "days": TOKEN_DAYS},
        most=access.token_days,
        least=access.password_length,
    )
