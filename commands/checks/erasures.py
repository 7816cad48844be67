"""Erasures: each names the commitments of what it destroyed; of evidence and reasons, two persons decided."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from audit.trails.canonical_json import CanonicalError
from audit.trails.entries import read
from audit.trails.tables import entries
from audit.trails.verify import Fault
from commands.checks.people import People
from commands.checks.read_entry import ReadEntry
from states.actions import Action
from states.lifecycle import Role
from states.refusal import N_
from states.rights import erased_by_two
from states.subjects import Kind

NEVER_SAID = N_("destroys a text “{field}” that entry {seq} of {trail} never committed to")
ALONE = N_("destroys “{field}” of entry {seq} of {trail}, which takes two persons, on nobody else's request")
NO_REQUEST = N_("is to carry out the request of entry {asked}, which asks for something else or is by the same person")
NOT_LEADER = N_("a leader carries it out, though there was a second controller")


class Erasures:
    """Judges erasures by the entries that they name."""

    def __init__(self, connection: Connection, people: People) -> None:
        self._connection, self._people = connection, people

    def judge(self, entry: ReadEntry) -> Iterator[Fault]:
        """Raises KeyError, TypeError for one that tells of it in a strange way."""
        if entry.kind != Kind.LOG or entry.action != Action.ERASE:
            return
        facts = entry.content["facts"]
        request = self._content("log:1", facts["asked"]) if "asked" in facts else None
        for each in facts["erased"]:
            named = self._content(each["trail"], each["seq"])
            place = {"field": each["field"], "seq": each["seq"], "trail": each["trail"]}
            if named is None or named["fields"].get(each["field"]) != each["digest"]:
                yield entry.fault(NEVER_SAID, **place)
            elif entry.edge.sets is not None and request is None and erased_by_two(named["action"], each["field"]):
                yield entry.fault(ALONE, **place)
        if "asked" in facts and (request is None or not self._answers(entry, request)):
            yield entry.fault(NO_REQUEST, asked=facts["asked"])
        elif entry.content["role"] == Role.LEADER and (request is None or self._second_controller(entry, request)):
            yield entry.fault(NOT_LEADER)

    def _content(self, trail: object, seq: object) -> dict[str, Any] | None:
        here = (entries.c.trail == trail) & (entries.c.seq == seq)
        body = self._connection.scalar(select(entries.c.body).where(here)) if isinstance(seq, int) else None
        try:
            return None if body is None else read(body)
        except (CanonicalError, AttributeError, TypeError):
            return None

    def _answers(self, entry: ReadEntry, request: Mapping[str, Any]) -> bool:
        """Whether the request came before, from another person, for just this."""
        persons = _persons(request) & _persons(entry.content)
        before = request["seq"] < entry.content["seq"] and request["action"] == Action.ASK_ERASURE
        return before and not persons and request["facts"].get("texts") == entry.content["facts"]["erased"]

    def _second_controller(self, entry: ReadEntry, request: Mapping[str, Any]) -> bool:
        return bool(self._people.persons(Role.CONTROLLER, entry.at) - _persons(request))


def _persons(content: Mapping[str, Any]) -> set[int]:
    return {content["person"], content.get("for_person", content["person"])}
