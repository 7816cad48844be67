"""The desk, where people meet Poruchenie: the command line, the pages, the API."""
