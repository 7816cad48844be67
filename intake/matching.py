"""Which group an addressee phrase means: by its words in any case and number, never by likeness.

Two phrases mean the same people only if they have the same words, in the same order or another.
The threshold is a full match on purpose: every word more («включенных в список…», «не», «городских») narrows
the circle of people, so that 0.9 of the words in common still are other people. Only words that carry no
meaning of their own, `FILLERS`, may differ. What is not matched a person maps once.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from intake import lemmas
from intake.addressees import PERSON

WORD = re.compile(r"\w+")
PERSON_IN_BRACKETS = re.compile(rf"\([^()]*{PERSON.pattern}[^()]*\)")
FILLERS = frozenset({"весь", "все", "в", "во", "на", "и", "а", "также", "указанный"})
Words = tuple[frozenset[str], ...]


def best_match(phrase: str, groups: Mapping[str, Sequence[str]]) -> str | None:
    """The name of the one group that a phrase means; `groups` maps names to aliases.

    A group whose name or alias has the same words in the same order comes first, then one with the same words
    in another order, fillers aside. None if no group fits, or several do equally.
    """
    for meaning in (phrase, PERSON_IN_BRACKETS.sub(" ", phrase)):
        wanted = _words(meaning)
        for same in (_same_sequence, _same_set):
            found = [name for name, aliases in groups.items() if _fits(wanted, (name, *aliases), same)]
            if found:
                return found[0] if len(found) == 1 else None
    return None


def mentions(text: str, name: str) -> bool:
    """Whether a text names somebody: the words of `name` stand in it side by side, in any case."""
    wanted, words = _words(name), _words(text)
    length = len(wanted)
    return any(_same_sequence(wanted, words[at : at + length]) for at in range(len(words) - length + 1))


def _fits(wanted: Words, names: Sequence[str], same: Callable[[Words, Words], bool]) -> bool:
    return any(same(wanted, _words(name)) for name in names)


def _words(phrase: str) -> Words:
    return tuple(lemmas.lemmas(word) for word in WORD.findall(phrase))


def _same_sequence(one: Words, other: Words) -> bool:
    return bool(one) and len(one) == len(other) and all(a & b for a, b in zip(one, other, strict=True))


def _same_set(one: Words, other: Words) -> bool:
    left, right = _meaningful(one), _meaningful(other)
    return (
        bool(left)
        and len(left) == len(right)
        and all(_has(right, word) for word in left)
        and all(_has(left, word) for word in right)
    )


def _meaningful(words: Words) -> list[frozenset[str]]:
    return [word for word in words if not word & FILLERS]


def _has(words: Sequence[frozenset[str]], word: frozenset[str]) -> bool:
    return any(word & each for each in words)
