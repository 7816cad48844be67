"""`/docs` and `/openapi.json`: the description, for people and for programs. No asset comes from another host."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from commands.context.language import current, tr

router = APIRouter(include_in_schema=False)
_TEMPLATES = Environment(
    loader=PackageLoader("desk.api"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@router.get("/openapi.json")
def description(request: Request) -> JSONResponse:
    """OpenAPI 3.1."""
    return JSONResponse(request.app.openapi())


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """Every operation with what it takes and answers."""
    described = request.app.openapi()
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    page = _TEMPLATES.get_template("docs.html").render(
        tr=tr, language=current(), operations=operations, shapes=described["components"]["schemas"], kind=_kind
    )
    return HTMLResponse(page)


def _kind(schema: dict[str, Any]) -> str:
    """A type in a word: `Assignment`, `integer`, `list of Item`."""
    match schema:
        case {"$ref": str(reference)}:
            return reference.rpartition("/")[2]
        case {"anyOf": list(several)}:
            return " | ".join(_kind(each) for each in several)
        case {"type": "array", "items": dict(each)}:
            return tr("list of {kind}", kind=_kind(each))
        case {"format": str(form)}:
            return form
        case {"type": str(name)}:
            return name
    return "—"
