"""`/mail/{number}/{key}`: by a link from a letter, and a code that goes to the organisation, to one assignment."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from commands.access.one_time_codes import send_code, sign_in_by_code
from commands.access.sessions import NewSession
from commands.context.installation import Transaction
from commands.mail.links import linked
from commands.registers.lookup import one_assignment, one_protocol
from desk.pages.forms.attempt import Refusal, in_savepoint, redirect_to
from desk.pages.screens.sign_in import Field, knock, to_the_desk
from desk.pages.view.render import draw_open
from desk.request.context import PublicReadTx, PublicWriteTx, Token, client_of
from desk.request.path import Number

router = APIRouter()
Key = Annotated[str, Path(max_length=100)]


@router.get("/mail/{number}/{key}")
def ask(request: Request, tx: PublicReadTx, number: Number, key: Key, sent: str = "", have: str = "") -> Response:
    """The page that offers a code. Looking at it sends and spends nothing: some mail servers look at every link."""
    return _page(request, tx, number, key, sent=bool(sent), have=bool(sent or have))


@router.post("/mail/{number}/{key}/code")
def send(request: Request, tx: PublicWriteTx, token: Token, number: Number, key: Key) -> Response:
    """Mail a code to the organisation."""
    done = in_savepoint(request, tx, token, lambda: send_code(tx, key, number, client_of(request)))
    if isinstance(done, Refusal):
        return _page(request, tx, number, key, done, have=True)
    return redirect_to(f"/mail/{number}/{key}?sent=1")


@router.post("/mail/{number}/{key}")
def enter(request: Request, tx: PublicWriteTx, token: Token, number: Number, key: Key, code: Field = "") -> Response:
    """Enter the code."""
    found = knock(request, token, lambda: sign_in_by_code(tx, key, number, code, client_of(request)))
    if isinstance(found, NewSession):
        return to_the_desk(request, found, f"/assignments/{number}")
    return _page(request, tx, number, key, Refusal(found), have=True)


def _page(
    request: Request,
    tx: Transaction,
    number: int,
    key: str,
    refusal: Refusal | None = None,
    *,
    sent: bool = False,
    have: bool = False,
) -> Response:
    linked(tx, key, number)
    line, item = one_assignment(tx, number)
    return draw_open(
        request,
        "by-mail.html",
        tx,
        refusal.status if refusal else HTTPStatus.OK,
        assignment=line,
        item=item,
        protocol=one_protocol(tx, line.protocol),
        key=key,
        minutes=tx.policy.rules.access.code_minutes,
        refusal=refusal,
        sent=sent,
        have=have,
    )
