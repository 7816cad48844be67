"""The session's cookie, and the tokens that show that a form comes from a page of ours."""

import hashlib
import hmac
import secrets
from dataclasses import astuple
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from commands.access.sessions import NewSession
from desk.openid_connect import Journey
from desk.request.refusals import ForeignFormError

_JOURNEY_S = 600
_SERIALIZER = URLSafeTimedSerializer(secrets.token_bytes(32), "journey")
"""The key is of this process: a journey that it did not begin has no end here, and nobody is asked about it."""
_BEHIND_TLS = {True: "__Host-", False: ""}


class Jar:
    """Names and flags of our cookies; behind TLS no other host and no plain connection ever gets them."""

    def __init__(self, desk_url: str) -> None:
        self.secure = urlsplit(desk_url).scheme == "https"
        self.session = f"{_BEHIND_TLS[self.secure]}poruchenie-session"
        self.form = f"{_BEHIND_TLS[self.secure]}poruchenie-form"
        self.journey = f"{_BEHIND_TLS[self.secure]}poruchenie-journey"
        self.instead = f"{_BEHIND_TLS[self.secure]}poruchenie-instead-of"

    def secret(self, request: Request) -> str | None:
        """The secret of the browser's session."""
        return request.cookies.get(self.session)

    def hold_session(self, answer: Response, entered: NewSession) -> None:
        """Let the browser hold a session. `Lax`: links in mail lead to pages, forms of other sites do not arrive."""
        self._set(answer, self.session, entered.secret)
        self.stand_down(answer)  # whoever sat here before may have acted in somebody's name

    def drop_session(self, answer: Response) -> None:
        """Let it forget."""
        answer.delete_cookie(self.session, path="/", secure=self.secure, httponly=True, samesite="lax")
        self.stand_down(answer)

    def absent(self, request: Request) -> str | None:
        """The login in whose name this browser acts. No secret: the appointment is looked up at every request."""
        return request.cookies.get(self.instead)

    def stand_in(self, answer: Response, absent: str) -> None:
        """Let it act in somebody's name from now on."""
        self._set(answer, self.instead, absent)

    def stand_down(self, answer: Response) -> None:
        """Let it act in its person's own name."""
        answer.delete_cookie(self.instead, path="/", secure=self.secure, httponly=True, samesite="lax")

    def begin_oidc(self, answer: Response, wanted: str) -> Journey:
        """Let it hold what it needs for the way to a provider and back, for ten minutes."""
        journey = Journey.new()
        self._set(answer, self.journey, _SERIALIZER.dumps([*astuple(journey), wanted]), _JOURNEY_S)
        return journey

    def oidc_state(self, request: Request) -> tuple[Journey, str] | None:
        """The journey that it is on, and the page that was wanted."""
        try:
            state, nonce, verifier, wanted = _SERIALIZER.loads(request.cookies.get(self.journey, ""), _JOURNEY_S)
        except BadSignature:
            return None
        return Journey(state, nonce, verifier), wanted

    def end_oidc(self, answer: Response) -> None:
        """The way is over."""
        answer.delete_cookie(self.journey, path="/", secure=self.secure, httponly=True, samesite="lax")

    def token(self, request: Request) -> str:
        """The token of this browser's forms; it changes with the session, and with the name in which one acts."""
        return _mark(self._key(request), self.absent(request))

    def keep(self, request: Request, answer: Response) -> None:
        """Before anybody has signed in, forms hang on a cookie of their own."""
        if self.secret(request) is None and request.cookies.get(self.form) is None:
            self._set(answer, self.form, self._key(request))

    def check(self, request: Request, token: str) -> None:
        """Raises ForeignFormError."""
        origin = request.headers.get("origin")
        ours = origin in (None, "null") or origin.partition("//")[2] == request.headers.get("host")
        known = self.secret(request) or request.cookies.get(self.form)
        # Bytes: of text only ASCII is compared, and what came may be anything.
        if not ours or known is None:
            raise ForeignFormError
        if not hmac.compare_digest(_mark(known, self.absent(request)).encode(), token.encode(errors="replace")):
            raise ForeignFormError

    def _key(self, request: Request) -> str:
        found = self.secret(request) or request.cookies.get(self.form)
        if found is None:
            # One for the whole request: the page shows its token, the answer sets its cookie.
            found = getattr(request.state, "form_key", None) or secrets.token_urlsafe(32)
            request.state.form_key = found
        return found

    def _set(self, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
        answer.set_cookie(name, value, seconds, path="/", secure=self.secure, httponly=True, samesite="lax")


def _mark(key: str, absent: str | None) -> str:
    told = f"form:{key}" + (f":{absent}" if absent else "")
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()
