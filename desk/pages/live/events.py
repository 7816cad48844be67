"""`/events`: a stream that says only that something has changed (server-sent events); the page then asks what."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from desk.pages.live.watcher import watch_of
from desk.request.context import ReadTx

router = APIRouter()
Mark = Annotated[str, Query(max_length=40)]


@router.get("/events")
async def events(request: Request, context: ReadTx, seen: Mark = "") -> StreamingResponse:
    """The stream. Its transaction is over before it begins."""
    stream = watch_of(request.app).admit(context.session, seen)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
