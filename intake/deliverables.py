"""Which decisions ask for a plan or a program, and how one decision's document leads to another's."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from intake import lemmas
from intake.draft import Deliverable, DraftItem

NAMED = re.compile(r"\b(?:план|программ)", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|[,;]")
KINDS: dict[str, Deliverable] = {"программа": "program", "план": "plan"}
MADE = frozenset({"разработать", "составить", "подготовить", "утвердить", "принять", "создать", "написать"})
SENT = frozenset({"направить", "прислать", "представить", "передать", "предоставить", "выслать", "сдать"})
HELD = frozenset({"провести", "организовать", "осуществить", "выполнить"})
RESTS_ON = re.compile(
    r"\b(?:по\s+(?:результат|итог|вывод)\w*|на\s+основ\w+|опираясь\s+на|с\s+уч[её]том|исходя\s+из)\s(?P<what>[^,.;]{1,120})",
    re.IGNORECASE,
)
JOINS = frozenset({"и", "а", "также", ","})


def deliverable(text: str) -> Deliverable | None:
    """The document that a decision orders: the direct object of its verb, a program rather than a plan."""
    found = {kind for kind, verbs in _objects(text) if verbs & (MADE | SENT)}
    return "program" if "program" in found else next(iter(found), None)


def linked(items: Sequence[DraftItem]) -> list[DraftItem]:
    """The items with `deliverable`, `follows` and `builds_on` told, each looking back at items for the same people."""
    done: list[DraftItem] = []
    for item in items:
        asked = deliverable(item.text) if item.modality != "inform" and NAMED.search(item.text) else None
        before = [each for each in done if each.addressees == item.addressees] if asked else []
        links = {
            "deliverable": asked,
            "follows": _followed(item, asked, before),
            "builds_on": _ground(item, asked, before),
        }
        done.append(item.model_copy(update=links))
    return done


def _followed(item: DraftItem, asked: Deliverable | None, before: Sequence[DraftItem]) -> str | None:
    """The latest item that orders to make what this one only sends on."""
    if asked is None or _verbs(item.text) & MADE:
        return None
    makers = (each.number for each in reversed(before) if each.deliverable == asked and _verbs(each.text) & MADE)
    return next(makers, None)


def _ground(item: DraftItem, asked: Deliverable | None, before: Sequence[DraftItem]) -> str | None:
    """The latest item that orders to hold what this one's document is to rest on («по результатам мониторинга»)."""
    rests = asked and RESTS_ON.search(item.text)
    if not rests:
        return None
    nouns = {form for word in WORD.findall(rests["what"]) if lemmas.is_noun(word) for form in lemmas.lemmas(word)}
    held = (each for each in reversed(before) if _verbs(each.text) & HELD)
    return next((each.number for each in held if nouns & _held(each.text)), None)


def _held(text: str) -> set[str]:
    """The nouns of a decision's first clause: what it orders to hold."""
    clause = takewhile(lambda word: word not in {",", ";"}, WORD.findall(text))
    return {form for word in clause if lemmas.is_noun(word) for form in lemmas.lemmas(word)}


def _verbs(text: str) -> frozenset[str]:
    """The verbs that the decision orders by, as infinitives."""
    return frozenset(word.lower() for word in WORD.findall(text) if lemmas.is_infinitive(word))


def _objects(text: str) -> Iterator[tuple[Deliverable, frozenset[str]]]:
    """Plans and programs that stand as a direct object, each with all the verbs of the decision."""
    words = WORD.findall(text)
    verbs = _verbs(text)
    for at, word in enumerate(words):
        kind = next((KINDS[form] for form in lemmas.lemmas(word) if form in KINDS), None)
        cases = lemmas.cases(word)
        if kind and "accs" in cases and _is_direct(words[:at], certain="gent" not in cases):
            yield kind, verbs


def _is_direct(before: Sequence[str], *, certain: bool) -> bool:
    """Whether what stands before a noun, less its attributes and its like («планы и»), is a verb or nothing.

    After another noun it is an object only if its form is certain: «прислать в отдел программу», but «программы» may
    be a genitive («выполнение программы»).
    """
    left = [word.lower() for word in before]
    while left and (lemmas.is_attribute(left[-1]) or left[-1] in JOINS or lemmas.lemmas(left[-1]) & KINDS.keys()):
        left.pop()
    if not left or lemmas.is_infinitive(left[-1]):
        return True
    return certain and "PREP" not in lemmas.speech(left[-1]) and any(map(lemmas.is_infinitive, left))
