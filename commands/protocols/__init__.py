"""From a document to a protocol under control with its assignments, and off control again."""
