"""`/trails/{subject}`: the audit trail of one subject, entry by entry, as it is kept."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from commands.board import kept
from commands.trails import trail
from desk.pages.drawing import draw
from desk.pages.opening import Reading

router = APIRouter()
Subject = Annotated[str, Path(pattern=r"^[ -~]+$")]
_PAGES = {"assignment": "/assignments/", "protocol": "/protocols/"}


@router.get("/trails/{subject}")
def trail_page(request: Request, office: Reading, subject: Subject) -> HTMLResponse:
    """The page of a trail."""
    kind, _, number = subject.partition(":")
    page = _PAGES[kind] + number if kind in _PAGES else None
    entries = trail(office, subject, forgiving=True)
    return draw(request, "trail.html", office, subject=subject, page=page, entries=entries, kept=kept(office, subject))
