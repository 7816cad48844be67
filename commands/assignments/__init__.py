"""One action on one assignment: lock, compare, ask the lifecycle, write."""
