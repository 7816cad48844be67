"""Verification that everything holds (bytes, replay, tables, files), its alarms, and the drill."""
