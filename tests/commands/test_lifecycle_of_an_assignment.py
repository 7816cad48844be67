"""One assignment from assigned to accepted, and the ways back."""

from tests.world import World


def test_a_report_is_submitted_reviewed_and_accepted(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    one = world.one("1.1", "Authority A")

    world.at("2020-06-02 10:00").act("a", one.id, "acknowledge")
    world.at("2020-06-02 11:00").act("a", one.id, "submit", note="Done", files={"report.pdf": b"%PDF report"})
    world.at("2020-06-03 11:00").act("reviewer", one.id, "review", note="Complete")
    world.at("2020-06-04 11:00").act("controller", one.id, "accept")

    assert world.line(one.id).state == "accepted"
    assert not world.line(one.id).late
    assert world.actions(one.id) == ["assign", "acknowledge", "submit", "review", "accept"]
    assert world.faults() == []
