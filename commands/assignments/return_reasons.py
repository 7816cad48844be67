"""Standing reasons of a return: those chosen of the policy's list come before what was written, in one note."""

from collections.abc import Sequence

from commands.context.installation import Transaction
from states.refusal import InvalidError


class UnknownReasonError(InvalidError):
    """A reason that the policy does not list (any more)."""

    template = "“{reason}” is no standing reason of a return any more. Look at the list, and send the form once more."


def reasoned(tx: Transaction, chosen: Sequence[str], note: str) -> str:
    """The note to be kept: the reasons in the policy's order, a line each, then the text. Raises UnknownReasonError."""
    listed = tx.policy.rules.returns.reasons
    for each in chosen:
        if each not in listed:
            raise UnknownReasonError(reason=each)
    return "\n".join([*(f"– {each}" for each in listed if each in chosen), note.strip()]).strip()
