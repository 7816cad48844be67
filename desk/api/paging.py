"""Lists come in pages: each answer holds the cursor of the next, in its body and as a link (RFC 8288)."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from desk.request.refusals import CursorError

_T = TypeVar("_T")
_M = TypeVar("_M", bound=BaseModel)

Limited = Annotated[int, Field(ge=1, le=1000, description="How many at most.")]
Begun = Annotated[str | None, Field(max_length=40, description="“next” of the page before: where this page begins.")]
Limit = Annotated[Limited, Query()]
Cursor = Annotated[Begun, Query()]


class Page(BaseModel, Generic[_M]):
    """Some of a list. `next`: the cursor of what follows, null at the end."""

    items: list[_M]
    next: str | None


def position(cursor: str | None) -> int:
    """The number after which a page begins. Raises CursorError."""
    if cursor is None:
        return 0
    digits = cursor.removeprefix("after-")
    if digits == cursor or not (digits.isascii() and digits.isdigit()) or int(digits) >= 2**63:
        raise CursorError(cursor=cursor)
    return int(digits)


def page(
    request: Request, response: Response, found: Sequence[_T], limit: int, number: Callable[[_T], int]
) -> tuple[Sequence[_T], str | None]:
    """A page of what was found, which is one more than the page holds if anything follows."""
    shown = found[:limit]
    if len(found) <= limit:
        return shown, None
    cursor = f"after-{number(shown[-1])}"
    url = request.url.include_query_params(cursor=cursor).replace(scheme="", netloc="")
    response.headers["Link"] = f'<{url}>; rel="next"'
    return shown, cursor
