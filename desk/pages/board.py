"""`/board`: the flow board. Protocols with progress, and whether the flows are alive."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from commands.pulses import pulses
from commands.registers import protocols
from commands.undelivered import undelivered
from desk.pages.drawing import draw
from desk.pages.opening import Reading

router = APIRouter()


@router.get("/board")
def board(request: Request, visit: Reading) -> HTMLResponse:
    """The flow board."""
    office = visit.office
    return draw(
        request,
        "board.html",
        visit,
        protocols=protocols(office, within=visit.within),
        pulses=pulses(office),
        undelivered=undelivered(office) if visit.within is None else (),
    )
