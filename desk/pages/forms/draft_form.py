"""Correcting a draft in the browser: one item at a time; what is corrected so far travels with the form."""

from dataclasses import dataclass
from typing import Annotated, get_args

from fastapi import Depends, Form
from pydantic import TypeAdapter, ValidationError

from desk.request.refusals import CorrectionsLostError, KnownItemError
from intake.correction import Correction, corrected
from intake.draft import Draft, Modality

SEND, LOOK, EDIT = "send", "look", "edit"
MODALITIES: tuple[Modality, ...] = get_args(Modality)
_ALL = TypeAdapter(tuple[Correction, ...])
_LONGEST = 200_000
Line = Annotated[str, Form(max_length=2_000)]
Words = Annotated[str, Form(max_length=20_000)]


@dataclass(frozen=True, slots=True)
class Editing:
    """Corrections so far, and what is asked: to `send`, to `look` again, to `edit`, `take`, `drop` or `undo` an item.

    `typed`: what the fields of an item held, if they were open; `fresh`: of one that was not read.
    """

    corrections: tuple[Correction, ...] = ()
    step: str = SEND
    number: str = ""
    typed: Correction | None = None
    fresh: bool = False

    @property
    def changes(self) -> bool:
        """Whether it leads to other corrections: whatever is typed is taken over, but by who only looks."""
        return self.step not in {SEND, LOOK} or (self.typed is not None and self.step != LOOK)

    def corrected(self, draft: Draft) -> tuple[Correction, ...]:
        """The corrections after this step; `draft` as it was read. Raises what `corrected` does, KnownItemError."""
        now = {each.number: each for each in self.corrections}
        if self.typed is not None and self.step != LOOK:
            if self.fresh and any(
                item.number == self.typed.number for item in corrected(draft, self.corrections).items
            ):
                raise KnownItemError(number=self.typed.number)
            now[self.typed.number] = _difference(draft, self.typed)
        if self.step == "drop":
            now[self.number] = Correction(number=self.number, dropped=True)
        if self.step == "undo":
            now.pop(self.number, None)
        return tuple(each for each in now.values() if each != Correction(number=each.number))


AS_READ = Editing()


def stored(corrections: tuple[Correction, ...]) -> str:
    """As the form carries them."""
    return _ALL.dump_json(corrections).decode()


def edited(draft: Draft, editing: Editing) -> Correction | None:
    """The fields of an item, if they are open: what was typed and not taken, or what the draft says."""
    if editing.step == EDIT and editing.typed is None:
        return _of(draft, editing.number)
    return editing.typed if editing.step != LOOK else None


def _of(draft: Draft, number: str) -> Correction:
    for item in draft.items:
        if item.number == number:
            words = item.deadline.literal or ""
            return Correction(
                number=item.number,
                text=item.text,
                addressees=item.addressees,
                modality=item.modality,
                deadline=words,
            )
    return Correction(number="", text="", addressees=(), modality="order", deadline="")


def _difference(draft: Draft, typed: Correction) -> Correction:
    """Only what differs from what was read."""
    item = next((each for each in draft.items if each.number == typed.number), None)
    if item is None:
        return typed
    read = {
        "text": item.text,
        "addressees": item.addressees,
        "modality": item.modality,
        "deadline": item.deadline.literal or "",
    }
    return typed.model_copy(update={name: None for name, value in read.items() if getattr(typed, name) == value})


def _typed(
    open_: Annotated[str, Form(alias="open", max_length=10)] = "",
    edited: Line = "",
    text: Words = "",
    whom: Words = "",
    kind: Line = "",
    due: Line = "",
) -> tuple[Correction | None, bool]:
    if not open_:
        return None, False
    modality = next((each for each in MODALITIES if each == kind), None)
    addressees = tuple(plain for line in whom.splitlines() if (plain := " ".join(line.split())))
    words, deadline = " ".join(text.split()), " ".join(due.split())
    said = Correction(number=edited.strip(), text=words, addressees=addressees, modality=modality, deadline=deadline)
    return said, open_ == "fresh"


def editing(
    said: Annotated[tuple[Correction | None, bool], Depends(_typed)],
    corrections: Annotated[str, Form(max_length=_LONGEST)] = "[]",
    step: Line = SEND,
) -> Editing:
    """The content of a form. Raises CorrectionsLostError."""
    name, _, number = step.partition(":")
    try:
        return Editing(_ALL.validate_json(corrections), name, number, *said)
    except ValidationError as error:
        raise CorrectionsLostError from error
