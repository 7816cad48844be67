"""Receipts of this installation: what a school or a prosecutor takes away to verify without us."""

from functools import partial

from audit.merkle.receipts import Receipt, receipt
from commands.context.installation import Transaction
from commands.log.consistency import trusted_keys
from commands.log.sealing import store_of
from commands.log.witnesses import best_note

SUFFIX = ".tlog-proof"


def receipt_of(tx: Transaction, subject: str, seq: int | None = None) -> Receipt:
    """Of one entry of a subject, or of its whole history. Raises LogNotBegunError, LogError."""
    keys, settings = trusted_keys(tx), tx.settings
    note_for = partial(best_note, settings, keys)
    return receipt(tx.session.connection(), store_of(settings), keys, note_for, subject, seq)
