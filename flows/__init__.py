"""Prefect: short idempotent sweeps that call commands, and the board that the flow UI shows.

Business state never lives here: whatever Prefect forgets or a person clicks there changes nothing.
"""
