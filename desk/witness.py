"""The witness as a service: `POST /add-checkpoint` (C2SP tlog-witness). It needs no database and no installation."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from audit.errors import LogError
from audit.merkle.witness import (
    MOST_BYTES,
    InconsistentError,
    RequestError,
    StaleError,
    UnknownLogError,
    UnsignedError,
    Witness,
)

_STATUS: Mapping[type[LogError], HTTPStatus] = {
    RequestError: HTTPStatus.BAD_REQUEST,
    UnsignedError: HTTPStatus.FORBIDDEN,
    UnknownLogError: HTTPStatus.NOT_FOUND,
    InconsistentError: HTTPStatus.UNPROCESSABLE_ENTITY,
}


def create_witness(witness: Witness) -> FastAPI:
    """The application."""
    app = FastAPI(title="Witness", docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/add-checkpoint")
    async def add_checkpoint(request: Request) -> Response:
        data = b""
        async for some in request.stream():
            data += some
            if len(data) > MOST_BYTES:
                return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return await run_in_threadpool(_answer, witness, data)

    return app


def _answer(witness: Witness, data: bytes) -> Response:
    try:
        return Response(witness.cosign(data, int(datetime.now(UTC).timestamp())), media_type="text/plain")
    except StaleError as error:
        # Not by `media_type`, to which a charset would be added: C2SP names the type to the letter.
        return Response(f"{error.size}\n", HTTPStatus.CONFLICT, {"Content-Type": "text/x.tlog.size"})
    except tuple(_STATUS) as error:
        return Response(f"{error}\n", _STATUS[type(error)], media_type="text/plain; charset=utf-8")
