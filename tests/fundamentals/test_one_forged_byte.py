"""Lesson 6. Whoever owns the database can change it. He can't change it unseen."""

from tests.world import World


def test_one_byte_changed_behind_our_back_is_found_and_named(world: World) -> None:
    """Verification believes no row: it reads every byte, computes every hash, and goes through every trail by the
    rules that were in force when each entry was written.
    """
    world.at("2020-06-01 16:30").register()
    number = world.one("1.2", "Authority A").id
    world.act("a", number, "submit", note="Done")
    world.act("reviewer", number, "return", note="No dates")
    assert world.faults() == []

    # An administrator takes away the trigger that would have refused him, and lets somebody else have returned it.
    with world.installation.database.writer.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER entries_unchanged")
        third = f"trail = 'assignment:{number}' AND seq = 3"
        body = bytes(connection.exec_driver_sql(f"SELECT body FROM entries WHERE {third}").scalar_one())
        forged = body.replace(b'"role":"reviewer"', b'"role":"reviewes"')
        assert sum(one != other for one, other in zip(body, forged, strict=True)) == 1
        connection.exec_driver_sql(f"UPDATE entries SET body = X'{forged.hex()}' WHERE {third}")

    faults = world.faults()
    assert any(f"assignment:{number}" in fault and "3" in fault and "hash" in fault for fault in faults), faults
