"""`/`: the flow board. Protocols with progress, and whether the flows are alive."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from commands.installation import Office
from commands.registers import protocols, sweeps
from desk.doctor import INTERVALS
from desk.pages.drawing import draw
from desk.pages.opening import Reading

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Pulse:
    """When a flow last finished (UTC), and whether that is recent enough."""

    flow: str
    at: datetime | None
    fresh: bool


def pulses(office: Office) -> Iterator[Pulse]:
    """Every flow's."""
    last = sweeps(office)
    for flow, interval in INTERVALS.items():
        at = last.get(flow)
        yield Pulse(flow, at, fresh=at is not None and office.now - at <= 3 * interval)


@router.get("/")
def board(request: Request, office: Reading) -> HTMLResponse:
    """The flow board."""
    return draw(request, "board.html", office, protocols=protocols(office), pulses=list(pulses(office)))
