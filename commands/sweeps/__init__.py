"""What the flows do, as batches: escalation, program approval, publication, liveness, one sweep of everything."""
