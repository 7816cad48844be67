"""The layout of tiles and bundles: published paths, a published log, arithmetic across the border of 256."""

import base64
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.merkle.tiles import BUNDLES, BundleError, Tile, bundle, grown, hashes, place, tile_of, unbundle
from audit.merkle.tree import root, subtree
from audit.trails.entries import digest


@pytest.fixture(scope="module")
def known(vectors: Path) -> Any:
    return json.loads((vectors / "extracted" / "tile-paths.json").read_text(encoding="utf-8"))


def test_tiles_lie_where_the_specification_puts_them(known: Any) -> None:
    for level, number, part, path in known["tile_path"]:
        assert Tile(level, number, part or 256).path == path


def test_bundles_lie_where_the_specification_puts_them(known: Any) -> None:
    for index, size, path in known["entries_path_for_index"]:
        assert tile_of(BUNDLES, index // 256, size).path == path


def built(*batches: int) -> dict[Tile, bytes]:
    """All files of a log that grew by so many entries at a time."""
    files: dict[Tile, bytes] = {}
    size = 0
    for count in batches:
        entries = [str(number).encode() for number in range(size, size + count)]
        files |= dict(grown(size, entries, files.__getitem__))
        size += count
    return files


def test_a_log_of_70000_entries_has_the_tiles_of_the_specification(known: Any) -> None:
    told = known["spec_partial_70000"]
    files = built(told["size"])
    held = Counter((tile.level, tile.width == 256) for tile in files)
    assert held == {
        (BUNDLES, True): told["full_l0"], (BUNDLES, False): 1, (0, True): told["full_l0"], (0, False): 1,
        (1, True): told["full_l1"], (1, False): 1, (2, False): 1,
    }  # fmt: skip
    assert [tile.width for tile in files if tile.width < 256] == [112, 112, 17, 1]


def test_a_published_log_is_read(vectors: Path) -> None:
    folder = vectors / "tessera-testdata" / "testdata" / "log"
    entries = unbundle((folder / Tile(BUNDLES, 0, 15).path).read_bytes())
    leaves = [hashlib.sha256(b"\x00" + each).digest() for each in entries]
    assert len(leaves) == 15
    for size in range(1, 16):
        assert hashes((folder / Tile(0, 0, size).path).read_bytes()) == leaves[:size]
        head = (folder / f"checkpoint.{size}").read_text(encoding="utf-8").splitlines()
        assert (int(head[1]), base64.b64decode(head[2])) == (size, root(leaves[:size]))


@given(st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_step_by_step_the_same_tiles_are_made_as_at_once(batches: list[int]) -> None:
    at_once, by_steps = built(sum(batches)), built(*batches)
    assert at_once.items() <= by_steps.items()
    assert {tile for tile in by_steps if tile.width == 256} <= at_once.keys()


@given(st.integers(1, 2_000))
def test_the_root_is_folded_from_the_tiles(size: int) -> None:
    files = built(size)

    def hash_of(level: int, number: int) -> bytes:
        tile, first, count = place(level, number, size)
        return root(hashes(files[tile])[first : first + count])

    assert subtree((0, size), hash_of) == root(digest(str(number).encode()) for number in range(size))


@given(st.integers(1, 2**40), st.data())
def test_every_perfect_subtree_has_its_place_in_a_tile(size: int, data: st.DataObject) -> None:
    level = data.draw(st.integers(0, size.bit_length() - 1))
    number = data.draw(st.integers(0, (size >> level) - 1))
    tile, first, count = place(level, number, size)
    assert isinstance(tile.level, int)
    assert first + count <= tile.width <= 256
    assert (tile.number * 256 + first) << 8 * tile.level == number << level


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    assert unbundle(bundle(entries)) == entries


def test_an_entry_may_have_65535_bytes_and_no_more() -> None:
    assert unbundle(bundle([b"x" * 65_535])) == [b"x" * 65_535]
    with pytest.raises(BundleError):
        bundle([b"x" * 65_536])


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", b"\x00\x01ab", b"\xff\xff"])
def test_a_bundle_that_is_cut_off_is_refused(data: bytes) -> None:
    with pytest.raises(BundleError):
        unbundle(data)
    with pytest.raises(BundleError):
        hashes(b"x" * 33)
