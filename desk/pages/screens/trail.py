"""`/trails/{subject}`: the audit trail of one subject, entry by entry, as it is kept."""

import re
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from commands.registers.lookup import one_assignment
from commands.trails.raw_entries import raw_entries
from commands.trails.trail import UnknownTrailError, trail
from desk.access import NotGrantedError
from desk.pages.view.render import draw
from desk.request.context import ReadTx, RequestContext
from desk.request.grants import TRAILS
from states.subjects import LIFECYCLES

router = APIRouter()
Subject = Annotated[str, Path(pattern=r"^[ -~]+$")]
_PAGES = {"assignment": "/assignments/", "protocol": "/protocols/"}
_NUMBER = re.compile("[1-9][0-9]{0,17}")


@router.get("/trails/{subject}")
def trail_page(request: Request, context: ReadTx, subject: Subject) -> HTMLResponse:
    """The page of a trail."""
    tx = context.tx
    may_read(context, subject)
    kind, _, number = subject.partition(":")
    page = _PAGES[kind] + number if kind in _PAGES else None
    entries = trail(tx, subject, forgiving=True)
    return draw(
        request, "trail.html", context, subject=subject, page=page, entries=entries, kept=raw_entries(tx, subject)
    )


def may_read(context: RequestContext, subject: str) -> None:
    """Whether a person may read a trail. Raises UnknownTrailError, NotGrantedError, UnknownAssignmentError."""
    kind, _, number = subject.partition(":")
    if kind not in TRAILS or not _NUMBER.fullmatch(number):
        raise UnknownTrailError(subject=subject, kinds=", ".join(f"{each}:1" for each in LIFECYCLES))
    own = subject == f"account:{context.actor.account}"
    if context.actor.role not in TRAILS[kind] and not own:
        raise NotGrantedError.of(context.actor)
    if kind == "assignment":
        one_assignment(context.tx, int(number), context.within)
