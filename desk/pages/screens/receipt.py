"""`/assignments/{id}/receipts/{entry}`: what was handed in and when, to be printed or kept; and an empty table."""

from http import HTTPStatus
from typing import Annotated

import segno
from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from markupsafe import Markup

from commands.registers.lookup import one_assignment, one_protocol
from commands.reports.form_tables import as_sheet
from commands.trails.trail import UnknownTrailError, trail
from desk.pages.view.render import draw
from desk.request.context import ReadTx, desk_of
from desk.request.path import Number
from states.actions import Action
from states.subjects import Kind, Subject

router = APIRouter()
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Entry = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/assignments/{number}/receipts/{entry}")
def receipt(request: Request, context: ReadTx, number: Number, entry: Entry) -> Response:
    """The receipt of one submission. Raises UnknownAssignmentError, UnknownTrailError."""
    line, item = one_assignment(context.tx, number, context.within)
    subject = Subject(Kind.ASSIGNMENT, number).trail
    entries = trail(context.tx, subject)
    found = next((each for each in entries if each.seq == entry and each.action == Action.SUBMIT), None)
    if found is None:
        raise UnknownTrailError(subject=f"{subject}#{entry}", kinds="assignment:1")
    address = f"{desk_of(request).installation.settings.desk_url}/trails/{subject}#entry-{entry}"
    # Its letters are ours: an address of ours and a hash.
    code = Markup(segno.make(f"{address} {found.hash}", error="m").svg_inline(scale=3, border=2, omitsize=True))  # noqa: S704
    protocol = one_protocol(context.tx, line.protocol, context.within)
    about = {"assignment": line, "item": item, "protocol": protocol}
    return draw(request, "receipt.html", context, HTTPStatus.OK, **about, entry=found, code=code)


@router.get("/assignments/{number}/table.xlsx")
def table(context: ReadTx, number: Number) -> Response:
    """The columns that the item asks for, to be filled in elsewhere. Raises UnknownAssignmentError."""
    _, item = one_assignment(context.tx, number, context.within)
    headers = {"Content-Disposition": f'attachment; filename="table-{item.number}.xlsx"'}
    return Response(as_sheet([[str(column) for column in item.form_columns or ()]]), media_type=_XLSX, headers=headers)
