"""`python -m desk` is `poruchenie`."""

from desk.cli import main

main()
