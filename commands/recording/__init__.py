"""The one door of writing: from a change to its audit entry and row; and how stored entries are read back."""
