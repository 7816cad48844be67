"""Sweeps, which the flows run in batches: escalation, program approval, publication, liveness, everything at once."""
