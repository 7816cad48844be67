"""The audit log, which stands alone: it knows bytes, hashes and commitments, not lifecycles."""
