"""`/`: my work. To each role what lies before it, what hurts first at the top, with one next action."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from commands.access.substitutions import appointments_of
from commands.registers.inbox import MOST, inbox, matters
from desk.pages.forms.attempt import redirect_to
from desk.pages.view.render import draw
from desk.request.context import ReadTx
from states.lifecycle import Role

router = APIRouter()
SHOWN = 20
"""Tasks that one begins with; `all` shows as many as one page takes."""


@router.get("/")
def home(request: Request, context: ReadTx, *, all: bool = False) -> Response:  # noqa: A002 - a word of an address
    """The start page. Administrators keep accounts; a link from a letter leads to one assignment."""
    if context.actor.only is not None:
        return redirect_to(f"/assignments/{context.actor.only}")
    if context.actor.role is Role.ADMIN:
        return redirect_to("/accounts")
    work = inbox(context.tx, context.actor, MOST if all else SHOWN)
    lent = appointments_of(context.tx, context.own.account)
    return draw(
        request, "work.html", context, work=work, most=MOST, matters=matters(context.tx, work.tasks), appointments=lent
    )
