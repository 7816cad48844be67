"""The layer behind it: an RFC 6962 tree over all entries, C2SP tiles, signed checkpoints, witnesses and receipts."""
