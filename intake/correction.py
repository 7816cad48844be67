"""Corrections by a person: an item corrected, left out, or added from words of the source."""

import datetime as dt
import re
from collections.abc import Sequence

from intake import deadlines
from intake.deliverables import linked
from intake.draft import Deadline, Doubt, Draft, DraftItem, Modality, Span, Value
from states.refusal import InvalidError

_ABOUT = {"deadline": "deadline-", "addressees": "addressee-", "text": "verb-"}
_HYPHENATED = r"(?:-\s*\n\s*)?"
_PLAIN = DraftItem(
    number="",
    text="",
    addressees=(),
    co_executors=(),
    modality="order",
    deadline=Deadline(kind="none"),
    contacts=(),
    form_columns=None,
    span=(0, 0),
    doubts=(),
)


class Correction(Value):
    """Of the item `number`; what is None stays as it was read.

    `text` is words of the source: with them an item that the reader missed is added. `deadline` is in words, too, read
    by the same grammar; "" sets none. `dropped`: it is no decision.
    """

    number: str
    text: str | None = None
    addressees: tuple[str, ...] | None = None
    modality: Modality | None = None
    deadline: str | None = None
    dropped: bool = False


class UnknownItemError(InvalidError):
    """A correction of an item that was not read."""

    template = "The draft has no item {number}. To add one, give its words as they stand in the document."


class NotInSourceError(InvalidError):
    """Words that the document does not have."""

    template = (
        "The words of item {number} do not stand in the document: «{text}». Copy them from there; a protocol under "
        "control orders nothing that its document does not."
    )


class NothingLeftError(InvalidError):
    """All items are left out."""

    template = "All items of the draft are left out: leave at least one in."


class SameNumberError(InvalidError):
    """Several items that the document numbers alike."""

    template = (
        "The document gives {count} items the number {number}, so it is not clear which one is meant. Leave them out, "
        "and add each from its words under a number of its own."
    )


class NumberMissingError(InvalidError):
    """An item without a number."""

    template = "Give the number of the item, such as 3.1."


def corrected(draft: Draft, corrections: Sequence[Correction], meeting: dt.date | None = None) -> Draft:
    """The draft as corrected; `meeting` is its date where the document gives none.

    Raises UnknownItemError, SameNumberError, NotInSourceError, NumberMissingError, NothingLeftError.
    """
    items = list(draft.items)
    for each in corrections:
        if not each.number.strip():
            raise NumberMissingError
        if each.dropped:
            items = [item for item in items if item.number != each.number]
            continue
        items = _hand_down(_with(draft, items, each, draft.date or meeting), each)
    if not items:
        raise NothingLeftError
    in_order = sorted(items, key=lambda item: item.span)
    return draft.model_copy(update={"items": tuple(linked(in_order))}) if corrections else draft


def _with(draft: Draft, items: Sequence[DraftItem], said: Correction, meeting: dt.date | None) -> list[DraftItem]:
    """The items with one of them corrected, or added. Raises SameNumberError."""
    places = [at for at, item in enumerate(items) if item.number == said.number]
    if len(places) > 1:
        raise SameNumberError(number=said.number, count=len(places))
    at = places[0] if places else len(items)
    made = _corrected(draft, items[at] if places else None, said, meeting)
    return [*items[:at], made, *items[at + 1 :]]


def _corrected(draft: Draft, item: DraftItem | None, said: Correction, meeting: dt.date | None) -> DraftItem:
    if item is None and said.text is None:
        raise UnknownItemError(number=said.number)
    item = item or _PLAIN.model_copy(update={"number": said.number})
    new: dict[str, object] = {}
    doubts = [doubt for doubt in item.doubts if not _answered(doubt, said)]
    if said.text is not None and said.text != (item.text or None):
        new["text"], new["span"] = said.text, _place(draft, said)
    if said.addressees is not None:
        new["addressees"] = said.addressees
    if said.modality is not None:
        new["modality"] = said.modality
    if said.deadline is not None:
        read, doubtful = deadlines.read(said.deadline, meeting) if said.deadline else (Deadline(kind="none"), ())
        new["deadline"] = read
        doubts += doubtful
    return item.model_copy(update={**new, "doubts": tuple(doubts)})


def _answered(doubt: Doubt, said: Correction) -> bool:
    return any(getattr(said, name) is not None and doubt.code.startswith(begin) for name, begin in _ABOUT.items())


def _place(draft: Draft, said: Correction) -> Span:
    """The place of the words in the document, however it breaks its lines. Raises NotInSourceError."""
    words = [_HYPHENATED.join(map(re.escape, word)) for word in (said.text or "").split()]
    found = re.search(r"\s+".join(words), draft.text) if words else None
    if found is None:
        raise NotInSourceError(number=said.number, text=said.text or "")
    return found.span()


def _hand_down(items: list[DraftItem], said: Correction) -> list[DraftItem]:
    """Those that inherit a deadline from a corrected item inherit the corrected one."""
    if said.deadline is None:
        return items
    source = next(item.deadline for item in items if item.number == said.number)
    taken = {"kind": "inherited", "inherited_from": said.number, "inherited_kind": source.kind}
    inherited = source.model_copy(update=taken) if source.kind != "none" else source
    return [
        item.model_copy(update={"deadline": inherited})
        if item.deadline.inherited_from == said.number and item.number != said.number
        else item
        for item in items
    ]
