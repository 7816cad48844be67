"""`/.well-known/security.txt` (RFC 9116): whom to tell of a weakness, or of a forged log that verifies."""

from datetime import timedelta
from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import PlainTextResponse

from commands.context.language import LANGUAGES
from desk.request.context import desk_of

_HOLDS_FOR = timedelta(days=30)

router = APIRouter()


@router.get("/.well-known/security.txt")
def security_txt(request: Request) -> PlainTextResponse:
    """Whom to tell of a weakness (RFC 9116), where the operator has named somebody."""
    installation = desk_of(request).installation
    contact = installation.settings.security_contact
    if not contact:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    expires = (installation.system() + _HOLDS_FOR).strftime("%Y-%m-%dT%H:%M:%SZ")
    return PlainTextResponse(f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: {', '.join(LANGUAGES)}\n")
