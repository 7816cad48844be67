"""The application: routes, middleware, refusals. Bind it to loopback only: a proxy gives it TLS."""

import re
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from commands.installation import Installation
from desk.api import create_api
from desk.pages import (
    account,
    accounts,
    acting,
    assignment,
    board,
    by_mail,
    entrance,
    events,
    file,
    health,
    home,
    invitation,
    log,
    membership,
    person,
    protocol,
    provider,
    receipt,
    registration,
    roster,
    search,
    several,
    trail,
)
from desk.pages.bounding import API, Bounding
from desk.pages.guarding import Guarding
from desk.pages.heads import Heads
from desk.pages.opening import Opening
from desk.pages.refusals import answer_refusals
from desk.pages.speech import Speech
from desk.pages.watching import Watch
from desk.provider import Provider
from desk.verifying import Verifying

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
REFRESH_SECONDS = 10
PAGES = (
    home,
    board,
    protocol,
    assignment,
    file,
    receipt,
    search,
    several,
    acting,
    trail,
    registration,
    roster,
    membership,
    entrance,
    provider,
    invitation,
    by_mail,
    account,
    accounts,
    person,
    log,
    events,
    health,
)


def create_app(installation: Installation, refresh: int = REFRESH_SECONDS) -> FastAPI:
    """The pages of an installation; an open page renews itself every `refresh` seconds."""
    # FastAPI's own documentation pages load their assets from another host.
    app = FastAPI(title="Poruchenie", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.opening = Opening(installation)
    app.state.refresh = refresh
    app.state.watch = Watch(installation)
    app.state.verifying = Verifying(installation)
    oidc, desk = installation.settings.oidc, installation.settings.desk_url
    app.state.provider = Provider(oidc, desk + provider.BACK) if oidc else None
    for each in PAGES:
        app.include_router(each.router)
    app.router.routes.append(_api(app.state.opening))
    app.mount("/static", StaticFiles(packages=[("desk.pages", "static")]), name="static")
    answer_refusals(app)
    settings, policy = installation.settings, installation.policy
    address = urlsplit(settings.desk_url)
    # The last one added is the outermost.
    hosts = [*LOOPBACK, address.hostname or "localhost"]
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)
    app.add_middleware(Bounding, most=policy.rules.evidence.total_bytes)
    app.add_middleware(Speech, language=settings.language, zone=policy.calendar.zone)
    app.add_middleware(Guarding, tls=address.scheme == "https")
    app.add_middleware(Heads)
    return app


def _api(opening: Opening) -> Mount:
    mount = Mount(API, create_api(opening))
    # Without DOTALL a line break in a path would end among the pages, with an answer that no program reads.
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount
