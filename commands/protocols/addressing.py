"""Addressing of a protocol: phrases of the document → groups of the roster → members on the protocol's date."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from commands.context.actors import Actor
from commands.context.installation import Transaction
from commands.recording.changes import Change
from commands.recording.writer import record
from commands.rosters.organisations import group_named
from intake.draft import Draft, DraftItem
from intake.matching import best_match
from models.rosters import Group, Membership
from states.actions import Action
from states.refusal import InvalidError


class UnmappedError(InvalidError):
    """Addressees that no group stands for."""

    template = (
        'No group of the roster stands for: {phrases}. Say which does with --map "phrase=group". Groups: {groups}.'
    )


class MappingError(InvalidError):
    """A --map whose phrase does not occur."""

    template = "The protocol has no addressee “{phrase}”. Its addressees: {phrases}."


class EmptyGroupError(InvalidError):
    """A group with nobody in it on the day."""

    template = "The group “{group}” has no members on {day}; item {item} would go to nobody. Correct the roster."


def phrases(item: DraftItem) -> tuple[str, ...]:
    """The addressee phrases of an item; one without any is spoken of by its number, and blocks until mapped."""
    return item.addressees or (item.number,)


def groups_by_phrase(tx: Transaction, draft: Draft) -> dict[str, str | None]:
    """Phrase → the name of the group that stands for it without anybody's saying so, if one does."""
    groups = tx.session.execute(select(Group.name, Group.aliases)).tuples()
    known = {name: [str(alias) for alias in aliases] for name, aliases in groups}
    return {phrase: best_match(phrase, known) for item in draft.items for phrase in phrases(item)}


def addressed(tx: Transaction, draft: Draft, mapping: Mapping[str, str]) -> dict[str, Group]:
    """Phrase → group, by --map, by a group's name or alias. Raises UnmappedError, MappingError, UnknownGroupError."""
    wanted = list(dict.fromkeys(phrase for item in draft.items for phrase in phrases(item)))
    for phrase in mapping:
        if phrase not in wanted:
            raise MappingError(phrase=phrase, phrases="; ".join(wanted))
    groups = {each.name: each for each in tx.session.scalars(select(Group).order_by(Group.name))}
    known = {name: [str(alias) for alias in each.aliases] for name, each in groups.items()}
    found: dict[str, Group] = {phrase: group_named(tx, name) for phrase, name in mapping.items()}
    unmapped = []
    for phrase in wanted:
        name = best_match(phrase, known)
        if phrase not in found and name is None:
            unmapped.append(phrase)
        elif phrase not in found and name is not None:
            found[phrase] = groups[name]
    if unmapped:
        quoted = "; ".join(f"«{phrase}»" for phrase in unmapped)
        raise UnmappedError(phrases=quoted, groups="; ".join(groups) or "—")
    return found


def remember(tx: Transaction, actor: Actor, mapping: Mapping[str, str]) -> None:
    """Keep each mapping as an alias of its group, so that nobody need say it again."""
    groups = {name: group_named(tx, name).id for name in mapping.values()}
    # Held in one order, and as they are now: an import changes groups too.
    held = select(Group).where(Group.id.in_(groups.values())).order_by(Group.id).with_for_update(key_share=True)
    known = {each.id: each for each in tx.session.scalars(held.execution_options(populate_existing=True))}
    for phrase, name in mapping.items():
        group = known[groups[name]]
        if phrase in group.aliases or not any(letter.isalpha() for letter in phrase):
            continue  # an item's number means nothing in the next protocol
        change = Change({"aliases": [*group.aliases, phrase]})
        record(tx, actor, group, Action.UPDATE, change)
        tx.session.refresh(group)


def refuse_empty(tx: Transaction, draft: Draft, groups: Mapping[str, Group], day: date) -> None:
    """Raises EmptyGroupError if an item would go to nobody."""
    filled = set(tx.session.scalars(select(Membership.group_id).where(*member_on(day)).distinct()))
    for item in draft.items:
        for group in (groups[phrase] for phrase in phrases(item)):
            if group.id not in filled:
                raise EmptyGroupError(group=group.name, day=day, item=item.number)


def member_on(day: date) -> tuple[Any, ...]:
    """Conditions for a membership that holds on a local date."""
    return (
        or_(Membership.since.is_(None), Membership.since <= day),
        or_(Membership.until.is_(None), Membership.until >= day),
    )
