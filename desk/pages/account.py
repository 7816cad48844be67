"""`/account`: one's own password and sessions."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response

from commands.passwords import DifferentPasswordsError, change_password
from commands.sessions import sessions_of, sign_out, sign_out_everywhere
from desk.pages.attempting import Refusal, attempt, see
from desk.pages.drawing import draw
from desk.pages.entrance import Field
from desk.pages.opening import Reading, Token, Visit, Writing
from desk.pages.protocol import Number

router = APIRouter(prefix="/account")


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
        change_password(visit.office, visit.actor, old, new, visit.session)

    return _answer(request, visit, attempt(request, visit.office, token, work), "password")


@router.post("/sessions/{session}/end")
def end(request: Request, visit: Writing, token: Token, session: Number) -> Response:
    """End one session."""
    done = attempt(request, visit.office, token, lambda: sign_out(visit.office, visit.actor, session))
    return _answer(request, visit, done, "ended")


@router.post("/sessions/end")
def end_others(request: Request, visit: Writing, token: Token) -> Response:
    """End all the others."""
    office, actor = visit.office, visit.actor
    done = attempt(request, office, token, lambda: sign_out_everywhere(office, actor, visit.session))
    return _answer(request, visit, done, "ended")


def _answer(request: Request, visit: Visit, done: object, told: str) -> Response:
    return _page(request, visit, done) if isinstance(done, Refusal) else see(f"/account?done={told}")


def _page(request: Request, visit: Visit, refusal: Refusal | None = None, done: str = "") -> Response:
    return draw(
        request,
        "account.html",
        visit,
        refusal.status if refusal else HTTPStatus.OK,
        refusal=refusal,
        done=done,
        session=visit.session,
        sessions=sessions_of(visit.office, visit.actor.account),
        least=visit.office.policy.rules.access.password_length,
    )
