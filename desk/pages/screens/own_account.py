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
from desk.pages.forms.attempt import Refusal, in_savepoint, redirect_to
from desk.pages.screens.sign_in import Field
from desk.pages.view.render import draw
from desk.request.context import ReadTx, RequestContext, Token, WriteTx, desk_of, stand_in
from desk.request.path import Number

router = APIRouter(prefix="/account")
TOKEN_DAYS = 90


@router.get("")
def account(request: Request, context: ReadTx, done: str = "") -> Response:
    """The page of one's own account."""
    return _page(request, context, done=done)


@router.post("/password")
def password(
    request: Request, context: WriteTx, token: Token, old: Field = "", new: Field = "", again: Field = ""
) -> Response:
    """Change it."""

    def work() -> None:
        if new != again:
            raise DifferentPasswordsError
        change_password(context.tx, context.own, old, new, context.session)

    return _tried(request, context, token, work, "password")


@router.post("/sessions/{session}/end")
def end(request: Request, context: WriteTx, token: Token, session: Number) -> Response:
    """End one session."""
    return _tried(request, context, token, lambda: sign_out(context.tx, context.own, session), "ended")


@router.post("/sessions/end")
def end_others(request: Request, context: WriteTx, token: Token) -> Response:
    """End all the others."""
    return _tried(
        request, context, token, lambda: sign_out_everywhere(context.tx, context.own, context.session), "ended"
    )


@router.post("/name")
def name(request: Request, context: ReadTx, token: Token, absent: Field = "") -> Response:
    """Act in an absent person's name from now on, or (empty) in one's own again."""
    jar = desk_of(request).jar
    done = in_savepoint(
        request, context.tx, token, lambda: stand_in(context.tx, context.own, absent) if absent else None
    )
    if isinstance(done, Refusal):
        return _page(request, context, done)
    answer = redirect_to("/")
    if absent:
        jar.stand_in(answer, absent)
    else:
        jar.stand_down(answer)
    return answer


@router.post("/tokens")
def make_token(
    request: Request,
    context: WriteTx,
    token: Token,
    called: Field = "",
    scope: Annotated[list[str] | None, Form()] = None,
    days: Annotated[int, Form(ge=-(2**31), lt=2**31)] = TOKEN_DAYS,
) -> Response:
    """Make a token. Shown at once and never again, so this answer is no redirection."""
    scopes = scope or ()
    done = in_savepoint(request, context.tx, token, lambda: issue_token(context.tx, context.own, called, scopes, days))
    if isinstance(done, Refusal):
        return _page(request, context, done, typed={"called": called, "scopes": scopes, "days": days})
    return _page(request, context, issued=done)


@router.post("/tokens/{number}/end")
def end_token(request: Request, context: WriteTx, token: Token, number: Number) -> Response:
    """End one token."""
    return _tried(request, context, token, lambda: revoke_token(context.tx, context.own, number), "token")


def _tried(request: Request, context: RequestContext, token: str, work: Callable[[], object], told: str) -> Response:
    done = in_savepoint(request, context.tx, token, work)
    return _page(request, context, done) if isinstance(done, Refusal) else redirect_to(f"/account?done={told}")


def _page(
    request: Request,
    context: RequestContext,
    refusal: Refusal | None = None,
    done: str = "",
    issued: Issued | None = None,
    typed: dict[str, object] | None = None,
) -> Response:
    access = context.tx.policy.rules.access
    return draw(
        request,
        "account.html",
        context,
        refusal.status if refusal else HTTPStatus.OK,
        refusal=refusal,
        done=done,
        own=context.own,
        session=context.session,
        sessions=sessions_of(context.tx, context.own.account),
        appointments=appointments_of(context.tx, context.own.account),
        tokens=tokens_of(context.tx, context.own.account),
        issued=issued,
        typed=typed or {"called": "", "scopes": (Scope.READ,), "days": TOKEN_DAYS},
        most=access.token_days,
        least=access.password_length,
    )
