"""Statuses of HTTP for kinds of refusals: the domain knows no HTTP. The sentence is the refusal's own."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from audit.errors import LogError
from desk.request.refusals import MalformedError, PreconditionError, UnauthenticatedError
from states.refusal import (
    ConflictError,
    DamagedError,
    ForbiddenError,
    GoneError,
    InvalidError,
    NotFoundError,
    RefusedError,
    TooLargeError,
    TooManyError,
    UnavailableError,
    UnsupportedError,
)

STATUS: Mapping[type[RefusedError], HTTPStatus] = MappingProxyType(
    {
        NotFoundError: HTTPStatus.NOT_FOUND,
        UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
        ForbiddenError: HTTPStatus.FORBIDDEN,
        ConflictError: HTTPStatus.CONFLICT,
        InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
        MalformedError: HTTPStatus.BAD_REQUEST,
        PreconditionError: HTTPStatus.PRECONDITION_REQUIRED,
        GoneError: HTTPStatus.GONE,
        TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
        TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        UnsupportedError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        DamagedError: HTTPStatus.INTERNAL_SERVER_ERROR,
        UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
"""Kind of refusal → status."""


def status_of(error: RefusedError | LogError) -> HTTPStatus:
    """The status of a refusal, by its kind; of what the log can't take, that of an invalid one."""
    kind = next((each for each in type(error).__mro__ if each in STATUS), InvalidError)
    return STATUS[kind]
