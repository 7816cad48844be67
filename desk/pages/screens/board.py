"""`/board`: how everything stands, what moved today, who is late; filtered, the assignments found."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from commands.mail.failures import undelivered
from commands.registers.activity_today import activity_today
from commands.registers.filters import AssignmentFilter
from commands.registers.overdue_organisations import latecomers
from commands.registers.paging import find_page
from commands.registers.progress import COUNTED, Progress, altogether, among
from commands.registers.protocols import protocols_paged
from commands.rosters.organisations import authorities
from commands.sweeps.liveness import liveness
from desk.pages.forms.attempt import Refusal
from desk.pages.forms.filters import Filter, Given
from desk.pages.view.render import draw
from desk.request.context import ReadTx, RequestContext
from states.refusal import RefusedError
from states.rollup import OVERDUE

router = APIRouter()
PAGE = 20
"""Protocols on one page."""
Place = Annotated[int | None, Query(ge=1, lt=2**63)]


@router.get("/board")
def board(request: Request, context: ReadTx, given: Given, after: Place = None, before: Place = None) -> HTMLResponse:
    """The flow board. `after`: further on among what was found; `before`: older protocols."""
    if given:
        return _found(request, context, given, after)
    tx, within = context.tx, context.within
    shown = protocols_paged(tx, within, PAGE + 1, before=before)
    return draw(
        request,
        "board.html",
        context,
        filter=given,
        authorities=authorities(tx, within),
        standing=altogether(tx, within),
        protocols=shown[:PAGE],
        older=shown[PAGE - 1].id if len(shown) > PAGE else None,
        first=before is None,
        moves=activity_today(tx, within),
        late=latecomers(tx, within),
        today=tx.policy.calendar.day_of(tx.now),
        pulses=liveness(tx),
        undelivered=undelivered(tx) if within is None else (),
    )


def _found(request: Request, context: RequestContext, given: Filter, after: int | None) -> HTMLResponse:
    tx, within = context.tx, context.within
    about: dict[str, Any] = {
        "filter": given,
        "authorities": authorities(tx, within),
        "most": COUNTED,
    }
    try:
        wanted = given.wanted(context)
        page = find_page(tx, wanted, after)
    except RefusedError as error:
        refusal = Refusal(error)
        return draw(request, "found.html", context, refusal.status, **about, refusal=refusal, found=None)
    # The picture shows every state of what the other fields find: each is a click away.
    others = replace(wanted, state=None, overdue=False)
    standing = altogether(tx, within) if others == AssignmentFilter(within=within) else among(tx, others)
    number = standing and _number(standing, given.state)
    told: dict[str, Any] = {"refusal": None, "found": page, "standing": standing, "number": number, "on": after}
    return draw(request, "found.html", context, **about, **told)


def _number(standing: Progress, state: str) -> int:
    if state == OVERDUE:
        return standing.overdue
    return standing.counts.get(state, 0) if state else standing.total
