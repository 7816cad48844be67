"""`python -m desk.pages --port 8000`: serve the pages on loopback until stopped."""

import argparse

from commands.installation import Installation
from commands.log import configure
from desk.pages.app import create_app
from desk.pages.serving import Server
from models.settings import Settings

HOST = "127.0.0.1"


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    configure()
    app = create_app(Installation.open(Settings.read()))
    Server(app, host=HOST, port=port).run()


main()
