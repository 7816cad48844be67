"""Forms: what was typed, read and kept until it is right."""
