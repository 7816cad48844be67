"""`/`: my work. To each role what lies before it, what hurts first at the top, with one next action."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from commands.access.substitutions import appointments_of
from commands.registers.inbox import MOST, matters, work_of
from desk.pages.forms.attempt import see
from desk.pages.view.render import draw
from desk.request.visit import Reading
from states.lifecycle import Role

router = APIRouter()
SHOWN = 20
"""Tasks that one begins with; `all` shows as many as one page takes."""


@router.get("/")
def home(request: Request, visit: Reading, *, all: bool = False) -> Response:  # noqa: A002 - a word of an address
    """The start page. Administrators keep accounts; a link from a letter leads to one assignment."""
    if visit.actor.only is not None:
        return see(f"/assignments/{visit.actor.only}")
    if visit.actor.role is Role.ADMIN:
        return see("/accounts")
    work = work_of(visit.tx, visit.actor, MOST if all else SHOWN)
    lent = appointments_of(visit.tx, visit.own.account)
    return draw(
        request, "work.html", visit, work=work, most=MOST, matters=matters(visit.tx, work.tasks), appointments=lent
    )
