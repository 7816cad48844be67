"""Bytes of a document in, a draft of the protocol out, every field with its place in the text."""

from intake.correction import Correction, corrected
from intake.document import LARGEST, LargeFileError, LongTextError, ScannedError, is_readable, text_of
from intake.draft import Deadline, Doubt, Draft, DraftItem
from intake.faults import BadRosterError, Fault
from intake.likeness import likeness, signature
from intake.matching import best_match, mentions
from intake.program import Program
from intake.protocol import read
from intake.roster import RosterRow, is_email, read_roster

TooLongError = (LargeFileError, LongTextError)
"""What opens, but is more than a machine reads."""

__all__ = [
    "LARGEST",
    "BadRosterError",
    "Correction",
    "Deadline",
    "Doubt",
    "Draft",
    "DraftItem",
    "Fault",
    "Program",
    "RosterRow",
    "ScannedError",
    "TooLongError",
    "best_match",
    "corrected",
    "is_email",
    "is_readable",
    "likeness",
    "mentions",
    "read",
    "read_roster",
    "signature",
    "text_of",
]
