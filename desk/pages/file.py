"""`/assignments/{id}/files/{sha256}`: a file of a report, to be saved, never shown within our pages."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path
from fastapi.responses import Response

from commands.board import one_assignment
from commands.installation import Office
from commands.trails import trail
from desk.access import NoFileError
from desk.pages.opening import Reading
from desk.pages.protocol import Number

router = APIRouter()
Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@router.get("/assignments/{number}/files/{sha256}")
def file(visit: Reading, number: Number, sha256: Hash) -> Response:
    """The bytes, if an entry of this assignment names them. Raises UnknownAssignmentError, NoFileError."""
    one_assignment(visit.office, number, visit.within)
    name, data = bytes_of(visit.office, number, sha256)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    }
    return Response(data, media_type="application/octet-stream", headers=headers)


def bytes_of(office: Office, number: int, sha256: str) -> tuple[str, bytes]:
    """The name and the bytes of a file that an entry of an assignment names. Raises NoFileError."""
    named = [each for line in trail(office, f"assignment:{number}") for each in line.files]
    name = next((str(each["name"]) for each in named if each["sha256"] == sha256), None)
    if name is None:
        raise NoFileError(assignment=number)
    return name, office.evidence.read(sha256)
