"""Every doubt a reading can raise, as the sentence a person will see."""

import datetime as dt

from intake.draft import Doubt


def number_missing() -> Doubt:
    """The heading carries no number of the protocol's own."""
    return Doubt(
        code="number-missing",
        template="The protocol bears no number of its own: give it one, or leave it without.",
    )


def date_missing() -> Doubt:
    """No date was found in the heading."""
    return Doubt(
        code="date-missing",
        template="The heading gives no date of the meeting: enter the date.",
    )


def signatory_missing() -> Doubt:
    """No position with a name follows the decisions."""
    return Doubt(
        code="signatory-missing",
        template="No signature was found under the decisions: enter who signed the protocol.",
    )


def item_unnumbered(number: str) -> Doubt:
    """The paragraph was numbered by us."""
    return Doubt(
        code="item-unnumbered",
        template="The decision bears no number in the document and was given {number}: check it.",
        values={"number": number},
    )


def number_unexpected(number: str, previous: str) -> Doubt:
    """The numbering skips, repeats or goes back."""
    return Doubt(
        code="number-unexpected",
        template="Item {number} follows item {previous}: check that nothing is missing or repeated.",
        values={"number": number, "previous": previous},
    )


def number_first(number: str) -> Doubt:
    """The numbering does not begin with one."""
    return Doubt(
        code="number-unexpected",
        template="The decisions begin with item {number}: check that nothing before it is missing.",
        values={"number": number},
    )


def addressee_missing(number: str) -> Doubt:
    """Nobody is named for the item."""
    return Doubt(
        code="addressee-missing",
        template="Item {number} names nobody to carry it out: choose the addressee.",
        values={"number": number},
    )


def verb_carried(number: str, verb: str, source: str) -> Doubt:
    """The item has no verb; the previous item's was put before it."""
    return Doubt(
        code="verb-carried",
        template="Item {number} lacks its verb; «{verb}» is carried over from item {source}: check it.",
        values={"number": number, "verb": verb, "source": source},
    )


def verb_missing(number: str) -> Doubt:
    """The item has no verb and there is none to carry over."""
    return Doubt(
        code="verb-missing",
        template="Item {number} does not say what is to be done: complete its text.",
        values={"number": number},
    )


def deadline_missing(number: str) -> Doubt:
    """No deadline is written for the item or its group."""
    return Doubt(
        code="deadline-missing",
        template="Item {number} has no deadline: enter one, or the general term will apply.",
        values={"number": number},
    )


def deadline_inherited(number: str, source: str, literal: str) -> Doubt:
    """The deadline stands under a later item of the same group."""
    return Doubt(
        code="deadline-inherited",
        template="Item {number} has no deadline of its own; «{literal}» is taken from item {source}: check it.",
        values={"number": number, "source": source, "literal": literal},
    )


def deadline_past(number: str, deadline: dt.date, meeting: dt.date) -> Doubt:
    """The deadline lies before the meeting."""
    return Doubt(
        code="deadline-past",
        template="The deadline of item {number}, {deadline}, is earlier than the protocol, {meeting}: correct it.",
        values={"number": number, "deadline": deadline, "meeting": meeting},
    )


def year_inferred(literal: str, year: int) -> Doubt:
    """The words give no year; the first such day from the meeting on was taken."""
    return Doubt(
        code="deadline-year",
        template="The deadline «{literal}» gives no year; {year} is assumed: check it.",
        values={"literal": literal, "year": year},
    )


def year_unknown(literal: str) -> Doubt:
    """The words give no year and the protocol has no date to infer it from."""
    return Doubt(
        code="deadline-year",
        template="The deadline «{literal}» gives no year and the protocol has no date: enter the deadline.",
        values={"literal": literal},
    )


def deadline_unclear(literal: str) -> Doubt:
    """The words of the deadline fit no rule of the grammar."""
    return Doubt(
        code="deadline-unclear",
        template="The deadline «{literal}» was not understood and awaits its date: enter one if it is known.",
        values={"literal": literal},
    )


def deadline_several(literal: str, chosen: dt.date) -> Doubt:
    """The words name more than one day."""
    return Doubt(
        code="deadline-several",
        template="The deadline «{literal}» names several days; the first, {chosen}, was taken: check it.",
        values={"literal": literal, "chosen": chosen},
    )


def deadline_in_text(number: str, literal: str) -> Doubt:
    """The term was found inside the sentence and may speak of something else."""
    return Doubt(
        code="deadline-in-text",
        template="The deadline of item {number}, «{literal}», was found inside its text: check it.",
        values={"number": number, "literal": literal},
    )
