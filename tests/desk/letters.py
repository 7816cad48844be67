"""What letters hold for those who have no account: a link to one assignment, and the code that opens it."""

import re

from sqlalchemy import select

from commands.context.installation import Installation
from models.outbox import Message
from tests.desk.town import Town

MORNING = "2020-06-02T09:30"
"""When the first letters go."""


def link(town: Town, item: str = "1.2", position: int = 0) -> tuple[str, int]:
    """The path of the link to an assignment, and its number."""
    number = town.line(item, position).id
    with town.at().read() as tx:
        texts = "\n".join(tx.session.scalars(select(Message.text)))
    found = re.search(rf"http://127.0.0.1:8000(/mail/{number}/[\w-]+)", texts)
    assert found
    return found[1], number


def code(installation: Installation) -> str:
    """The code that was sent last."""
    with installation.read() as tx:
        text = tx.session.scalar(select(Message.text).where(Message.secret).order_by(Message.id.desc()))
    found = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", text or "")
    assert found
    return found[0]
