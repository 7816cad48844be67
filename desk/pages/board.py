"""`/`: the flow board. Protocols with progress, and whether the flows are alive."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from commands.pulses import pulses
from commands.registers import protocols
from commands.undelivered import undelivered
from desk.pages.drawing import draw
from desk.pages.opening import Reading

router = APIRouter()


@router.get("/")
def board(request: Request, office: Reading) -> HTMLResponse:
    """The flow board."""
    return draw(
        request,
        "board.html",
        office,
        protocols=protocols(office),
        pulses=pulses(office),
        undelivered=undelivered(office),
    )
