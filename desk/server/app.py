"""The application: routes, middleware, refusals. Bind it to loopback only: a proxy gives it TLS."""

import re
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from commands.context.installation import Installation
from desk.api import create_api
from desk.openid_connect import Provider
from desk.pages.live import events
from desk.pages.live.watcher import Watch
from desk.pages.screens import (
    accounts,
    action,
    assignment,
    audit_search,
    board,
    bulk_action,
    evidence_file,
    home,
    invitation,
    log_state,
    mail_link,
    oidc_sign_in,
    one_account,
    organisation,
    own_account,
    protocol,
    receipt,
    registration,
    roster,
    sign_in,
    trail,
)
from desk.request.context import DeskState
from desk.server import health, security_contact
from desk.server.error_pages import answer_refusals
from desk.server.head_requests import Heads
from desk.server.language import Speech
from desk.server.security_headers import Guarding
from desk.server.size_limit import API, Bounding
from desk.verify_now import Verifying

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
REFRESH_SECONDS = 10
PAGES = (
    home,
    board,
    protocol,
    assignment,
    evidence_file,
    receipt,
    audit_search,
    bulk_action,
    action,
    trail,
    registration,
    roster,
    organisation,
    sign_in,
    oidc_sign_in,
    invitation,
    mail_link,
    own_account,
    accounts,
    one_account,
    log_state,
    events,
    health,
    security_contact,
)


def create_app(installation: Installation, refresh: int = REFRESH_SECONDS) -> FastAPI:
    """The pages of an installation; an open page renews itself every `refresh` seconds."""
    # FastAPI's own documentation pages load their assets from another host.
    app = FastAPI(title="Poruchenie", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = DeskState(installation)
    app.state.refresh = refresh
    app.state.watch = Watch(installation)
    app.state.verifying = Verifying(installation)
    oidc, desk = installation.settings.oidc, installation.settings.desk_url
    app.state.provider = Provider(oidc, desk + oidc_sign_in.BACK) if oidc else None
    for each in PAGES:
        app.include_router(each.router)
    app.router.routes.append(_api(app.state.desk))
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


def _api(desk: DeskState) -> Mount:
    mount = Mount(API, create_api(desk))
    # Without DOTALL a line break in a path would end among the pages, with an answer that no program reads.
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount
