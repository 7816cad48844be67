"""`/organisations/{number}`, `/groups/{number}`: one of the roster's, its particulars and who belongs to it when."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response

from commands.reports.form_tables import as_csv
from commands.rosters.organisations import organisation_named
from commands.rosters.roster_import import import_roster
from commands.rosters.roster_register import group_line, groups_of, members_of, organisation_line
from desk.pages.forms.attempt import Refusal, attempt, see
from desk.pages.screens.roster import PAGE, After
from desk.pages.screens.sign_in import Field
from desk.pages.view.render import draw
from desk.request.grants import GRANTS
from desk.request.path import Number
from desk.request.visit import Reading, Token, Visit, Writing

router = APIRouter()


@router.get("/organisations/{number}")
def organisation(request: Request, visit: Reading, number: Number) -> Response:
    """An organisation."""
    return _organisation(request, visit, number)


@router.post("/organisations/{number}")
def particulars(  # noqa: PLR0917 - the fields of the form
    request: Request,
    visit: Writing,
    token: Token,
    number: Number,
    superior: Field = "",
    email: Field = "",
    head: Field = "",
) -> Response:
    """Other particulars; what is left empty stays."""
    return _taken(request, visit, token, number, {"superior": superior, "email": email, "head": head})


@router.post("/organisations/{number}/groups")
def membership(  # noqa: PLR0917 - the fields of the form
    request: Request,
    visit: Writing,
    token: Token,
    number: Number,
    group: Field = "",
    since: Field = "",
    until: Field = "",
) -> Response:
    """A place in a group, from a day to a day; a known one gets other days."""
    return _taken(request, visit, token, number, {"group": group, "since": since, "until": until})


def _taken(request: Request, visit: Visit, token: str, number: int, told: dict[str, str]) -> Response:
    row = {"organisation": organisation_line(visit.tx, number).name, **told}
    done = attempt(request, visit.tx, token, lambda: _take(visit, row))
    if isinstance(done, Refusal):
        return _organisation(request, visit, number, done, row)
    return see(f"/organisations/{number}")


@router.get("/groups/{number}")
def group(request: Request, visit: Reading, number: Number, after: After = 0) -> Response:
    """A group with its members."""
    return _group(request, visit, number, after=after)


@router.post("/groups/{number}")
def member(  # noqa: PLR0913, PLR0917 - the fields of the form
    request: Request,
    visit: Writing,
    token: Token,
    number: Number,
    organisation: Field = "",
    since: Field = "",
    until: Field = "",
    aliases: Field = "",
) -> Response:
    """Another member of it (or other days of one), and phrases of protocols that mean the group."""
    name = group_line(visit.tx, number).name
    row = {"organisation": organisation, "group": name, "since": since, "until": until, "aliases": aliases}

    def work() -> object:
        organisation_named(visit.tx, organisation)  # a name mistyped makes no new one
        return _take(visit, row)

    done = attempt(request, visit.tx, token, work)
    return _group(request, visit, number, done, row) if isinstance(done, Refusal) else see(f"/groups/{number}")


def _take(visit: Visit, row: dict[str, str]) -> object:
    """A line of a roster, as if a file held it and nothing else."""
    return import_roster(visit.tx, visit.actor, as_csv([list(row), list(row.values())]), "roster.csv")


def _organisation(
    request: Request, visit: Visit, number: int, refusal: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response:
    return draw(
        request,
        "organisation.html",
        visit,
        refusal.status if refusal else HTTPStatus.OK,
        refusal=refusal,
        typed=typed or {},
        organisation=organisation_line(visit.tx, number),
        groups=groups_of(visit.tx, number),
        keeps=visit.actor.role in GRANTS["POST /roster"],
    )


def _group(
    request: Request,
    visit: Visit,
    number: int,
    refusal: Refusal | None = None,
    typed: dict[str, str] | None = None,
    after: int = 0,
) -> Response:
    found = members_of(visit.tx, number, after, PAGE + 1)
    return draw(
        request,
        "group.html",
        visit,
        refusal.status if refusal else HTTPStatus.OK,
        refusal=refusal,
        typed=typed or {},
        group=group_line(visit.tx, number),
        members=found[:PAGE],
        after=found[PAGE - 1].organisation_id if len(found) > PAGE else None,
        keeps=visit.actor.role in GRANTS["POST /roster"],
    )
