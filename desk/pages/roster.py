"""`/roster`: organisations and the groups that protocols address; import, export, another name."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import Response

from commands.listing import groups_listed, organisations_listed, roster_rows
from commands.renaming import rename
from commands.rosters import import_roster
from commands.tables import as_csv
from desk.access import NoDocumentError
from desk.pages.attempting import Refusal, attempt
from desk.pages.drawing import draw
from desk.pages.entrance import Field
from desk.pages.fields import read
from desk.pages.granting import GRANTS
from desk.pages.opening import Reading, Token, Visit, Writing
from intake import LARGEST

router = APIRouter()


@router.get("/roster")
def roster(request: Request, visit: Reading) -> Response:
    """The lists."""
    return _page(request, visit)


@router.get("/roster.csv")
def export(visit: Reading) -> Response:
    """Everything, as the import takes it."""
    headers = {"Content-Disposition": 'attachment; filename="roster.csv"'}
    return Response(as_csv(roster_rows(visit.office)), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/roster")
def take(request: Request, visit: Writing, token: Token, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Import a file, whole or not at all."""

    def work() -> object:
        if file is None or not file.filename:
            raise NoDocumentError
        taken = read(file, LARGEST)
        return import_roster(visit.office, visit.actor, taken.data, taken.name)

    return _page(request, visit, attempt(request, visit.office, token, work))


@router.post("/roster/rename")
def call(request: Request, visit: Writing, token: Token, old: Field = "", new: Field = "") -> Response:
    """Give an organisation another name."""
    done = attempt(request, visit.office, token, lambda: rename(visit.office, visit.actor, old, new))
    return _page(request, visit, done, typed=(old, new) if isinstance(done, Refusal) else ("", ""))


def _page(request: Request, visit: Visit, done: object = None, typed: tuple[str, str] = ("", "")) -> Response:
    refusal = done if isinstance(done, Refusal) else None
    return draw(
        request,
        "roster.html",
        visit,
        refusal.status if refusal else HTTPStatus.OK,
        refusal=refusal,
        done=None if refusal else done,
        typed=typed,
        imports=visit.actor.role in GRANTS["POST /roster"],
        organisations=organisations_listed(visit.office),
        groups=groups_listed(visit.office),
    )
