"""Receipts of this installation: what a school or a prosecutor takes away to verify without us."""

from audit.receipts import Receipt, receipt
from commands.installation import Office
from commands.sealing import keys_of, store_of

SUFFIX = ".tlog-proof"


def receipt_of(office: Office, subject: str, seq: int | None = None) -> Receipt:
    """Of one entry of a subject, or of its whole history. Raises LogNotBegunError, LogError."""
    return receipt(office.session.connection(), store_of(office.settings), keys_of(office.session), subject, seq)
