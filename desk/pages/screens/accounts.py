"""`/accounts`: who may work here; opening one or many accounts, by whoever may grant the role."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import Response

from commands.access.account_import import Admitted, admit
from commands.access.account_register import accounts_found, grantable
from commands.access.accounts import AddAccount, add_account
from commands.access.invitations import Invited, invite
from desk.access import NoDocumentError
from desk.pages.forms.action_form import read
from desk.pages.forms.attempt import Refusal, attempt
from desk.pages.forms.parsing import Word
from desk.pages.screens.one_account import show
from desk.pages.screens.sign_in import Field
from desk.pages.view.render import draw
from desk.request.visit import Reading, Token, Visit, Writing
from intake.limits import LARGEST
from states.lifecycle import Role

router = APIRouter(prefix="/accounts")
PAGE = 100
_NEW = AddAccount("", Role.EXECUTOR)


@router.get("")
def accounts(request: Request, visit: Reading, find: Word = "", after: Word = "") -> Response:
    """The list, and the forms for new ones."""
    return _list(request, visit, find=" ".join(find.split()), after=after)


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
def add(request: Request, visit: Writing, token: Token, new: Annotated[AddAccount, Depends(_new)]) -> Response:
    """Open an account and invite its person."""

    def work() -> Invited:
        add_account(visit.tx, visit.actor, new)
        return invite(visit.tx, visit.actor, new.login)

    done = attempt(request, visit.tx, token, work)
    if isinstance(done, Refusal):
        return _list(request, visit, done, new)
    return show(request, visit, new.login, invited=done)


@router.post("/table")
def take(request: Request, visit: Writing, token: Token, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Open many, from a file, whole or not at all. The answer shows links, so it is no redirection."""

    def work() -> Admitted:
        if file is None or not file.filename:
            raise NoDocumentError
        taken = read(file, LARGEST)
        return admit(visit.tx, visit.actor, taken.data, taken.name)

    done = attempt(request, visit.tx, token, work)
    return _list(request, visit, done) if isinstance(done, Refusal) else _list(request, visit, admitted=done)


def _list(  # noqa: PLR0917 - what may have come of a form
    request: Request,
    visit: Visit,
    refusal: Refusal | None = None,
    new: AddAccount = _NEW,
    admitted: Admitted | None = None,
    find: str = "",
    after: str = "",
) -> Response:
    found = accounts_found(visit.tx, find, after, PAGE + 1)
    shown = found[:PAGE]
    return draw(
        request,
        "accounts.html",
        visit,
        refusal.status if refusal else HTTPStatus.OK,
        refusal=refusal,
        new=new,
        admitted=admitted,
        find=find,
        accounts=shown,
        after=shown[-1].login if len(found) > PAGE else None,
        roles=grantable(visit.actor),
    )
