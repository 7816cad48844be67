"""What pages, flows and the command line read about protocols, items and assignments. Nothing here writes."""
