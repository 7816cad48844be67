"""`/sign-in/provider`: to the sign-in service of the house and back."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from commands.access.sign_in import sign_in_known
from desk.openid_connect import NoProviderError, Provider, ProviderRefusedError
from desk.pages.screens.sign_in import to_the_desk
from desk.request.context import client_of, desk_of

router = APIRouter()
BACK = "/sign-in/provider/back"


def provider_of(request: Request) -> Provider:
    """The provider of the application. Raises NoProviderError."""
    found: Provider | None = request.app.state.provider
    if found is None:
        raise NoProviderError
    return found


@router.get("/sign-in/provider")
def go(request: Request, wanted: Annotated[str, Query(alias="next", max_length=2000)] = "/") -> Response:
    """Send the browser there."""
    provider, jar = provider_of(request), desk_of(request).jar
    answer = RedirectResponse("")
    journey = jar.begin_oidc(answer, wanted)
    answer.headers["location"] = provider.address(journey)
    return answer


@router.get(BACK)
def back(request: Request) -> Response:
    """Let in whom the provider has let in. Raises ProviderRefusedError, ProviderAwayError, NoAccountError."""
    provider, desk = provider_of(request), desk_of(request)
    found = desk.jar.oidc_state(request)
    if found is None or request.query_params.get("state") != found[0].state:
        raise ProviderRefusedError(issuer=provider.settings.issuer, reason="this browser did not set out from here")
    journey, wanted = found
    # Asked before a transaction begins: others need not wait for it.
    login = provider.person(str(request.url), journey)
    desk.examine()
    with desk.installation.write() as tx:
        session = sign_in_known(tx, login, client_of(request))
    answer = to_the_desk(request, session, wanted)
    desk.jar.end_oidc(answer)
    return answer
