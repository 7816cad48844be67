"""Lesson 7. A school need not believe the ministry: it takes away a file that proves what was written, and when."""

import pytest

from audit.offline_verifier import Refused, key_of, verify_receipt
from commands.log.receipts import receipt_of
from commands.log.sealing import keys_of
from tests.world import World


def test_a_receipt_is_verified_by_one_file_without_us_and_proves_nothing_once_it_is_touched(world: World) -> None:
    """Entries of all trails are sealed into one log: a tree of hashes whose root is signed. A receipt holds one trail
    and the few hashes that lead from it to that root. `audit/offline_verifier.py` checks it, with Python alone.
    """
    world.at("2020-06-01 16:30").register()
    number = world.one("2.1", "School 1").id
    world.at("2020-06-30 23:59").act("s1", number, "submit", note="Done in the last minute")
    world.seal()
    with world.installation.read() as tx:
        receipt = receipt_of(tx, f"assignment:{number}").data
        key = key_of(str(keys_of(tx.session)[0]))  # as published; the school had it long before

    told = verify_receipt(receipt, [key])
    assert told["trail"] == f"assignment:{number}"
    assert [entry["action"] for entry in told["entries"]] == ["assign", "submit"]
    assert told["entries"][1]["at"] == "2020-06-30T20:59:00.000000Z"

    # The ministry may change its database, its mind, or its clock: this file goes on saying so. The school can't
    # write itself another one either.
    middle = len(receipt) // 2
    forged = receipt[:middle] + bytes([receipt[middle] ^ 1]) + receipt[middle + 1 :]
    with pytest.raises(Refused):
        verify_receipt(forged, [key])
