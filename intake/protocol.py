"""From the bytes of a protocol to its draft."""

from intake import decisions, doubts, file_text, heading, items, lines, sections
from intake.draft import Doubt, Draft
from states.refusal import InvalidError

MOST_DECISIONS = 2_000


class NotAProtocolError(InvalidError):
    """The text has no decisions."""

    template = (
        "No decisions were found in the file {filename}: a protocol has numbered items"
        " after the word РЕШИЛИ, ПОСТАНОВИЛИ or ПОРУЧИТЬ. Check that this is the right file."
    )


class ManyDecisionsError(InvalidError):
    """The text has more decisions than any protocol."""

    template = (
        "The file {filename} seems to hold more than {limit} decisions, more than any protocol."
        " Check that this is the right file."
    )


def read(data: bytes, filename: str) -> Draft:
    """Read a protocol from the bytes of a TXT, DOCX or PDF file; `filename` names it in refusals.

    Raises what `document.text_of` and `read_text` raise, all of it RefusedError.
    """
    return read_text(file_text.text_of(data, filename), filename)


def read_text(text: str, filename: str) -> Draft:
    """Read a text whose blank lines separate paragraphs and whose tabs separate the cells of table rows.

    Raises ManyDecisionsError over `MOST_DECISIONS`, NotAProtocolError where no decision is found.
    """
    text = lines.tidy(text)
    parts = sections.divide(lines.split(text))
    head = heading.read(parts.heading)
    date = head.date.on_or_after(None) if head.date else None
    decided = decisions.read(parts.decisions)
    if len(decided) > MOST_DECISIONS:
        raise ManyDecisionsError(filename=filename, limit=MOST_DECISIONS)
    found = items.assemble(decided, date)
    if not found:
        raise NotAProtocolError(filename=filename)
    if parts.place:
        head.spans["signatory"] = parts.place
    return Draft(
        number=head.number,
        date=date,
        time=head.time,
        title=head.title,
        place=head.place,
        body=head.body,
        signatory=parts.signatory,
        items=tuple(found),
        doubts=tuple(_doubts(number=not head.number, date=not date, signatory=not parts.signatory)),
        spans=head.spans,
        text=text,
    )


def _doubts(*, number: bool, date: bool, signatory: bool) -> list[Doubt]:
    """The doubts about what the whole document lacks."""
    missing = ((number, doubts.number_missing), (date, doubts.date_missing), (signatory, doubts.signatory_missing))
    return [doubt() for is_missing, doubt in missing if is_missing]
