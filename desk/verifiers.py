"""The offline verifiers as they are handed out, alone or in one ZIP file with a receipt and the log's key."""

import io
import zipfile
from collections.abc import Sequence
from importlib.resources import files

from audit.merkle.receipts import Receipt
from audit.merkle.signed_notes import Verifier
from commands.context.language import tr
from commands.log.receipts import SUFFIX

VERIFIERS = {"verifier.html": "offline_verifier.html", "verifier.py": "offline_verifier.py"}
"""The name that somebody takes a verifier away under → the file of `audit` that it is."""
KEY = "log-key.txt"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def verifier(name: str) -> bytes:
    """The bytes of a verifier. Raises KeyError for a name that none has."""
    return (files("audit") / VERIFIERS[name]).read_bytes()


def key_text(keys: Sequence[Verifier]) -> bytes:
    """The log's verifier keys as a file, a line for each: to be pasted into the verifier."""
    return "".join(f"{key}\n" for key in keys).encode()


def file_name(receipt: Receipt) -> str:
    """The name that a receipt is saved under."""
    return f"{receipt.trail.replace(':', '-')}-{receipt.seq}{SUFFIX}"


def package(receipt: Receipt, keys: Sequence[Verifier]) -> bytes:
    """A ZIP file with the receipt, both verifiers, the key, and how to verify in the language in use."""
    name = file_name(receipt)
    told = {
        "README.txt": how_to_verify(name, str(keys[-1])).encode(),
        name: receipt.data,
        KEY: key_text(keys),
        **{each: verifier(each) for each in VERIFIERS},
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for each, data in told.items():
            info = zipfile.ZipInfo(each, _EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, data)
    return target.getvalue()


def how_to_verify(name: str, key: str) -> str:
    """A few sentences for whoever unpacks the file, in the language in use."""
    return tr(
        "Open verifier.html in a browser (it needs no network), choose the file {name}, paste the line of log-key.txt "
        "into the field of the key, and press the button. Or run: python verifier.py {name} --key {key}\n"
        "Compare the key with the one that you got another way: whoever forges a receipt would enclose his own key.\n",
        name=name,
        key=key,
    )
