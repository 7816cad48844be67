"""`/me`, `/token`, `/accounts`, `/organisations`, `/rosters`: who acts, and for whom."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from commands.access.account_import import admit
from commands.access.account_register import AccountLine, account_line, accounts_numbered
from commands.access.accounts import AddAccount, add_account, close_account
from commands.access.api_tokens import revoke_token
from commands.access.invitations import invite
from commands.access.substitutions import Substitute, substitute
from commands.rosters.roster_import import import_roster
from commands.rosters.roster_register import organisations_listed
from desk.api import shapes
from desk.api.call import ReadCall, WriteCall
from desk.api.paging import Cursor, Limit, Page, page, position
from desk.api.problems import documented
from states.subjects import AccountState

router = APIRouter(tags=["people"])
Login = Annotated[str, Path(min_length=1, max_length=200)]
_WRITES = documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


@router.get("/me", responses=documented())
def me(call: ReadCall) -> shapes.Me:
    """Who the token acts for."""
    actor = call.actor
    return shapes.Me(login=actor.login, role=actor.role, organisation=actor.organisation)


@router.post("/token/revocation", response_model=shapes.Done, responses=documented(HTTPStatus.NOT_FOUND))
def revoked(call: WriteCall) -> Response:
    """End the token of this very request."""

    def work() -> shapes.Done:
        revoke_token(call.tx, call.actor, int(call.actor.channel.removeprefix("token:")))
        return shapes.Done(state="ended")

    return call.once(HTTPStatus.OK, work)


@router.get("/organisations", responses=documented())
def organisations(
    request: Request, response: Response, call: ReadCall, limit: Limit = 100, cursor: Cursor = None
) -> Page[shapes.Organisation]:
    """The roster's organisations, by number."""
    found = organisations_listed(call.tx, position(cursor), limit + 1)
    shown, following = page(request, response, found, limit, lambda each: each.id)
    told = [shapes.Organisation(id=each.id, name=each.name, superior=each.superior) for each in shown]
    return Page(items=told, next=following)


@router.post("/rosters", response_model=shapes.Imported, responses=_WRITES)
def rosters(call: WriteCall, roster: shapes.Upload) -> Response:
    """Import a roster, CSV or XLSX, whole or not at all."""

    def work() -> shapes.Imported:
        done = import_roster(call.tx, call.actor, roster.content, roster.name)
        return shapes.Imported(created=done.created, updated=done.updated, unchanged=done.unchanged)

    return call.once(HTTPStatus.OK, work)


@router.get("/accounts", responses=documented())
def accounts(
    request: Request, response: Response, call: ReadCall, limit: Limit = 100, cursor: Cursor = None
) -> Page[shapes.Account]:
    """All accounts of persons, closed ones too, by number."""
    found = accounts_numbered(call.tx, position(cursor), limit + 1)
    shown, following = page(request, response, found, limit, lambda each: each.id)
    return Page(items=[_account_shape(each) for each in shown], next=following)


@router.post("/accounts", status_code=HTTPStatus.CREATED, response_model=shapes.Account, responses=_WRITES)
def added(call: WriteCall, new: shapes.NewAccount) -> Response:
    """Add an account; its person gets in by an invitation."""

    def work() -> shapes.Account:
        add_account(call.tx, call.actor, AddAccount(**new.model_dump()))
        return _account_shape(account_line(call.tx, new.login))

    return call.once(HTTPStatus.CREATED, work)


@router.post("/accounts/table", response_model=shapes.Admitted, responses=_WRITES)
def admitted(call: WriteCall, table: shapes.Upload) -> Response:
    """Open accounts from a CSV or XLSX file, whole or not at all. New ones are invited, by mail where they have an
    address; where they have none the link is in the answer.
    """

    def work() -> shapes.Admitted:
        done = admit(call.tx, call.actor, table.content, table.name)
        links = {each.login: each.link for each in done.invited if not each.mailed}
        return shapes.Admitted(created=done.created, updated=done.updated, unchanged=done.unchanged, links=links)

    return call.once(HTTPStatus.OK, work)


@router.post("/accounts/{login}/closing", response_model=shapes.Done, responses=_WRITES)
def closed(call: WriteCall, login: Login, basis: shapes.Basis) -> Response:
    """Close an account for good."""

    def work() -> shapes.Done:
        close_account(call.tx, call.actor, login, basis.note)
        return shapes.Done(state=AccountState.CLOSED)

    return call.once(HTTPStatus.OK, work)


@router.post(
    "/accounts/{login}/invitations", status_code=HTTPStatus.CREATED, response_model=shapes.Invited, responses=_WRITES
)
def invited(call: WriteCall, login: Login) -> Response:
    """Make a link by which the person sets a password, once."""

    def work() -> shapes.Invited:
        made = invite(call.tx, call.actor, login)
        return shapes.Invited(link=None if made.mailed else made.link, until=made.until)

    return call.once(HTTPStatus.CREATED, work)


@router.post(
    "/accounts/{login}/substitutions", status_code=HTTPStatus.CREATED, response_model=shapes.Done, responses=_WRITES
)
def substituted(call: WriteCall, login: Login, asked: shapes.Substitution) -> Response:
    """Let somebody act in the account's name for an absence."""

    def work() -> shapes.Done:
        substitute(call.tx, call.actor, Substitute(login, asked.substitute, asked.since, asked.until, asked.note))
        return shapes.Done(state="appointed")

    return call.once(HTTPStatus.CREATED, work)


def _account_shape(account: AccountLine) -> shapes.Account:
    return shapes.Account(
        id=account.id,
        login=account.login,
        role=account.role,
        state=account.state,
        organisation=account.organisation,
    )
