"""Receipts of this installation: what a school or a prosecutor takes away to verify without us."""

from functools import partial

from audit.receipts import Receipt, receipt
from commands.installation import Office
from commands.sealing import keys_of, store_of
from commands.witnessing import best_note

SUFFIX = ".tlog-proof"


def receipt_of(office: Office, subject: str, seq: int | None = None) -> Receipt:
    """Of one entry of a subject, or of its whole history. Raises LogNotBegunError, LogError."""
    keys, settings = keys_of(office.session), office.settings
    note_for = partial(best_note, settings, keys)
    return receipt(office.session.connection(), store_of(settings), keys, note_for, subject, seq)
