"""Open pages kept up to date: the watcher of changes and the stream of events."""
