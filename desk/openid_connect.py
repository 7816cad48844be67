"""Signing in through an OpenID Connect provider: the authorization code flow with PKCE (RFC 7636), state and nonce."""

from dataclasses import dataclass
from time import time
from typing import Any

import httpx
from authlib.common.security import generate_token
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from models.settings import OidcSettings
from states.refusal import ForbiddenError, NotFoundError, UnavailableError

SCOPE = "openid profile email"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
PATIENCE_S = 10
_TOLD = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


class NoProviderError(NotFoundError):
    """No provider is set up."""

    template = "This installation has no sign-in service; sign in by login and password."


class ProviderAwayError(UnavailableError):
    """The provider does not answer, or not as one."""

    template = "The sign-in service {issuer} does not answer as it should: {reason}. Try again, or sign in by password."


class ProviderRefusedError(ForbiddenError):
    """The provider, or the way back from it, says no."""

    template = "The sign-in service {issuer} did not let you in: {reason}. Begin again from the sign-in page."


@dataclass(frozen=True, slots=True)
class Journey:
    """The journey of a browser to the provider and back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Journey":
        """One that nobody can guess."""
        return cls(*(generate_token(48) for _ in range(3)))


class Provider:
    """An OpenID Connect provider; what it tells of itself is asked for once."""

    def __init__(self, settings: OidcSettings, back: str) -> None:
        self.settings = settings
        self.back = back
        self._metadata: OpenIDProviderMetadata | None = None

    def address(self, journey: Journey) -> str:
        """The address to send the browser to. Raises ProviderAwayError."""
        with httpx.Client() as http:
            url, _ = self._client(http).create_authorization_url(
                self._known()["authorization_endpoint"],
                state=journey.state,
                nonce=journey.nonce,
                code_verifier=journey.verifier,
            )
        return str(url)

    def person(self, returned: str, journey: Journey) -> str:
        """The login that the provider gives for who came back to this URL.

        Raises ProviderAwayError, ProviderRefusedError.
        """
        try:
            with httpx.Client(timeout=PATIENCE_S) as http:
                token = self._client(http).fetch_token(
                    self._known()["token_endpoint"],
                    authorization_response=returned,
                    state=journey.state,
                    code_verifier=journey.verifier,
                    client_id=self.settings.client,
                    auth=self._credentials(),
                )
            return self._login(self._claims(str(token.get("id_token", "")), journey))
        # The libraries stumble in all these ways over JSON of another shape than the standards'.
        except (OAuth2Error, JoseError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise ProviderRefusedError(issuer=self.settings.issuer, reason=_said(error)) from error
        except httpx.HTTPError as error:
            raise self._away(error) from error

    def _client(self, http: httpx.Client) -> OAuth2Client:
        return OAuth2Client(
            http,
            self.settings.client,
            self.settings.secret,
            scope=SCOPE,
            redirect_uri=self.back,
            code_challenge_method="S256",
        )

    def _credentials(self) -> httpx.Auth:
        # Authlib's own are for other HTTP clients. One without a secret is known by its name alone (PKCE protects it).
        secret = self.settings.secret
        return httpx.BasicAuth(self.settings.client, secret) if secret else httpx.Auth()

    def _claims(self, token: str, journey: Journey) -> dict[str, Any]:
        keys = KeySet.import_key_set(self._object(self._known()["jwks_uri"]))
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        required = {
            "iss": {"essential": True, "value": self._known()["issuer"]},
            "aud": {"essential": True, "value": self.settings.client},
            "nonce": {"essential": True, "value": journey.nonce},
        }
        claims = CodeIDToken(decoded.claims, decoded.header, required, {"nonce": journey.nonce})
        claims.validate(now=int(time()), leeway=60)
        return dict(claims)

    def _login(self, claims: dict[str, Any]) -> str:
        found = claims.get(self.settings.claim)
        if not isinstance(found, str) or not found.strip():
            raise KeyError(f"the claim “{self.settings.claim}” is missing")
        return found.strip().lower()

    def _known(self) -> OpenIDProviderMetadata:
        if self._metadata is None:
            found = OpenIDProviderMetadata(self._object(get_well_known_url(self.settings.issuer, external=True)))
            if not all(isinstance(found.get(each), str) for each in _TOLD):
                raise ProviderAwayError(issuer=self.settings.issuer, reason=f"it does not tell {', '.join(_TOLD)}")
            if found.get("issuer") != self.settings.issuer:
                raise ProviderAwayError(issuer=self.settings.issuer, reason=f"it calls itself {found.get('issuer')!r}")
            self._metadata = found
        return self._metadata

    def _object(self, url: str) -> Any:  # noqa: ANN401 - a JSON object
        try:
            found = httpx.get(url, timeout=PATIENCE_S).raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            raise self._away(error) from error
        if not isinstance(found, dict):
            raise ProviderAwayError(issuer=self.settings.issuer, reason=f"{url} holds no JSON object")
        return found

    def _away(self, error: Exception) -> ProviderAwayError:
        return ProviderAwayError(issuer=self.settings.issuer, reason=_said(error))


def _said(error: Exception) -> str:
    return str(error).strip("'\"") or type(error).__name__
