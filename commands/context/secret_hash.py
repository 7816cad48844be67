"""The hash that the database keeps of a secret in its place."""

import hashlib


def fingerprint(secret: str) -> str:
    """What the database keeps of a secret."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
