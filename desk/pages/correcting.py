"""Correcting a draft in the browser: one item at a time; what is corrected so far travels with the form."""

from dataclasses import dataclass
from typing import Annotated, get_args

from fastapi import Depends, Form
from pydantic import TypeAdapter, ValidationError

from desk.access import CorrectionsLostError
from intake import Correction, Draft
from intake.draft import Modality

SEND, EDIT, TAKE, DROP, UNDO = "send", "edit", "take", "drop", "undo"
MODALITIES: tuple[Modality, ...] = get_args(Modality)
_ALL = TypeAdapter(tuple[Correction, ...])
_LONGEST = 200_000
Line = Annotated[str, Form(max_length=2_000)]
Words = Annotated[str, Form(max_length=20_000)]


@dataclass(frozen=True, slots=True)
class Editing:
    """Corrections so far, and what is asked of item `number` (empty: a new one)."""

    corrections: tuple[Correction, ...] = ()
    step: str = SEND
    number: str = ""
    typed: Correction | None = None

    def corrected(self, draft: Draft) -> tuple[Correction, ...]:
        """The corrections after this step; `draft` as it was read."""
        others = tuple(each for each in self.corrections if each.number != self.number)
        match self.step, self.typed:
            case "take", Correction() as typed:
                return (*others, _difference(draft, typed))
            case "drop", _:
                return (*others, Correction(number=self.number, dropped=True))
            case "undo", _:
                return others
        return self.corrections


AS_READ = Editing()


def stored(corrections: tuple[Correction, ...]) -> str:
    """As the form carries them."""
    return _ALL.dump_json(corrections).decode()


def edited(draft: Draft, editing: Editing) -> Correction | None:
    """What the fields of the item that is being edited hold, if one is: what was typed, or what the draft says."""
    if editing.step == TAKE:
        return editing.typed
    if editing.step != EDIT:
        return None
    for item in draft.items:
        if item.number == editing.number:
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


def _typed(edited: Line = "", text: Words = "", whom: Line = "", kind: Line = "", due: Line = "") -> Correction:
    modality = next((each for each in MODALITIES if each == kind), None)
    addressees = tuple(plain for line in whom.splitlines() if (plain := " ".join(line.split())))
    words, deadline = " ".join(text.split()), " ".join(due.split())
    return Correction(number=edited.strip(), text=words, addressees=addressees, modality=modality, deadline=deadline)


def editing(
    typed: Annotated[Correction, Depends(_typed)],
    corrections: Annotated[str, Form(max_length=_LONGEST)] = "[]",
    step: Line = SEND,
) -> Editing:
    """What a form brought. Raises CorrectionsLostError."""
    name, _, number = step.partition(":")
    try:
        return Editing(_ALL.validate_json(corrections), name, typed.number if name == TAKE else number, typed)
    except ValidationError as error:
        raise CorrectionsLostError from error
