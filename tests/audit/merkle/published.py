"""The published test vectors of RFC 6962 trees, read case by case."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def cases(vectors: Path, folder: str) -> Iterator[dict[str, Any]]:
    for file in sorted((vectors / "merkle" / "testdata" / folder).rglob("*.json")):
        yield json.loads(file.read_text(encoding="utf-8")) | {"file": file.name}


def b64(text: str | None) -> bytes:
    return base64.b64decode(text or "")
