"""Entries as people read and search them."""
