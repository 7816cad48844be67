"""`python -m tests.bench.desk PORT`: the desk as it is, and beside it an empty page of the same stack at `/empty`."""

import sys
from typing import cast

from fastapi import Request
from fastapi.responses import Response

from commands.context.installation import Installation
from commands.context.log_lines import configure
from desk.pages.view.render import draw
from desk.request.context import ReadTx
from desk.request.grants import GRANTS
from desk.server.app import create_app
from desk.server.serving import serve
from models.settings import Settings
from states.lifecycle import Role

configure()
app = create_app(Installation.open(Settings.read()))


@app.get("/empty")
def empty(request: Request, context: ReadTx) -> Response:
    """A session is looked up and a page drawn, with nothing on it."""
    return draw(request, "form-page.html", context)


cast("dict[str, frozenset[Role]]", GRANTS)["GET /empty"] = frozenset(Role)
serve(app, host="127.0.0.1", port=int(sys.argv[1]))
