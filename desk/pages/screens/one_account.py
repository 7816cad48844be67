"""`/accounts/{login}`: one account; its particulars, invitation, substitutes and end."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from commands.access.account_register import account_line, grantable
from commands.access.accounts import UpdateAccount, close_account, update_account
from commands.access.invitations import Invited, invite
from commands.access.substitutions import Substitute, substitute, substitutes_of
from desk.pages.forms.attempt import Refusal, in_savepoint, redirect_to
from desk.pages.forms.parsing import day_of
from desk.pages.screens.sign_in import Field
from desk.pages.view.render import draw
from desk.request.context import ReadTx, RequestContext, Token, WriteTx
from desk.request.refusals import TypedDayError
from states.subjects import AccountState

router = APIRouter(prefix="/accounts/{login}")
Login = Annotated[str, Path(max_length=64)]


@router.get("")
def one(request: Request, context: ReadTx, login: Login) -> Response:
    """One account."""
    return show(request, context, login)


@router.post("/update")
def update(
    request: Request, context: WriteTx, token: Token, login: Login, name: Field = "", email: Field = ""
) -> Response:
    """Another name or address."""
    command = UpdateAccount(login, name.strip() or None, email.strip() or None)
    typed = {"name": name, "email": email}
    return _done(request, context, token, login, lambda: update_account(context.tx, context.actor, command), typed)


@router.post("/invite")
def invite_again(request: Request, context: WriteTx, token: Token, login: Login) -> Response:
    """A new link for the password. Shown at once, so this answer is no redirection."""
    done = in_savepoint(request, context.tx, token, lambda: invite(context.tx, context.actor, login))
    if isinstance(done, Refusal):
        return show(request, context, login, done)
    return show(request, context, login, invited=done)


@router.post("/substitute")
def stand_in(  # noqa: PLR0913, PLR0917 - the fields of the form
    request: Request,
    context: WriteTx,
    token: Token,
    login: Login,
    deputy: Field = "",
    since: Field = "",
    until: Field = "",
    basis: Field = "",
) -> Response:
    """Appoint somebody to act in this account's name for an absence."""

    def work() -> None:
        first, last = day_of(since), day_of(until)
        if first is None or last is None:
            raise TypedDayError(value="")
        command = Substitute(login, deputy.strip().lower(), first, last, basis)
        substitute(context.tx, context.actor, command)

    typed = {"deputy": deputy, "since": since, "until": until, "basis": basis}
    return _done(request, context, token, login, work, typed)


@router.post("/close")
def close(request: Request, context: WriteTx, token: Token, login: Login, note: Field = "") -> Response:
    """Close it for good."""
    tx, actor = context.tx, context.actor
    return _done(request, context, token, login, lambda: close_account(tx, actor, login, note), {"note": note})


def _done(
    request: Request,
    context: RequestContext,
    token: str,
    login: str,
    work: Callable[[], object],
    typed: Mapping[str, str] | None = None,
) -> Response:
    done = in_savepoint(request, context.tx, token, work)
    return (
        show(request, context, login, done, typed=typed)
        if isinstance(done, Refusal)
        else redirect_to(f"/accounts/{login}")
    )


def show(
    request: Request,
    context: RequestContext,
    login: str,
    refusal: Refusal | None = None,
    *,
    invited: Invited | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The page of an account."""
    found = account_line(context.tx, login)
    return draw(
        request,
        "person.html",
        context,
        refusal.status if refusal else HTTPStatus.OK,
        refusal=refusal,
        invited=invited,
        typed=typed or {},
        person=found,
        substitutes=substitutes_of(context.tx, found.id),
        keeps=found.role in grantable(context.actor) and found.state == AccountState.ACTIVE,
    )
