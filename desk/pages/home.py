"""`/`: to each role the page that it comes for."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from desk.pages.attempting import see
from desk.pages.opening import Reading
from states.lifecycle import Role

router = APIRouter()


@router.get("/")
def home(visit: Reading) -> RedirectResponse:
    """Administrators keep accounts; everybody else looks at the board."""
    return see("/accounts" if visit.actor.role is Role.ADMIN else "/board")
