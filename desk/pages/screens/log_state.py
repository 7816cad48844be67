"""`/log`: how the Merkle log stands, and its verification; one sealed entry with its proof; receipts, verifiers."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Path, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from audit.errors import LogError
from commands.context.installation import Installation
from commands.log.consistency import trusted_keys
from commands.log.export import UNVOUCHED, Extent, export, extent, voucher
from commands.log.receipts import SUFFIX, receipt_of
from commands.verification.log_state import sealed_entry, state_of_log
from desk.pages.forms.attempt import Refusal, in_savepoint, redirect_to
from desk.pages.forms.parsing import Word, day_of
from desk.pages.screens.trail import SubjectName, may_read
from desk.pages.view.render import draw
from desk.request.context import ReadTx, RequestContext, Token, desk_of
from desk.request.grants import GRANTS
from desk.verifiers import KEY, file_name, key_text, package, verifier
from desk.verify_now import Verifying

router = APIRouter()
Index = Annotated[int, Path(ge=0, lt=2**53)]
Tool = Literal["verifier.html", "verifier.py", "log-key.txt"]
Seq = Annotated[int | None, Query(ge=1, lt=2**31)]


@router.get("/log")
def log_page(request: Request, context: ReadTx) -> HTMLResponse:
    """The state of the log, in green or red."""
    return _show(request, context)


@router.post("/log")
def verify_now(request: Request, context: ReadTx, token: Token) -> Response:
    """Begin to verify everything. The request waits for nothing and writes nothing."""
    done = in_savepoint(request, context.tx, token, lambda: verifying_of(request.app).start(context.own.login))
    return _show(request, context, done) if isinstance(done, Refusal) else redirect_to("/log")


def verifying_of(app: FastAPI) -> Verifying:
    """The one behind an application."""
    found: Verifying = app.state.verifying
    return found


def _show(request: Request, context: RequestContext, refusal: Refusal | None = None) -> HTMLResponse:
    state, tried = state_of_log(context.tx), verifying_of(request.app).attempt()
    last = state.verified.last
    if tried and not tried.running and last and last.at > tried.since:
        tried = None  # another has come to its end since
    status = refusal.status if refusal else HTTPStatus.OK
    may = {each for each, roles in GRANTS.items() if context.actor.role in roles}
    unvouched = UNVOUCHED if state.standing and "GET /log/export" in may and not _vouches(context) else None
    told = {"state": state, "tried": tried, "refusal": refusal, "may": may, "unvouched": unvouched}
    return draw(request, "log.html", context, status, **told)


def _vouches(context: RequestContext) -> bool:
    """Whether exports are signed here."""
    try:
        return voucher(context.tx) is not None
    except LogError:
        return False


@router.get("/log/export")
def export_log(request: Request, context: ReadTx, since: Word = "", until: Word = "") -> StreamingResponse:
    """The same file as of `poruchenie audit export`. Raises TypedDayError, NothingToExportError, LogNotBegunError."""
    stretch = extent(context.tx, day_of(since), day_of(until))
    name = f"log-{stretch.first}-{stretch.last}.zip"
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    parts = _exported(desk_of(request).installation, stretch)
    return StreamingResponse(parts, media_type="application/zip", headers=head)


def _exported(installation: Installation, stretch: Extent) -> Iterator[bytes]:
    """In a transaction of its own: the request's is over before the answer begins."""
    with installation.read() as tx:
        yield from export(tx, stretch)


@router.get("/log/entries/{index}")
def log_entry(request: Request, context: ReadTx, index: Index) -> HTMLResponse:
    """One entry by its place."""
    return draw(request, "log-entry.html", context, entry=sealed_entry(context.tx, index))


@router.get("/receipts/{subject}")
def receipt(context: ReadTx, subject: SubjectName, entry: Seq = None) -> Response:
    """The receipt of a trail, or of one of its entries, as a file."""
    may_read(context, subject)
    made = receipt_of(context.tx, subject, entry)
    return saved(made.data, file_name(made))


@router.get("/receipts/{subject}/package.zip")
def receipt_package(context: ReadTx, subject: SubjectName, entry: Seq = None) -> Response:
    """The receipt with both verifiers and the log's key."""
    may_read(context, subject)
    made = receipt_of(context.tx, subject, entry)
    return saved(package(made, trusted_keys(context.tx)), file_name(made).removesuffix(SUFFIX) + ".zip")


@router.get("/verifier/{tool}")
def tool(context: ReadTx, tool: Tool) -> Response:
    """A verifier, or the log's verifier keys, as a file. Raises LogNotBegunError."""
    return saved(key_text(trusted_keys(context.tx)) if tool == KEY else verifier(tool), tool)


def saved(data: bytes, name: str) -> Response:
    """A file to be saved, never shown: a verifier that a site serves could say whatever the site likes."""
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="application/octet-stream", headers=head)
