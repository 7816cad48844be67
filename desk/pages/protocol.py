"""`/protocols/{id}`: one protocol as a matrix of addressees and items, and its items in full."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse

from commands.board import matrix, one_protocol
from commands.registers import items
from commands.wanted import Wanted
from desk.pages.drawing import draw
from desk.pages.opening import Reading

router = APIRouter()
Number = Annotated[int, Path(ge=1, lt=2**63)]  # what the database's integers hold
Page = Annotated[int, Query(ge=1, lt=2**31)]


@router.get("/protocols/{number}")
def protocol(
    request: Request, visit: Reading, number: Number, page: Page = 1, *, overdue: bool = False
) -> HTMLResponse:
    """The page of a protocol."""
    office, within = visit.office, visit.within
    return draw(
        request,
        "protocol.html",
        visit,
        protocol=one_protocol(office, number, within),
        items=items(office, number, within=within),
        matrix=matrix(office, number, page, Wanted(overdue=overdue, within=within)),
        only_overdue=overdue,
    )
