"""Types of what stands in a path."""

from typing import Annotated

from fastapi import Path

Number = Annotated[int, Path(ge=1, lt=2**63)]  # what the database's integers hold
