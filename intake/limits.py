"""Limits of what is read: the largest file, what it unpacks to, the longest text, the most pages."""

LARGEST = 20 * 1024 * 1024
"""Bytes of a file."""
LARGEST_UNPACKED = 100 * 1024 * 1024
"""Bytes of what a file unpacks to."""
LONGEST_TEXT = 1_000_000
"""Characters: a thousand pages; no protocol is longer, and readers need time for each."""
MOST_PAGES = 500
