"""`/trails/{subject}`: the audit trail of one subject, entry by entry, as it is kept."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from commands.registers.lookup import one_assignment
from commands.trails.raw_entries import raw_entries
from commands.trails.trail import UnknownTrailError, trail
from desk.pages.view.render import draw
from desk.request.context import ReadTx, RequestContext
from desk.request.grants import TRAILS
from desk.request.refusals import NotGrantedError
from states.subjects import LIFECYCLES, Kind, Subject

router = APIRouter()
SubjectName = Annotated[str, Path(pattern=r"^[ -~]+$")]
_PAGES = {Kind.ASSIGNMENT: "/assignments/", Kind.PROTOCOL: "/protocols/"}


@router.get("/trails/{subject}")
def trail_page(request: Request, context: ReadTx, subject: SubjectName) -> HTMLResponse:
    """The page of a trail."""
    tx = context.tx
    found = may_read(context, subject)
    page = f"{_PAGES[found.kind]}{found.number}" if found.kind in _PAGES else None
    entries = trail(tx, subject, forgiving=True)
    return draw(
        request, "trail.html", context, subject=subject, page=page, entries=entries, kept=raw_entries(tx, subject)
    )


def may_read(context: RequestContext, subject: str) -> Subject:
    """The subject, if one may read its trail. Raises UnknownTrailError, NotGrantedError, UnknownAssignmentError."""
    found = Subject.parse(subject)
    if found is None or found.kind not in TRAILS:
        raise UnknownTrailError(subject=subject, kinds=", ".join(f"{each}:1" for each in LIFECYCLES))
    own = found == Subject(Kind.ACCOUNT, context.actor.account)
    if context.actor.role not in TRAILS[found.kind] and not own:
        raise NotGrantedError.of(context.actor)
    if found.kind is Kind.ASSIGNMENT:
        one_assignment(context.tx, found.number, context.within)
    return found
