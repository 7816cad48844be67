"""The policy in force: the one that the trail `policy:1` adopted last, whatever file a process was given."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import instance
from models.base import table_of
from models.policy import Policy, read

_TABLE = table_of(instance.Policy)
_HASH = select(_TABLE.c.content_hash).where(_TABLE.c.id == 1)
_READ: dict[str, Policy] = {}
"""By content hash: a resident process whose file is not in force need not read the other anew for each request."""


def in_force(session: Session, offered: Policy) -> Policy:
    """The policy adopted last: `offered` if it is that one, or if none was adopted yet. Raises PolicyError."""
    adopted = session.scalar(_HASH)
    if adopted in (None, offered.hash):
        return offered
    if adopted not in _READ:
        _READ[adopted] = read(session.scalar(select(_TABLE.c.content).where(_TABLE.c.id == 1)))
    return _READ[adopted]
