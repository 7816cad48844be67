"""`/roster`: organisations and the groups that protocols address; import, export, another name."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Query, Request, UploadFile
from fastapi.responses import Response

from commands.reports.form_tables import as_csv
from commands.rosters.renaming import rename
from commands.rosters.roster_import import import_roster
from commands.rosters.roster_register import groups_listed, organisations_listed, roster_rows
from desk.pages.forms.action_form import read
from desk.pages.forms.attempt import Refusal, in_savepoint
from desk.pages.forms.parsing import Word
from desk.pages.screens.sign_in import Field
from desk.pages.view.render import draw
from desk.request.context import ReadTx, RequestContext, Token, WriteTx
from desk.request.grants import GRANTS
from desk.request.refusals import NoDocumentError
from intake.limits import LARGEST

router = APIRouter()
PAGE = 100
After = Annotated[int, Query(ge=0, lt=2**63)]


@router.get("/roster")
def roster(request: Request, context: ReadTx, find: Word = "", after: After = 0) -> Response:
    """The lists."""
    return _page(request, context, find=" ".join(find.split()), after=after)


@router.get("/roster.csv")
def export(context: ReadTx) -> Response:
    """Everything, as the import takes it."""
    headers = {"Content-Disposition": 'attachment; filename="roster.csv"'}
    return Response(as_csv(roster_rows(context.tx)), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/roster")
def take(
    request: Request, context: WriteTx, token: Token, file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Import a file, whole or not at all."""

    def work() -> object:
        if file is None or not file.filename:
            raise NoDocumentError
        taken = read(file, LARGEST)
        return import_roster(context.tx, context.actor, taken.data, taken.name)

    return _page(request, context, in_savepoint(request, context.tx, token, work))


@router.post("/roster/rename")
def call(request: Request, context: WriteTx, token: Token, old: Field = "", new: Field = "") -> Response:
    """Give an organisation another name."""
    done = in_savepoint(request, context.tx, token, lambda: rename(context.tx, context.actor, old, new))
    return _page(request, context, done, typed=(old, new) if isinstance(done, Refusal) else ("", ""))


def _page(
    request: Request,
    context: RequestContext,
    done: object = None,
    typed: tuple[str, str] = ("", ""),
    find: str = "",
    after: int = 0,
) -> Response:
    refusal = done if isinstance(done, Refusal) else None
    found = organisations_listed(context.tx, after, PAGE + 1, find)
    return draw(
        request,
        "roster.html",
        context,
        refusal.status if refusal else HTTPStatus.OK,
        refusal=refusal,
        done=None if refusal else done,
        typed=typed,
        imports=context.actor.role in GRANTS["POST /roster"],
        find=find,
        organisations=found[:PAGE],
        after=found[PAGE - 1].id if len(found) > PAGE else None,
        groups=groups_listed(context.tx),
    )
