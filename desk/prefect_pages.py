"""Addresses of the pages on which Prefect shows the runs of items."""

from urllib.parse import urlencode

from commands.context.language import speaking, tr
from models.settings import Settings


def run_page(settings: Settings, run_id: str | None) -> str | None:
    """The run of one item; None while it has none."""
    return f"{settings.prefect_url}/runs/flow-run/{run_id}" if run_id else None


def items_page(settings: Settings, protocol: int | None = None) -> str:
    """The runs of one protocol's items, or of all, without the sweeps among them."""
    # Found by their names, which are in the language of the whole installation, whatever the reader's.
    with speaking(settings.language):
        name = tr("Protocol {protocol}, item {number}", protocol=protocol, number="") if protocol else tr("Protocol")
    return f"{settings.prefect_url}/runs?{urlencode({'flow-run-search': name.strip(), 'range': 'past-30-days'})}"
