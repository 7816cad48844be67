"""`/organisations/{number}`, `/groups/{number}`: one of the roster's, its particulars and who belongs to it when."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response

from commands.reports.form_tables import as_csv
from commands.rosters.organisations import organisation_named
from commands.rosters.roster_import import import_roster
from commands.rosters.roster_register import group_line, groups_of, members_of, organisation_line
from desk.pages.forms.attempt import Refusal, in_savepoint, redirect_to
from desk.pages.screens.roster import PAGE, After
from desk.pages.screens.sign_in import Field
from desk.pages.view.render import draw
from desk.request.context import ReadTx, RequestContext, Token, WriteTx
from desk.request.grants import GRANTS
from desk.request.path import Number

router = APIRouter()


@router.get("/organisations/{number}")
def organisation(request: Request, context: ReadTx, number: Number) -> Response:
    """An organisation."""
    return _organisation(request, context, number)


@router.post("/organisations/{number}")
def particulars(  # noqa: PLR0917 - the fields of the form
    request: Request,
    context: WriteTx,
    token: Token,
    number: Number,
    superior: Field = "",
    email: Field = "",
    head: Field = "",
) -> Response:
    """Other particulars; what is left empty stays."""
    return _taken(request, context, token, number, {"superior": superior, "email": email, "head": head})


@router.post("/organisations/{number}/groups")
def membership(  # noqa: PLR0917 - the fields of the form
    request: Request,
    context: WriteTx,
    token: Token,
    number: Number,
    group: Field = "",
    since: Field = "",
    until: Field = "",
) -> Response:
    """A place in a group, from a day to a day; a known one gets other days."""
    return _taken(request, context, token, number, {"group": group, "since": since, "until": until})


def _taken(request: Request, context: RequestContext, token: str, number: int, told: dict[str, str]) -> Response:
    row = {"organisation": organisation_line(context.tx, number).name, **told}
    done = in_savepoint(request, context.tx, token, lambda: _take(context, row))
    if isinstance(done, Refusal):
        return _organisation(request, context, number, done, row)
    return redirect_to(f"/organisations/{number}")


@router.get("/groups/{number}")
def group(request: Request, context: ReadTx, number: Number, after: After = 0) -> Response:
    """A group with its members."""
    return _group(request, context, number, after=after)


@router.post("/groups/{number}")
def member(  # noqa: PLR0913, PLR0917 - the fields of the form
    request: Request,
    context: WriteTx,
    token: Token,
    number: Number,
    organisation: Field = "",
    since: Field = "",
    until: Field = "",
    aliases: Field = "",
) -> Response:
    """Another member of it (or other days of one), and phrases of protocols that mean the group."""
    name = group_line(context.tx, number).name
    row = {"organisation": organisation, "group": name, "since": since, "until": until, "aliases": aliases}

    def work() -> object:
        organisation_named(context.tx, organisation)  # a name mistyped makes no new one
        return _take(context, row)

    done = in_savepoint(request, context.tx, token, work)
    return (
        _group(request, context, number, done, row) if isinstance(done, Refusal) else redirect_to(f"/groups/{number}")
    )


def _take(context: RequestContext, row: dict[str, str]) -> object:
    """A line of a roster, as if a file held it and nothing else."""
    return import_roster(context.tx, context.actor, as_csv([list(row), list(row.values())]), "roster.csv")


def _organisation(
    request: Request,
    context: RequestContext,
    number: int,
    refusal: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    return draw(
        request,
        "organisation.html",
        context,
        refusal.status if refusal else HTTPStatus.OK,
        refusal=refusal,
        typed=typed or {},
        organisation=organisation_line(context.tx, number),
        groups=groups_of(context.tx, number),
        keeps=context.actor.role in GRANTS["POST /roster"],
    )


def _group(
    request: Request,
    context: RequestContext,
    number: int,
    refusal: Refusal | None = None,
    typed: dict[str, str] | None = None,
    after: int = 0,
) -> Response:
    found = members_of(context.tx, number, after, PAGE + 1)
    return draw(
        request,
        "group.html",
        context,
        refusal.status if refusal else HTTPStatus.OK,
        refusal=refusal,
        typed=typed or {},
        group=group_line(context.tx, number),
        members=found[:PAGE],
        after=found[PAGE - 1].organisation_id if len(found) > PAGE else None,
        keeps=context.actor.role in GRANTS["POST /roster"],
    )
