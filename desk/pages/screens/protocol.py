"""`/protocols/{id}`: one protocol as a matrix of addressees and items, and its items in full."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from commands.registers.filters import AssignmentFilter
from commands.registers.items import items
from commands.registers.lookup import one_protocol
from commands.registers.matrix import matrix
from commands.rosters.organisations import authorities
from desk.pages.forms.attempt import Refusal
from desk.pages.forms.filters import Filter, Given
from desk.pages.view.render import draw
from desk.request.context import ReadTx
from desk.request.path import Number
from states.refusal import RefusedError
from states.rollup import OVERDUE

router = APIRouter()
Page = Annotated[int, Query(ge=1, lt=2**31)]


@router.get("/protocols/{number}")
def protocol(
    request: Request, context: ReadTx, number: Number, given: Given, page: Page = 1, *, overdue: bool = False
) -> HTMLResponse:
    """The page of a protocol."""
    tx, within = context.tx, context.within
    # Of the filters only these make a difference between addressees.
    narrowed = Filter(organisation=given.organisation, state=given.state or (OVERDUE if overdue else ""))
    refusal = None
    try:
        wanted = narrowed.wanted(context)
        shown = matrix(tx, number, page, wanted)
    except RefusedError as error:
        refusal = Refusal(error)
        shown = matrix(tx, number, page, AssignmentFilter(within=within))
    return draw(
        request,
        "protocol.html",
        context,
        HTTPStatus.OK if refusal is None else refusal.status,
        protocol=one_protocol(tx, number, within),
        items=items(tx, number, within=within),
        matrix=shown,
        filter=narrowed,
        refusal=refusal,
        authorities=authorities(tx, within),
    )
