"""The language of a request: `?lang=en`, then the cookie `lang`, then the installation's."""

from datetime import tzinfo

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commands.context.language import LANGUAGES, use

COOKIE = "lang"
_YEAR = 365 * 24 * 3600


class Speech:
    """ASGI middleware: endpoints run in copies of the context that it sets."""

    def __init__(self, app: ASGIApp, language: str, zone: tzinfo) -> None:
        self.app = app
        self.language = language
        self.zone = zone

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        asked = request.query_params.get("lang")
        language = next(
            (each for each in (asked, request.cookies.get(COOKIE)) if each in LANGUAGES),
            self.language,
        )
        use(language, self.zone)

        async def spoken(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Language"] = language
                headers.append("Vary", "Cookie")
                if asked == language:
                    headers.append("Set-Cookie", _cookie(language))
            await send(message)

        await self.app(scope, receive, spoken)


def _cookie(language: str) -> str:
    return f"{COOKIE}={language}; Path=/; Max-Age={_YEAR}; SameSite=Lax; HttpOnly"
