"""Bytes of a document in, a draft of the protocol out, every field with its place in the text."""

from intake.draft import Deadline, Doubt, Draft, DraftItem
from intake.faults import BadRosterError, Fault
from intake.matching import best_match, mentions
from intake.protocol import read
from intake.roster import RosterRow, read_roster

__all__ = [
    "BadRosterError",
    "Deadline",
    "Doubt",
    "Draft",
    "DraftItem",
    "Fault",
    "RosterRow",
    "best_match",
    "mentions",
    "read",
    "read_roster",
]
