"""Pages in words for whatever goes wrong; a traceback goes to the log, never to the reader."""

from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from audit.errors import LogError
from commands.context.actors import NotSubstituteError
from commands.context.language import sentence, tr
from desk.errors import status_of
from desk.pages.forms.attempt import redirect_to
from desk.pages.screens.oidc_sign_in import BACK
from desk.pages.view.render import draw_refusal
from desk.request.context import desk_of
from desk.request.refusals import NotGrantedError, NotSignedInError
from desk.server.security_headers import guard
from states.refusal import RefusedError

log = structlog.get_logger("poruchenie")


def answer_refusals(app: FastAPI) -> None:
    """Let the application answer every error with a page."""
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(LogError, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _refused_by_routes)
    app.add_exception_handler(Exception, _failed)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError | LogError)  # noqa: S101 - registered for these
    if isinstance(error, NotSignedInError) and request.method == "GET":
        return redirect_to("/sign-in?" + urlencode({"next": _here(request)}))
    if isinstance(error, NotGrantedError):
        log.warning("page.denied", path=request.url.path, **error.values)
    answer = _page(request, status_of(error), sentence(error))
    if isinstance(error, NotSubstituteError):
        desk_of(request).jar.stand_down(answer)  # the next page is his own again
    if request.url.path == BACK:
        desk_of(request).jar.end_oidc(answer)  # one way, one return
    return answer


def _unreadable(request: Request, error: Exception) -> HTMLResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it alone
    places = [each["loc"] for each in error.errors()]
    if name := next((str(place[-1]) for place in places if place[0] == "body"), None):
        says = tr("The field “{field}” of the form holds something that it can't. Nothing was done.", field=name)
        return _page(request, HTTPStatus.UNPROCESSABLE_ENTITY, says)
    return _unknown(request, error)


def _unknown(request: Request, _error: Exception) -> HTMLResponse:
    return _page(request, HTTPStatus.NOT_FOUND, tr("There is no page at this address."))


def _refused_by_routes(request: Request, error: Exception) -> HTMLResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it alone
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.NOT_FOUND:
        return _unknown(request, error)
    answer = _page(request, status, tr("This address takes no such request. Nothing was done."))
    answer.headers.update(error.headers or {})
    return answer


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _failed(request: Request, _error: Exception) -> HTMLResponse:
    says = tr("The desk has met an error of its own; it is in the desk's log. Nothing was changed.")
    answer = _page(request, HTTPStatus.INTERNAL_SERVER_ERROR, says)
    # This handler stands outside all middleware.
    guard(answer.headers)
    return answer


def _page(request: Request, status: HTTPStatus, says: str) -> HTMLResponse:
    match status:
        case HTTPStatus.UNAUTHORIZED:
            heading = tr("Sign in first")
        case HTTPStatus.NOT_FOUND:
            heading = tr("Not found")
        case HTTPStatus.SERVICE_UNAVAILABLE:
            heading = tr("The desk can't answer now")
        case HTTPStatus.INTERNAL_SERVER_ERROR:
            heading = tr("An error of the desk")
        case _:
            heading = tr("This can't be done")
    return draw_refusal(request, status, heading, says)
