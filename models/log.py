"""The Merkle log behind the database: its name and its keys, as its own trail tells them."""

from typing import Any

from sqlalchemy.orm import Mapped

from models.base import Audited, Base


class Log(Audited, Base):
    """One row. `keys` are the verifier keys in use, the oldest first; checkpoints carry a signature by each.

    `witnesses` is the SHA-256 (hex) of the witness policy that was adopted last; None: none ever was.
    """

    __tablename__ = "logs"
    kind = "log"

    origin: Mapped[str]
    keys: Mapped[list[Any]]
    witnesses: Mapped[str | None]
