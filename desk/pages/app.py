"""The application: routes, middleware, refusals. Bind it to loopback only: it has no sign-in."""

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from commands.installation import Installation
from desk.pages import assignment, board, health, protocol, trail
from desk.pages.guarding import Guarding
from desk.pages.heads import Heads
from desk.pages.opening import Opening
from desk.pages.refusals import answer_refusals
from desk.pages.speech import Speech

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
REFRESH_SECONDS = 10


def create_app(installation: Installation, refresh: int = REFRESH_SECONDS) -> FastAPI:
    """The pages of an installation; an open page renews itself every `refresh` seconds."""
    # FastAPI's own documentation pages load their assets from another host.
    app = FastAPI(title="Poruchenie", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.opening = Opening(installation)
    app.state.refresh = refresh
    for each in (board, protocol, assignment, trail, health):
        app.include_router(each.router)
    app.mount("/static", StaticFiles(packages=[("desk.pages", "static")]), name="static")
    answer_refusals(app)
    # The last one added is the outermost.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK, www_redirect=False)
    app.add_middleware(Speech, language=installation.settings.language, zone=installation.policy.calendar.zone)
    app.add_middleware(Guarding)
    app.add_middleware(Heads)
    return app
