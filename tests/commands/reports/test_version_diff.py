"""What a reviewer need not read again: the lines that changed between two versions of a report."""

from commands.reports.version_diff import changes
from tests.world import World


def told(world: World, number: int) -> list[str]:
    with world.installation.read() as tx:
        return [("+" if each.came else "-") + each.text for each in changes(tx, number)]


def test_lines_that_came_and_went_are_told_in_order(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    number = world.one("1.2", "Authority A").id
    world.act("a", number, "submit", files={"plan.txt": "План\nбез дат\nитог".encode()})
    assert told(world, number) == []
    world.act("a", number, "submit", files={"plan.txt": "План\nдо 1 октября\nитог\nподпись".encode()})
    assert told(world, number) == ["-без дат", "+до 1 октября", "+подпись"]


def test_a_table_is_compared_row_by_row(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    number = world.one("1.2", "Authority A").id
    for row in ("Центр;1", "Центр;2"):
        world.act("a", number, "submit", files={"table-1.2.csv": f"Название;Телефон\n{row}".encode("utf-8-sig")})
    assert told(world, number) == ["-Центр;1", "+Центр;2"]


def test_what_no_machine_reads_has_no_changes(world: World) -> None:
    world.at("2020-06-01 16:30").register()
    number = world.one("1.2", "Authority A").id
    for data in (b"\x89PNG one", b"\x89PNG two"):
        world.act("a", number, "submit", files={"scan.png": data})
    assert told(world, number) == []
