"""A receipt on paper: one A4 page of HTML with the history in words and a QR code of what proves it."""

from functools import cache

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined

from audit.merkle.receipts import Receipt
from audit.merkle.signed_notes import encoded
from audit.trails.entries import digest
from commands.context.language import counted, current, shown, tr
from commands.trails.trail import Line


@cache
def _page() -> Environment:
    made = Environment(loader=PackageLoader("desk"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.globals |= {"tr": tr, "shown": shown, "counted": counted}
    return made


def code_of(receipt: Receipt) -> str:
    """The text of the QR code: index, leaf hash, and the signed checkpoint."""
    leaf = encoded(digest(receipt.entries[-1]))
    return f"{receipt.proof.index}\n{leaf}\n\n{receipt.proof.checkpoint.decode()}"


def paper(receipt: Receipt, lines: list[Line], keys: list[str]) -> str:
    """The page, in the language in use. `lines` are those of the receipt's trail."""
    code = segno.make(code_of(receipt), error="m", micro=False)
    told = [line for line in lines if line.seq <= receipt.seq and (len(receipt.entries) > 1 or line.seq == receipt.seq)]
    picture = code.svg_inline(scale=2, border=2, omitsize=True)
    return (
        _page()
        .get_template("receipt.html")
        .render(receipt=receipt, lines=told, keys=keys, picture=picture, language=current(), hash_of=digest)
    )
