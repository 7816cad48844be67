"""Bytes of a document in, a draft of the protocol out, every field with its place in the text."""
