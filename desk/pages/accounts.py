"""`/accounts`: who may work here; opening, inviting and closing, by whoever may grant the role."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import Response

from commands.accounts import AddAccount, UpdateAccount, add_account, close_account, update_account
from commands.invitations import Invited, invite
from commands.people import AccountLine, account_line, account_lines, grantable
from desk.pages.attempting import Refusal, attempt, see
from desk.pages.drawing import draw
from desk.pages.entrance import Field
from desk.pages.opening import Reading, Token, Visit, Writing
from states.lifecycle import Role

router = APIRouter(prefix="/accounts")
Login = Annotated[str, Path(max_length=64)]


@router.get("")
def accounts(request: Request, visit: Reading) -> Response:
    """The list, and the form for a new one."""
    return _list(request, visit)


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
        add_account(visit.office, visit.actor, new)
        return invite(visit.office, visit.actor, new.login)

    done = attempt(request, visit.office, token, work)
    if isinstance(done, Refusal):
        return _list(request, visit, done, new)
    return _one(request, visit, new.login, invited=done)


@router.get("/{login}")
def one(request: Request, visit: Reading, login: Login) -> Response:
    """One account."""
    return _one(request, visit, login)


@router.post("/{login}/update")
def update(
    request: Request, visit: Writing, token: Token, login: Login, name: Field = "", email: Field = ""
) -> Response:
    """Another name or address."""
    command = UpdateAccount(login, name.strip() or None, email.strip() or None)
    return _done(request, visit, token, login, lambda: update_account(visit.office, visit.actor, command))


@router.post("/{login}/invite")
def invite_again(request: Request, visit: Writing, token: Token, login: Login) -> Response:
    """A new link for the password. Shown at once, so this answer is no redirection."""
    done = attempt(request, visit.office, token, lambda: invite(visit.office, visit.actor, login))
    if isinstance(done, Refusal):
        return _one(request, visit, login, done)
    return _one(request, visit, login, invited=done)


@router.post("/{login}/close")
def close(request: Request, visit: Writing, token: Token, login: Login, note: Field = "") -> Response:
    """Close it for good."""
    return _done(request, visit, token, login, lambda: close_account(visit.office, visit.actor, login, note), note=note)


def _done(request: Request, visit: Visit, token: str, login: str, work: Callable[[], object], **typed: str) -> Response:
    done = attempt(request, visit.office, token, work)
    return _one(request, visit, login, done, typed=typed) if isinstance(done, Refusal) else see(f"/accounts/{login}")


def _list(request: Request, visit: Visit, refusal: Refusal | None = None, new: AddAccount | None = None) -> Response:
    status = refusal.status if refusal else HTTPStatus.OK
    content = {"accounts": account_lines(visit.office), "roles": grantable(visit.actor), "refusal": refusal}
    return draw(request, "accounts.html", visit, status, new=new or AddAccount("", Role.EXECUTOR), **content)


def _one(
    request: Request,
    visit: Visit,
    login: str,
    refusal: Refusal | None = None,
    *,
    invited: Invited | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    found: AccountLine = account_line(visit.office, login)
    content = {"refusal": refusal, "invited": invited, "typed": typed or {}}
    status = refusal.status if refusal else HTTPStatus.OK
    keeps = found.role in grantable(visit.actor) and found.state == "active"
    return draw(request, "person.html", visit, status, person=found, keeps=keeps, **content)
