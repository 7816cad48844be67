"""Lesson 7. A school need not believe the ministry: it takes away a file that proves what was written, and when."""

import json
from base64 import b64decode, b64encode

import pytest

from audit.merkle.signed_notes import SigningKey
from audit.offline_verifier import Refused, key_of, verify_receipt
from commands.log.receipts import receipt_of
from commands.log.sealing import keys_of
from tests.audit.verifying import forged
from tests.world import World


def test_a_receipt_is_verified_by_one_file_without_us_and_tells_nothing_else_once_it_is_changed(world: World) -> None:
    """Entries of all trails are sealed into one log: a tree of hashes whose root is signed. A receipt holds one trail
    and the few hashes that lead from it to that root. `audit/offline_verifier.py` checks it, with Python alone.
    """
    world.at("2020-06-01 16:30").register()
    number = world.one("2.1", "School 1").id
    world.at("2020-06-30 23:59").act("s1", number, "submit", note="Done in the last minute")
    world.seal()
    with world.installation.read() as tx:
        receipt = receipt_of(tx, f"assignment:{number}")
        key = key_of(str(keys_of(tx.session)[0]))  # as published; the school had it long before

    told = verify_receipt(receipt.data, [key])
    assert told["trail"] == f"assignment:{number}"
    assert [entry["action"] for entry in told["entries"]] == ["assign", "submit"]
    assert told["entries"][1]["at"] == "2020-06-30T20:59:00.000000Z"  # a minute to midnight, in Moscow

    # Whoever would have had it come an hour later writes that into the entry. No hash leads from there to the root.
    assigned, submitted = json.loads(receipt.proof.extra or b"")["entries"]
    later = b64decode(submitted).replace(b"T20:59", b"T21:59")
    assert later != b64decode(submitted)
    with pytest.raises(Refused):
        verify_receipt(forged(receipt, entries=[assigned, b64encode(later).decode()]), [key])

    # Nor does it help to be somebody else's log: its key is not the one that was published.
    stranger = key_of(str(SigningKey.generate("example.org/other").verifier))
    with pytest.raises(Refused):
        verify_receipt(receipt.data, [stranger])
