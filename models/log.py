"""The Merkle log behind the database: its name and its keys, as its own trail tells them."""

from typing import Any

from sqlalchemy.orm import Mapped

from models.base import Audited, Base


class Log(Audited, Base):
    """One row. `keys` are the verifier keys in use, the oldest first; checkpoints carry a signature by each."""

    __tablename__ = "logs"
    kind = "log"

    origin: Mapped[str]
    keys: Mapped[list[Any]]
