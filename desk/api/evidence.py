"""`/entries`, receipts and files: what the log holds, to be searched and kept."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from commands.log.receipts import receipt_of
from commands.registers.lookup import one_assignment
from commands.trails.search import EntryQuery, search
from desk.api.call import ReadCall
from desk.api.paging import Limited, Page
from desk.api.problems import documented
from desk.api.shapes import Asked, Found
from desk.request.downloads import bytes_of
from desk.request.grants import kinds_for
from desk.request.path import Number
from states.subjects import Kind, Subject

router = APIRouter(tags=["evidence"])
Word = Annotated[str, Field(max_length=300)]
Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


class Sieve(Asked):
    """Which entries; what is left out does not narrow. `text`: words of disclosed texts, or beginnings of them."""

    subject: Annotated[Word, Field(description="Such as assignment:15, or a kind: assignment.")] = ""
    person: Annotated[Word, Field(description="A login.")] = ""
    organisation: Annotated[Word, Field(description="As the roster names it; with those below it.")] = ""
    action: Word = ""
    since: date | None = None
    until: date | None = None
    text: Word = ""
    limit: Limited = 100
    cursor: Annotated[Word, Field(description="“next” of the page before.")] = ""


@router.get("/entries", responses=documented(HTTPStatus.NOT_FOUND))
def entries(call: ReadCall, by: Annotated[Sieve, Query()]) -> Page[Found]:
    """Entries of all trails that the person may read, the newest first."""
    subject, person, organisation, action, text = (
        word.strip() for word in (by.subject, by.person, by.organisation, by.action, by.text)
    )
    kinds = kinds_for(call.actor.role)
    sought = EntryQuery(kinds, subject, person, organisation, action, by.since, by.until, text)
    page = search(call.tx, sought, by.cursor, by.limit)
    found = [Found.model_validate({"subject": each.subject, **_line(each.line)}) for each in page.found]
    return Page(items=found, next=page.further)


def _line(line: Any) -> dict[str, Any]:  # noqa: ANN401 - a line of a trail
    return {name: getattr(line, name) for name in Found.model_fields if name != "subject"}


def _as(media: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media: {"schema": {"type": "string"}}}, "description": "OK"}}


@router.get(
    "/assignments/{number}/receipt",
    response_class=Response,
    responses={**documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT), **_as("text/plain")},
)
def receipt(call: ReadCall, number: Number) -> Response:
    """Its whole history with a proof from the log (C2SP tlog-proof), for the offline verifier."""
    one_assignment(call.tx, number, call.within)
    return Response(receipt_of(call.tx, Subject(Kind.ASSIGNMENT, number).trail).data, media_type="text/plain")


@router.get(
    "/assignments/{number}/files/{sha256}",
    response_class=Response,
    responses={**documented(HTTPStatus.NOT_FOUND), **_as("application/octet-stream")},
)
def file(call: ReadCall, number: Number, sha256: Hash) -> Response:
    """The bytes of a file that one of its entries names."""
    one_assignment(call.tx, number, call.within)
    _, data = bytes_of(call.tx, number, sha256)
    return Response(data, media_type="application/octet-stream")
