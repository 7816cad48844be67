"""The desk's pages: drawn on the server, read-only, in Russian or English. They read through `commands` alone."""

from desk.pages.app import create_app

__all__ = ["create_app"]
