"""A letter as it is put into the outbox, whoever writes it."""

from typing import Any

from commands.context.installation import Transaction


def letter(tx: Transaction, recipient: str, subject: str, text: str, **more: object) -> dict[str, Any]:
    """A row of models.outbox.Message to be sent at once. `recipient`: `account:1`, `organisation:5`."""
    return {
        "recipient": recipient,
        "subject": subject,
        "text": text,
        "created_at": tx.now,
        "attempts": 0,
        "next_attempt_at": tx.now,
        "sent_at": None,
        "failure": None,
        **more,
    }
