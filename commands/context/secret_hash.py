"""The hash that the database keeps of a secret in its place."""

import hashlib


def fingerprint(secret: str) -> str:
    """The SHA-256 of a secret, in hexadecimal digits."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
