"""The layer in the transaction: trails of hash-chained entries, their bytes, tables, triggers and verification."""
