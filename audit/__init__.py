"""The audit log's first layer: trails of hash-chained entries, written in the transaction that they speak of.

Stands alone: knows bytes, hashes and commitments, not lifecycles.
"""

from audit.canonical import CanonicalError, canonical
from audit.commitments import Commitment, commit, opens
from audit.entries import GENESIS, Entry, Head, Record, seal
from audit.journal import Stored, declare, history, store
from audit.tables import metadata
from audit.verification import Fault, Trails, count, touched, verify_entries

__all__ = [
    "GENESIS",
    "CanonicalError",
    "Commitment",
    "Entry",
    "Fault",
    "Head",
    "Record",
    "Stored",
    "Trails",
    "canonical",
    "commit",
    "count",
    "declare",
    "history",
    "metadata",
    "opens",
    "seal",
    "store",
    "touched",
    "verify_entries",
]
