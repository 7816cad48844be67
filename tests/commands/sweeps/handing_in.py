"""Programs handed in and taken through their approval."""

from commands.sweeps import sweeps
from tests.world import World


def number(world: World, item: str, addressee: str = "Authority A") -> int:
    return world.one(item, addressee).id


def hand_in(world: World, login: str, item: str, addressee: str, document: bytes, name: str = "program.txt") -> int:
    return world.act(login, number(world, item, addressee), "submit", files={name: document})


def approve(world: World) -> dict[str, int]:
    return sweeps.program_approval(world.installation)
