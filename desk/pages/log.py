"""`/log`: how the Merkle log stands, one sealed entry with its proof; `/receipts/{subject}`: a proof to take away."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from commands.logbook import sealed_entry, state_of_log
from commands.receipts import SUFFIX, receipt_of
from desk.pages.drawing import draw
from desk.pages.opening import Reading
from desk.pages.trail import Subject, may_read

router = APIRouter()
Index = Annotated[int, Path(ge=0, lt=2**53)]
Seq = Annotated[int | None, Query(ge=1, lt=2**31)]


@router.get("/log")
def log_page(request: Request, visit: Reading) -> HTMLResponse:
    """The state of the log, in green or red."""
    return draw(request, "log.html", visit, state=state_of_log(visit.office))


@router.get("/log/entries/{index}")
def log_entry(request: Request, visit: Reading, index: Index) -> HTMLResponse:
    """One entry by its place."""
    return draw(request, "log-entry.html", visit, entry=sealed_entry(visit.office, index))


@router.get("/receipts/{subject}")
def receipt(visit: Reading, subject: Subject, entry: Seq = None) -> Response:
    """The receipt of a trail, or of one of its entries, as a file."""
    may_read(visit, subject)
    made = receipt_of(visit.office, subject, entry)
    name = f"{subject.replace(':', '-')}-{made.seq}{SUFFIX}"
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made.data, media_type="application/octet-stream", headers=head)
