"""The JSON API: the same commands as pages and the command line, for programs that act for a person by a token."""

from desk.api.app import create_api

__all__ = ["create_api"]
