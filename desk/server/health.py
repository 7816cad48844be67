"""`/health`: whether the database answers, for start-up checks."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from commands.context.language import sentence
from desk.request.context import desk_of
from states.refusal import RefusedError

router = APIRouter()


@router.get("/health")
def health(request: Request) -> JSONResponse:
    """200 or 503, always JSON."""
    desk = desk_of(request)
    try:
        desk.examine()
        with desk.installation.read():
            return JSONResponse({"ok": True})
    except RefusedError as error:
        return JSONResponse({"ok": False, "says": sentence(error)}, HTTPStatus.SERVICE_UNAVAILABLE)
