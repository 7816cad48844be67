"""`python -m tests.bench.desk PORT`: the desk as it is, and beside it an empty page of the same stack at `/empty`."""

import sys
from typing import cast

from fastapi import Request
from fastapi.responses import Response

from commands.installation import Installation
from commands.log import configure
from desk.pages import create_app
from desk.pages.drawing import draw
from desk.pages.granting import GRANTS
from desk.pages.opening import Reading
from desk.pages.serving import serve
from models.settings import Settings
from states.lifecycle import Role

configure()
app = create_app(Installation.open(Settings.read()))


@app.get("/empty")
def empty(request: Request, visit: Reading) -> Response:
    """A session is looked up and a page drawn, with nothing on it."""
    return draw(request, "form-page.html", visit)


cast("dict[str, frozenset[Role]]", GRANTS)["GET /empty"] = frozenset(Role)
serve(app, host="127.0.0.1", port=int(sys.argv[1]))
