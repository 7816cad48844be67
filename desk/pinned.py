"""What is pinned, as it is told to whoever makes or changes it: a copy belongs where nobody can reach it from here."""

from collections.abc import Iterator

from commands.context.installation import Installation
from commands.context.language import tr
from commands.log.pins import pins_of


def pins_told(installation: Installation) -> Iterator[str]:
    """Lines with what is pinned now. Raises PinsError."""
    pins = pins_of(installation.settings)
    if pins is None:
        return
    yield tr("Pinned in {file}; keep a copy of it elsewhere:", file=installation.settings.seal.pins)
    yield from (f"  {line}" for line in pins.text.splitlines() if not line.startswith("#"))
