"""Whether everything holds: bytes, replay, tables, files; what is amiss; the drill."""
