"""`/assignments/{id}/files/{sha256}`: a file of a report, to be saved, never shown within our pages."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path
from fastapi.responses import Response

from commands.registers.lookup import one_assignment
from desk.request.context import ReadTx
from desk.request.downloads import bytes_of
from desk.request.path import Number

router = APIRouter()
Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@router.get("/assignments/{number}/files/{sha256}")
def file(context: ReadTx, number: Number, sha256: Hash) -> Response:
    """The bytes, if an entry of this assignment names them. Raises UnknownAssignmentError, NoFileError."""
    one_assignment(context.tx, number, context.within)
    name, data = bytes_of(context.tx, number, sha256)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    }
    return Response(data, media_type="application/octet-stream", headers=headers)
