"""A draft as a JSON document: what `read --json` prints and the API answers."""

from typing import Any

from commands.context.language import said
from intake.draft import Draft


def as_contract(draft: Draft) -> dict[str, Any]:
    """The document that `read --json` prints."""
    told = draft.model_dump(mode="json", exclude={"text", "spans"})
    for each, item in zip(told["items"], draft.items, strict=True):
        each["doubts"] = [said(doubt.template, doubt.values) for doubt in item.doubts]
    told["doubts"] = [said(doubt.template, doubt.values) for doubt in draft.doubts]
    return told
