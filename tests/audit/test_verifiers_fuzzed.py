"""Both verifiers have one grammar: on files mutated by whoever holds a log's key they agree, verdict and reason."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from audit.merkle.signed_notes import encoded
from audit.trails.canonical_json import canonical
from tests.audit import forging
from tests.audit.asking_verifiers import by_file, by_page, opened_page
from tests.audit.mutating import json_mutant, line_mutant, repacked, zip_mutant

TIMES = 900 if "PORUCHENIE_TORTURE" in os.environ else 60
"""Of each of seven kinds."""
KEYS = [str(forging.KEY.verifier)]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with opened_page() as opened:
        yield opened


def entries(fate: random.Random) -> bytes:
    """An entry that is mutated, and sealed so."""
    *before, last = forging.history(fate.choice([1, 3]))
    bodies = [*before, json_mutant(last, fate)]
    return forging.receipt(bodies) if fate.random() < 0.7 else forging.exported([bodies[-1], *before][::-1])


def carried(fate: random.Random) -> bytes:
    """The JSON that a receipt carries."""
    bodies = forging.history(3)
    told: Any = {"receipt": 1, "entries": list(map(encoded, bodies)), "disclosed": forging.shown()}
    return forging.receipt(bodies, json_mutant(canonical(told), fate))


def lines(fate: random.Random) -> bytes:
    """Lines of a receipt, its proof and its checkpoint."""
    return line_mutant(forging.receipt(forging.history(3)), fate)


def archives(fate: random.Random) -> bytes:
    """The structure of a ZIP file."""
    data = forging.exported(forging.history(3), streamed=fate.random() < 0.5)
    return zip_mutant(data, fate)


def others(fate: random.Random) -> bytes:
    """Archives as other programs write them."""
    told = forging.signed(forging.members(forging.history(3)), 3)
    return repacked(told if fate.random() < 0.5 else forging.unsigned(told), fate)


def manifests(fate: random.Random) -> bytes:
    """Manifests, signed as they are."""
    told = forging.signed(forging.members(forging.history(3)), 3)
    manifest = told["manifest"].split(b"\n")[1]
    match fate.randrange(3):
        case 0:
            return forging.packed(told | {"manifest": forging.note(json_mutant(manifest, fate))})
        case 1:
            return forging.packed(told | {"manifest": line_mutant(told["manifest"], fate)})
    earlier = forging.unsigned(told)
    return forging.packed(earlier | {"manifest.json": json_mutant(earlier["manifest.json"], fate)})


def contents(fate: random.Random) -> bytes:
    """Lines of an export, under a manifest that fits."""
    bodies = forging.history(3)
    name = fate.choice(["disclosures_jsonl", "entries_jsonl", "checkpoint"])
    data = forging.members(bodies)[name.replace("_", ".")]
    mutant = line_mutant(data, fate) if name == "checkpoint" or fate.random() < 0.4 else b"\n".join(
        json_mutant(line, fate) if line and fate.random() < 0.5 else line for line in data.split(b"\n")
    )  # fmt: skip
    told = forging.members(bodies, **{name: mutant})
    if fate.random() < 0.5 and name != "checkpoint":
        return forging.packed(forging.signed(told, 3))
    return forging.packed(forging.unsigned(told))


@pytest.mark.parametrize("kind", [entries, carried, lines, archives, others, manifests, contents])
def test_both_verifiers_agree_on_every_mutant(page: Page, kind: Callable[[random.Random], bytes]) -> None:
    fate = random.Random(f"8259 {kind.__name__}")
    mutants = [kind(fate) for _ in range(TIMES)]
    ours = [by_file(each, KEYS, [], None, forging.LETTER_HASH) for each in mutants]
    theirs = by_page(page, mutants, KEYS, [], None, forging.LETTER_HASH)
    for one, other, data in zip(ours, theirs, mutants, strict=True):
        assert one == other, data[:5000]
    reasons = Counter(each.get("why") for each in ours)
    assert reasons[None] < TIMES
    assert len(reasons) >= 2, reasons
