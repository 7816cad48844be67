"""Witness policy (C2SP tlog-policy files): logs, witnesses, and the quorum that makes a checkpoint valid."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Self

from audit.errors import LogError
from audit.merkle.signed_notes import COSIGNATURE, ED25519, KeyFormError, Verifier

NONE = "none"


class PolicyFormError(LogError):
    """A line that says nothing usable."""

    template = "line {line} of the witness policy can't be used: {text}"


@dataclass(frozen=True, slots=True)
class KnownWitness:
    """A log or a witness, with the address where it is spoken to."""

    name: str
    key: Verifier
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these must have cosigned."""

    needed: int
    members: tuple[str, ...]


@dataclass(slots=True)
class WitnessPolicy:
    """Without a file: no logs, no witnesses, nothing needed."""

    logs: list[KnownWitness] = field(default_factory=list)
    witnesses: dict[str, KnownWitness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises PolicyFormError."""
        policy = cls()
        quorums = 0
        for number, line in enumerate(text.split("\n"), 1):
            words = line.replace("\t", " ").split(" ")
            words = [word for word in words if word]
            if not words or words[0].startswith("#"):
                continue
            try:
                policy._take(words)
            except (ValueError, KeyFormError) as error:
                raise PolicyFormError(line=number, text=line.strip()) from error
            quorums += words[0] == "quorum"
        if quorums != 1:
            raise PolicyFormError(line=text.count("\n") + 1, text="quorum …")
        return policy

    def _take(self, words: list[str]) -> None:
        match words:
            case ["log", key, *url] if len(url) <= 1:
                self.logs.append(KnownWitness(key.partition("+")[0], self._key(key, ED25519), *url))
            case ["witness", name, key, *url] if len(url) <= 1 and self._new(name):
                self.witnesses[name] = KnownWitness(name, self._key(key, COSIGNATURE), *url)
            case ["group", name, needed, *members] if members and self._new(name):
                self.groups[name] = Group(self._needed(needed, members), tuple(members))
            case ["quorum", name] if name == NONE or self._defined(name):
                self.quorum = name
            case _:
                raise ValueError(words)

    def _key(self, text: str, kind: int) -> Verifier:
        key = Verifier.parse(text)
        used = {each.key.public for each in (*self.logs, *self.witnesses.values()) if each.key.kind == kind}
        if key.kind != kind or key.public in used:
            raise ValueError(text)
        return key

    def _needed(self, text: str, members: list[str]) -> int:
        used = [member for group in self.groups.values() for member in group.members]
        if not all(map(self._defined, members)) or len({*members, *used}) < len(members) + len(used):
            raise ValueError(members)
        needed = {"all": len(members), "any": 1}.get(text) or int(text)
        if not 1 <= needed <= len(members):
            raise ValueError(text)
        return needed

    def _defined(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def _new(self, name: str) -> bool:
        return name != NONE and not self._defined(name)

    def met(self, cosigners: Collection[Verifier]) -> bool:
        """Whether these keys are enough."""
        return self.quorum == NONE or self._witnessed(self.quorum, cosigners)

    def _witnessed(self, name: str, cosigners: Collection[Verifier]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name].key in cosigners
        group = self.groups[name]
        return sum(self._witnessed(each, cosigners) for each in group.members) >= group.needed
