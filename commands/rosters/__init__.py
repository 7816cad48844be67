"""Organisations, persons, groups, memberships: imported, looked up, renamed, listed."""
