"""Use cases: the only writers. A function takes (transaction, actor, command) and never commits."""
