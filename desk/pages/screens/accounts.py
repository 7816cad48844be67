"""`/accounts`: who may work here; opening one or many accounts, by whoever may grant the role."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import Response

from commands.access.account_import import Admitted, admit
from commands.access.account_register import accounts_found, grantable
from commands.access.accounts import AddAccount, add_account
from commands.access.invitations import Invited, invite
from desk.pages.forms.action_form import read
from desk.pages.forms.attempt import Refusal, in_savepoint
from desk.pages.forms.parsing import Word
from desk.pages.screens.one_account import show
from desk.pages.screens.sign_in import Field
from desk.pages.view.render import draw
from desk.request.context import ReadTx, RequestContext, Token, WriteTx
from desk.request.refusals import NoDocumentError
from intake.limits import LARGEST
from states.lifecycle import Role

router = APIRouter(prefix="/accounts")
PAGE = 100
_NEW = AddAccount("", Role.EXECUTOR)


@router.get("")
def accounts(request: Request, context: ReadTx, find: Word = "", after: Word = "") -> Response:
    """The list, and the forms for new ones."""
    return _list(request, context, find=" ".join(find.split()), after=after)


def _new(  # the fields of the form
    login: Field = "",
    role: Annotated[Role, Form()] = Role.EXECUTOR,
    organisation: Field = "",
    name: Field = "",
    email: Field = "",
) -> AddAccount:
    given = (each.strip() or None for each in (organisation, name, email))
    return AddAccount(login.strip().lower(), role, *given)


@router.post("")
def add(request: Request, context: WriteTx, token: Token, new: Annotated[AddAccount, Depends(_new)]) -> Response:
    """Open an account and invite its person."""

    def work() -> Invited:
        add_account(context.tx, context.actor, new)
        return invite(context.tx, context.actor, new.login)

    done = in_savepoint(request, context.tx, token, work)
    if isinstance(done, Refusal):
        return _list(request, context, done, new)
    return show(request, context, new.login, invited=done)


@router.post("/table")
def take(
    request: Request, context: WriteTx, token: Token, file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Open many, from a file, whole or not at all. The answer shows links, so it is no redirection."""

    def work() -> Admitted:
        if file is None or not file.filename:
            raise NoDocumentError
        taken = read(file, LARGEST)
        return admit(context.tx, context.actor, taken.data, taken.name)

    done = in_savepoint(request, context.tx, token, work)
    return _list(request, context, done) if isinstance(done, Refusal) else _list(request, context, admitted=done)


def _list(  # noqa: PLR0917 - what may have come of a form
    request: Request,
    context: RequestContext,
    refusal: Refusal | None = None,
    new: AddAccount = _NEW,
    admitted: Admitted | None = None,
    find: str = "",
    after: str = "",
) -> Response:
    found = accounts_found(context.tx, find, after, PAGE + 1)
    shown = found[:PAGE]
    return draw(
        request,
        "accounts.html",
        context,
        refusal.status if refusal else HTTPStatus.OK,
        refusal=refusal,
        new=new,
        admitted=admitted,
        find=find,
        accounts=shown,
        after=shown[-1].login if len(found) > PAGE else None,
        roles=grantable(context.actor),
    )
