"""From decisions as read to the items of a draft: what a group's head gives to those under it."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake import deadlines, doubts, lemmas
from intake.addressees import TOKEN, Head, names, read_head
from intake.decisions import Decision, Says
from intake.deliverables import linked
from intake.draft import Deadline, Doubt, DraftItem, Modality
from intake.lines import cover, join

TOPIC = re.compile(r"(?:об?о?|по\s+вопросу)\s", re.IGNORECASE)
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
NO_DEADLINE = Deadline(kind="none")


@dataclass(slots=True)
class _Reading:
    """A decision with its words understood, before its neighbours are asked for what it lacks."""

    decision: Decision
    words: str
    head: Head
    deadline: Deadline
    doubts: list[Doubt]
    parent: "_Reading | None" = None

    @property
    def is_group(self) -> bool:
        """Only heads those under it, and orders nothing itself."""
        has_order = self.head.rest and not TOPIC.match(self.words) and not self.words.endswith(":")
        return self.decision.children > 0 and (self.decision.is_section or not has_order)

    @property
    def addressees(self) -> tuple[str, ...]:
        """Those the decision names itself, in its head or after «Ответственные:»."""
        labelled = names(join(self.decision.said.get(Says.RESPONSIBLE, ())))
        return self.head.addressees or labelled

    @property
    def modality(self) -> Modality:
        """Its own, or that of the group where it is a plain order."""
        inherited = self.parent.modality if self.parent and self.parent.is_group else "order"
        return self.head.modality if self.head.modality != "order" else inherited

    def named(self) -> "_Reading | None":
        """The nearest of itself and the heads above that names addressees."""
        if self.addressees or not self.parent:
            return self if self.addressees else None
        return self.parent.named()


def assemble(decisions: Sequence[Decision], meeting: dt.date | None) -> list[DraftItem]:
    """The items in order; heads of groups are not items, but give addressees, modality and deadline."""
    readings = _link([_understand(decision, meeting) for decision in decisions])
    found = [reading for reading in readings if not reading.is_group and reading.words]
    _inherit(found)
    return linked([_item(reading, before, meeting) for before, reading in zip([None, *found], found, strict=False)])


def _understand(decision: Decision, meeting: dt.date | None) -> _Reading:
    words = join(decision.said[Says.WORDS])
    head = read_head(words)
    labelled = join(decision.said.get(Says.DEADLINE, ()))
    reading = deadlines.read(labelled, meeting) if labelled else None
    reading = reading or deadlines.find(decision.number, words, meeting) or (NO_DEADLINE, ())
    return _Reading(decision, words, head, reading[0], list(reading[1]))


def _link(readings: list[_Reading]) -> list[_Reading]:
    by_decision = {id(reading.decision): reading for reading in readings}
    for reading in readings:
        reading.parent = by_decision.get(id(reading.decision.parent))
    return readings


def _inherit(found: Sequence[_Reading]) -> None:
    """Give those without a deadline the group's own, else the next one written below within the group."""
    below: dict[int, _Reading] = {}
    for reading in reversed(found):
        group = reading.parent
        if group is None or not group.is_group or reading.head.modality == "inform":
            continue
        if Says.DEADLINE in reading.decision.said:
            below[id(group)] = reading
        if reading.deadline.kind != "none":
            continue
        if group.deadline.kind != "none":
            reading.deadline = _taken(group)
        elif id(group) in below and group.addressees and not reading.addressees:
            source = below[id(group)]
            reading.deadline = _taken(source)
            literal = source.deadline.literal or ""
            reading.doubts.append(doubts.deadline_inherited(reading.decision.number, source.decision.number, literal))


def _taken(source: _Reading) -> Deadline:
    taken = {"kind": "inherited", "inherited_from": source.decision.number, "inherited_kind": source.deadline.kind}
    return source.deadline.model_copy(update=taken)


def _item(reading: _Reading, before: _Reading | None, meeting: dt.date | None) -> DraftItem:
    decision = reading.decision
    named = reading.named()
    text, carried = _completed(reading, before)
    return DraftItem(
        number=decision.number,
        text=text,
        addressees=named.addressees if named else (),
        co_executors=_others(reading) or (_others(named) if named else ()),
        modality=reading.modality,
        deadline=reading.deadline,
        contacts=tuple(dict.fromkeys(EMAIL.findall(reading.words))),
        form_columns=decision.columns,
        span=cover(decision.lines),
        doubts=(*reading.doubts, *carried, *_lacks(reading, meeting)),
    )


def _others(reading: _Reading) -> tuple[str, ...]:
    return reading.head.co_executors + names(join(reading.decision.said.get(Says.OTHERS, ())))


def _completed(reading: _Reading, before: _Reading | None) -> tuple[str, tuple[Doubt, ...]]:
    """The text of an item that can stand alone: without a verb it takes that of the item before it."""
    text, number = reading.head.rest or reading.words, reading.decision.number
    if reading.modality == "inform" or _verb(text):
        return text, ()
    sibling = before if before and before.parent is reading.parent and reading.parent else None
    verb = _verb(sibling.words) if sibling else None
    if sibling is None or verb is None:
        return text, (doubts.verb_missing(number),)
    return f"{verb} {text}", (doubts.verb_carried(number, verb, sibling.decision.number),)


def _verb(text: str) -> str | None:
    return next((word for word in TOKEN.findall(text) if lemmas.is_infinitive(word)), None)


def _lacks(reading: _Reading, meeting: dt.date | None) -> Iterator[Doubt]:
    decision, deadline = reading.decision, reading.deadline
    if not decision.is_numbered:
        yield doubts.item_unnumbered(decision.number)
    if decision.is_unexpected:
        previous = decision.previous
        yield (
            doubts.number_unexpected(decision.number, previous) if previous else doubts.number_first(decision.number)
        )
    if reading.modality == "inform":
        return
    if not reading.named():
        yield doubts.addressee_missing(decision.number)
    if deadline.kind == "none":
        yield doubts.deadline_missing(decision.number)
    if deadline.date and meeting and deadline.date < meeting:
        yield doubts.deadline_past(decision.number, deadline.date, meeting)
