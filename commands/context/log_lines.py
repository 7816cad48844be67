"""Log lines: for people on a terminal, JSON in production, always on stderr."""

import logging
import os
import sys

import structlog


def configure() -> None:
    """Warnings and worse on the command line; everything with PORUCHENIE_LOG=text or json."""
    asked = os.environ.get("PORUCHENIE_LOG")
    rendered = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            rendered if asked == "json" else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if asked else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
