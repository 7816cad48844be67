"""Registers of protocols, items and assignments, for pages, flows and the command line. Nothing here writes."""
