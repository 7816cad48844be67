"""`/invitations/{secret}`: the single-use link by which an account gets its password."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from commands.access.invitations import accept_invitation, invited
from commands.access.passwords import DifferentPasswordsError
from commands.context.installation import Transaction
from desk.pages.forms.attempt import Refusal, in_savepoint
from desk.pages.screens.sign_in import Field, to_the_desk
from desk.pages.view.render import draw_open
from desk.request.context import PublicReadTx, PublicWriteTx, Token, client_of

router = APIRouter()
Secret = Annotated[str, Path(max_length=100)]


@router.get("/invitations/{secret}")
def invitation(request: Request, tx: PublicReadTx, secret: Secret) -> Response:
    """The page that asks for a password. Looking at it spends nothing: some mail servers look at every link."""
    return _page(request, tx, secret)


@router.post("/invitations/{secret}")
def accept(
    request: Request, tx: PublicWriteTx, token: Token, secret: Secret, password: Field = "", again: Field = ""
) -> Response:
    """Set the password and sign in."""

    def work() -> Response:
        if password != again:
            raise DifferentPasswordsError
        return to_the_desk(request, accept_invitation(tx, secret, password, client_of(request)))

    done = in_savepoint(request, tx, token, work)
    return _page(request, tx, secret, done) if isinstance(done, Refusal) else done


def _page(request: Request, tx: Transaction, secret: str, refusal: Refusal | None = None) -> Response:
    content = {"login": invited(tx, secret), "least": tx.policy.rules.access.password_length}
    status = refusal.status if refusal else HTTPStatus.OK
    return draw_open(request, "invitation.html", tx, status, refusal=refusal, **content)
