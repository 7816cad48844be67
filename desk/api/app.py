"""The API's application, to be mounted under `/api/v1` of the desk's, which guards and bounds both."""

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from desk.api import assignments, docs, evidence, people, protocols
from desk.api.problems import Problem, answer_problems
from desk.request.context import DeskState

TITLE = "Poruchenie"
VERSION = "1"
ROUTERS = (people.router, protocols.router, assignments.router, evidence.router, docs.router)


def create_api(desk: DeskState) -> FastAPI:
    """The API of an installation."""
    app = FastAPI(
        title=TITLE, version=VERSION, docs_url=None, redoc_url=None, openapi_url=None, generate_unique_id_function=_name
    )
    app.state.desk = desk
    for each in ROUTERS:
        app.include_router(each)
    answer_problems(app)
    app.openapi = lambda: described(app)  # type: ignore[method-assign]  # FastAPI's documented way to add to it
    return app


def _name(route: APIRoute) -> str:
    """`assignments.take`: the group and the function."""
    return f"{route.tags[0]}.{route.name}" if route.tags else route.name


def described(app: FastAPI) -> dict[str, object]:
    """The OpenAPI description, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=TITLE, version=VERSION, routes=app.routes, servers=[{"url": "/api/v1"}])
        made["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        app.openapi_schema = made
    return app.openapi_schema
