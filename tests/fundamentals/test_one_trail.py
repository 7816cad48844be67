"""Lesson 5. Whatever happens to a subject stands in its trail: who, in which role, from where, when, and after what."""

from hashlib import sha256
from itertools import pairwise

from audit.trails.history import history
from tests.world import World, moment


def test_a_trail_tells_everything_and_each_entry_holds_the_hash_of_the_one_before(world: World) -> None:
    """State and entry are written in one transaction, through one door (`commands/recording/`): neither without the
    other. What a row shows can be told again from its trail.
    """
    world.at("2020-06-01 16:30").register()
    number = world.one("1.2", "Authority A").id
    world.at("2020-06-10 10:00").act("a", number, "submit", note="Done", files={"report.pdf": b"%PDF a report"})
    world.at("2020-06-11 10:00").act("reviewer", number, "return", note="No dates")

    assigned, submitted, returned = world.trail(f"assignment:{number}")
    assert [(line.source, line.action, line.state) for line in (assigned, submitted, returned)] == [
        (None, "assign", "assigned"),
        ("assigned", "submit", "submitted"),
        ("submitted", "return", "returned"),
    ]
    assert (returned.actor, returned.role, returned.channel) == ("reviewer", "reviewer", "cli:tester")
    assert (returned.at, returned.note) == (moment("2020-06-11 10:00"), "No dates")
    assert submitted.files[0]["sha256"] == sha256(b"%PDF a report").hexdigest()

    # A version is the number of the last entry: whoever saw another one is refused instead of writing over it.
    assert world.line(number).version == returned.seq == 3

    # Entries are kept as bytes. A hash is over all of them, and the next entry names it: so they hang together.
    with world.installation.read() as tx:
        stored = list(history(tx.session, f"assignment:{number}"))
    for before, after in pairwise(stored):
        assert before.hash == sha256(b"\x00" + before.body).digest()
        assert before.hash.hex().encode() in after.body
