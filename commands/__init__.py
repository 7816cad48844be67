"""Use cases: the only writers. A function takes (office, actor, command) and never commits."""
