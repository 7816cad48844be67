"""Where people meet Poruchenie: the command line and the pages."""
