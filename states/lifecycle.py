"""A lifecycle is a tuple of edges; its machine, buttons, constraints, diagram and hash are derived from it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from transitions import Machine, MachineError

from states.refusal import ConflictError, ForbiddenError, InvalidError, Word

NEW = "new"
"""The source of the edge that begins a trail. No row is ever stored in it."""


class Role(StrEnum):
    """The role of whoever acts. The wording of each is in the glossary."""

    REGISTRAR = "registrar"
    EXECUTOR = "executor"
    REVIEWER = "reviewer"
    CONTROLLER = "controller"
    LEADER = "leader"
    ADMIN = "admin"
    SYSTEM = "system"


class Need(StrEnum):
    """The needs of an action beyond state and role, which its command must meet."""

    REASON = "reason"  # a note that says why
    BASIS = "basis"  # a note that says whose decision it rests on
    TEXT = "text"  # a note, the point of the action
    REPORT = "report"  # a note or at least one file
    DUE = "due"  # a date
    TARGET = "target"  # a person or an organisation
    SEPARATION = "separation"  # another person than those who acted before


class WrongStateError(ConflictError):
    """The action does not start from the present state."""

    template = "“{action}” is not possible while the state is “{state}”; possible now: {possible}."


class WrongRoleError(ForbiddenError):
    """The role may not take the action, whatever the state."""

    template = "The role “{role}” may not take the action “{action}”; it is for: {roles}."


class UnknownActionError(InvalidError):
    """No edge bears that name."""

    template = "There is no action “{action}”. Actions: {actions}."


@dataclass(frozen=True, slots=True)
class Presentation:
    """The presentation of an action: its words (English, translated where they are shown), and what a page must know
    of it. No entry rests on any of this.
    """

    label: Word  # on its button: “Submit the report”
    done: Word  # once it is done: “Report submitted”
    noun: Word  # in headings and lists: “Submission of the report”
    dangerous: bool = False  # to be confirmed on its own
    several: bool = False  # may be decided for several subjects at once
    by_mail: bool = False  # open to whoever came by a link from a letter
    day: Word | None = None  # the title of the date that its form asks for


@dataclass(frozen=True, slots=True)
class Edge:
    """One action: where from, where to (`None`: the state stays), for whom, what it demands, and what it may write.

    `sets` names columns of the subject's row and tables of attached rows; None: rules of before that was declared.
    """

    action: str  # of today's rules an Action; a log may name earlier rules, with words that are gone
    sources: tuple[str, ...]
    dest: str | None
    roles: tuple[Role, ...]
    needs: tuple[Need, ...] = ()
    sets: tuple[str, ...] | None = None
    shown: Presentation | None = field(default=None, compare=False)

    def moves(self) -> Iterator[tuple[str, str]]:
        """Every (source, destination) pair."""
        return ((source, self.dest or source) for source in self.sources)

    def declared(self) -> dict[str, Any]:
        """As JSON: the part of the rules that entries rest on."""
        told: dict[str, Any] = {
            "action": self.action,
            "from": list(self.sources),
            "needs": list(self.needs),
            "roles": list(self.roles),
            "to": self.dest,
        }
        return told if self.sets is None else told | {"sets": list(self.sets)}


@dataclass(slots=True)
class _Bearer:
    state: str


@dataclass(frozen=True)
class Lifecycle:
    """A named, versioned set of edges. Equal bytes mean equal rules: the hash stands in every audit entry."""

    name: str
    version: int
    edges: tuple[Edge, ...]

    @cached_property
    def states(self) -> tuple[str, ...]:
        """Every state a row may be stored in, in the order in which the edges name them."""
        return tuple(dict.fromkeys(dest for edge in self.edges for _, dest in edge.moves()))

    @cached_property
    def by_action(self) -> Mapping[str, Edge]:
        """Edges by action."""
        return {edge.action: edge for edge in self.edges}

    @cached_property
    def declared(self) -> bytes:
        """The rules as canonical JSON: what replay interprets years later, whatever today's code says."""
        content = {"name": self.name, "version": self.version, "edges": [each.declared() for each in self.edges]}
        return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    @cached_property
    def hash(self) -> bytes:
        """SHA-256 of `declared`."""
        return hashlib.sha256(self.declared).digest()

    @classmethod
    def parse(cls, declared: bytes) -> Self:
        """Read back what `declared` holds. Raises ValueError on anything else."""
        content = json.loads(declared)
        try:
            edges = tuple(
                Edge(
                    edge["action"],
                    tuple(edge["from"]),
                    edge["to"],
                    tuple(Role(role) for role in edge["roles"]),
                    tuple(Need(need) for need in edge["needs"]),
                    tuple(edge["sets"]) if "sets" in edge else None,
                )
                for edge in content["edges"]
            )
            read = cls(content["name"], content["version"], edges)
            same = read.declared == declared
        except (KeyError, TypeError) as error:
            raise ValueError(f"no lifecycle: {error!r}") from error
        if not same:
            raise ValueError("the bytes are not those that a lifecycle declares")
        return read

    @cached_property
    def _machine(self) -> Machine:
        # One shared machine without models: `add_model` for each row costs thirty times a trigger.
        # Plain strings: it would take an enum's members by their names.
        transitions: list[dict[str, Any]] = [
            {
                "trigger": edge.action,
                "source": [str(source) for source in edge.sources],
                "dest": edge.dest and str(edge.dest),
            }
            for edge in self.edges
        ]
        return Machine(
            model=None,
            states=[NEW, *map(str, self.states)],
            transitions=transitions,
            initial=NEW,
            auto_transitions=False,
        )

    def edge(self, action: str) -> Edge:
        """The edge of an action. Raises UnknownActionError."""
        if action not in self.by_action:
            raise UnknownActionError(action=action, actions=tuple(sorted(self.by_action)))
        return self.by_action[action]

    def permit(self, action: str, role: Role) -> Edge:
        """The edge of an action that a role may take. Raises UnknownActionError, WrongRoleError."""
        edge = self.edge(action)
        if role not in edge.roles:
            raise WrongRoleError(role=role, action=Word(action), roles=edge.roles)
        return edge

    def move(self, state: str, action: str, role: Role) -> str:
        """The state after `action`. Raises UnknownActionError, WrongRoleError, WrongStateError."""
        self.permit(action, role)
        bearer = _Bearer(str(state))  # a member of State would be taken by its name
        try:
            self._machine.events[action].trigger(bearer)
        except (MachineError, ValueError) as error:  # ValueError: there is no such state at all
            possible = self.permitted(state, role)
            raise WrongStateError(action=Word(action), state=Word(state), possible=possible) from error
        return bearer.state

    def permitted(self, state: str, role: Role) -> tuple[str, ...]:
        """Actions open to a role in a state, in declared order: the buttons of a page."""
        return tuple(edge.action for edge in self.edges if state in edge.sources and role in edge.roles)

    def legal(self) -> Iterator[tuple[str, str, str]]:
        """Every (action, source, destination): the rows of the table of legal edges."""
        return ((edge.action, *move) for edge in self.edges for move in edge.moves())
