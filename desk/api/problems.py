"""Refusals as problem details (RFC 9457): `detail` is the sentence that a person would read."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from audit.errors import LogError
from commands.assignments.locked_assignment import StaleVersionError
from commands.context.language import sentence, tr
from desk.errors import status_of
from desk.request.refusals import TokenNeededError
from states.refusal import RefusedError

MEDIA = "application/problem+json"

log = structlog.get_logger("poruchenie")


class Problem(BaseModel):
    """RFC 9457. `errors` names the places of a request that are not as documented."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[str] | None = None


def documented(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """What an operation may answer instead, for its documentation."""
    shape = {"content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    return {int(status): {"description": status.phrase, **shape} for status in (*EVERYWHERE, *statuses)}


EVERYWHERE = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def answer_problems(app: FastAPI) -> None:
    """Let the application answer every error with a problem."""
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(LogError, _refused)
    app.add_exception_handler(RequestValidationError, _undocumented)
    app.add_exception_handler(HTTPException, _refused_by_routes)
    app.add_exception_handler(Exception, _failed)


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError | LogError)  # noqa: S101 - registered for these
    status = HTTPStatus.PRECONDITION_FAILED if isinstance(error, StaleVersionError) else status_of(error)
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, TokenNeededError) else None
    return problem(name_of(type(error)), status, sentence(error), headers=headers)


def _undocumented(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it alone
    places = ["/".join(map(str, each["loc"])) + f": {each['type']}" for each in error.errors()]
    says = tr("The request is not as documented. The places: {places}.", places=tuple(places))
    return problem("urn:poruchenie:undocumented-request", HTTPStatus.UNPROCESSABLE_ENTITY, says, places)


def _refused_by_routes(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it alone
    status = HTTPStatus(error.status_code)
    says = tr("There is no such operation; the documentation lists all. Nothing was done.")
    if status is HTTPStatus.BAD_REQUEST:
        says = tr("The request's body can't be read: it must be JSON in UTF-8. Nothing was done.")
    return problem("about:blank", status, says, headers=error.headers)


def _failed(_request: Request, error: Exception) -> Response:
    log.error("api.failed", reason=repr(error))
    says = tr("The desk has met an error of its own; it is in the desk's log. Nothing was changed.")
    return problem("about:blank", HTTPStatus.INTERNAL_SERVER_ERROR, says)


def name_of(error: type[RefusedError | LogError]) -> str:
    """`StaleVersionError` → `urn:poruchenie:stale-version`."""
    words = re.sub(r"(?<!^)(?=[A-Z])", "-", error.__name__.removesuffix("Error")).lower()
    return f"urn:poruchenie:{words}"


def problem(
    name: str,
    status: HTTPStatus,
    says: str,
    errors: list[str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An answer of RFC 9457."""
    told = Problem(type=name, title=status.phrase, status=int(status), detail=says, errors=errors)
    return JSONResponse(told.model_dump(exclude_none=True), status, dict(headers or {}), MEDIA)
