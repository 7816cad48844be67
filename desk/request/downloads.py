"""Evidence files as somebody takes them away."""

from commands.context.installation import Transaction
from commands.trails.trail import trail
from desk.request.refusals import NoFileError
from states.subjects import Kind, Subject


def bytes_of(tx: Transaction, number: int, sha256: str) -> tuple[str, bytes]:
    """The name and the bytes of a file that an entry of an assignment names. Raises NoFileError."""
    named = [each for line in trail(tx, Subject(Kind.ASSIGNMENT, number).trail) for each in line.files]
    name = next((str(each["name"]) for each in named if each["sha256"] == sha256), None)
    if name is None:
        raise NoFileError(assignment=number)
    return name, tx.evidence.read(sha256)
