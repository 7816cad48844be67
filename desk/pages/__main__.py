"""`python -m desk.pages --port 8000`: serve the pages on loopback until stopped."""

import argparse

import uvicorn

from commands.installation import Installation
from commands.log import configure
from desk.pages.app import create_app
from models.settings import Settings

HOST = "127.0.0.1"


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    configure()
    app = create_app(Installation.open(Settings.read()))
    uvicorn.run(app, host=HOST, port=port, log_level="warning", server_header=False)


main()
