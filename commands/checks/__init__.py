"""Checks of what an entry means: who acted and when, what it needs and writes, which terms and ladders come of it."""
