"""No request's body is larger than what evidence may be; whoever sends one says how large it is."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from commands.context.language import tr
from desk.api.problems import problem
from desk.pages.view.render import draw_refusal

API = "/api/v1"
_DIGITS = 20  # of a length that anybody could send
FIELDS = 2**20
"""Bytes that a form may have besides its files."""


class Bounding:
    """ASGI middleware; servers hold a request to the length that it gave."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most + FIELDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        length = self._length(Headers(scope=scope)) if scope["type"] == "http" else 0
        if length is None or length > self.most:
            status = HTTPStatus.LENGTH_REQUIRED if length is None else HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            says = tr("What was sent is too large: all files together may have {most} MB.", most=self.most // 2**20)
            program = scope["path"].startswith(f"{API}/")
            heading = tr("This can't be done")
            page = (
                problem("about:blank", status, says) if program else draw_refusal(Request(scope), status, heading, says)
            )
            await page(scope, receive, send)
            return
        await self.app(scope, receive, send)

    @staticmethod
    def _length(headers: Headers) -> int | None:
        if "transfer-encoding" in headers:
            return None
        given = headers.get("content-length", "0")
        return int(given) if given.isascii() and given.isdigit() and len(given) < _DIGITS else None
