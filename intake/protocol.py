"""From the bytes of a protocol to its draft."""

from intake import decisions, document, doubts, heading, items, lines, sections
from intake.draft import Doubt, Draft
from states.refusal import RefusedError

LONGEST = 1_000_000


class NotAProtocolError(RefusedError):
    """The text has no decisions."""

    template = (
        "No decisions were found in the file {filename}: a protocol has numbered items"
        " after the word РЕШИЛИ, ПОСТАНОВИЛИ or ПОРУЧИТЬ. Check that this is the right file."
    )


class LongTextError(RefusedError):
    """The text is longer than any protocol."""

    template = (
        "The file {filename} holds more than {limit} characters of text, more than any protocol."
        " Give the protocol alone, without its annexes."
    )


def read(data: bytes, filename: str) -> Draft:
    """Read a protocol from the bytes of a TXT, DOCX or PDF file; `filename` names it in refusals.

    Raises what `document.text_of` and `read_text` raise, all of it RefusedError.
    """
    return read_text(document.text_of(data, filename), filename)


def read_text(text: str, filename: str) -> Draft:
    """Read a text whose blank lines separate paragraphs and whose tabs separate the cells of table rows.

    Raises LongTextError over `LONGEST` characters, NotAProtocolError where no decision is found.
    """
    if len(text) > LONGEST:
        raise LongTextError(filename=filename, limit=LONGEST)
    text = lines.tidy(text)
    parts = sections.divide(lines.split(text))
    head = heading.read(parts.heading)
    date = head.date.on_or_after(None) if head.date else None
    found = items.assemble(decisions.read(parts.decisions), date)
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
        doubts=tuple(_doubts(head.number is None, date is None, parts.signatory is None)),
        spans=head.spans,
        text=text,
    )


def _doubts(number: bool, date: bool, signatory: bool) -> list[Doubt]:  # noqa: FBT001 - what is missing
    missing = ((number, doubts.number_missing), (date, doubts.date_missing), (signatory, doubts.signatory_missing))
    return [doubt() for is_missing, doubt in missing if is_missing]
