"""`python -m desk.server --port 8000`: serve the pages on loopback until stopped."""

import argparse

from commands.context.installation import Installation
from commands.context.log_lines import configure
from desk.server.app import create_app
from desk.server.serving import serve
from models.settings import Settings

HOST = "127.0.0.1"


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    configure()
    serve(create_app(Installation.open(Settings.read())), host=HOST, port=port)


main()
