"""What belongs to each festival edition after a change: an edition, all that is part of it, and everything that these refer to.

A link that is gone may have been the only one to a thing. So what could be reached by it is suspect: it stays when something else
that belongs to the edition links to it, or when it is a part of the edition itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Final

from filmgraph.incremental_related import Difference, Link, PublishedThings, find_links
from filmgraph.iris import Kind
from filmgraph.namespaces import SCHEMA

__all__ = ["find_editions"]

_SUPER_EVENT: Final = b"<%s>" % SCHEMA.superEvent.encode()
_FESTIVAL: Final = f"{Kind.FESTIVAL.segment}/"


def find_editions(
    changed: Mapping[str, Difference], things: PublishedThings, before: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """Return the things (`kind/key`) that belong to each edition; `before` are those that did before some things changed."""
    moves = [move for name, each in changed.items() if (move := _Move.of(name, each, things)).is_one]
    editions = {edition: _Membership(edition, members, things).move(moves) for edition, members in before.items()}
    for name, each in changed.items():
        if name.startswith(_FESTIVAL):
            editions.pop(name, None)
            if each.after is not None and each.after.published:
                editions[name] = _Membership(name, frozenset(), things).reach([name])
    return editions


@dataclass(frozen=True, slots=True)
class _Move:
    """A thing that links to other things than it did: those before, those now, and of which events it was and is a part."""

    name: str
    old: Set[str]
    new: Set[str]
    old_events: Set[str]
    new_events: Set[str]

    @classmethod
    def of(cls, name: str, difference: Difference, things: PublishedThings) -> _Move:
        old, new = (find_links(name, side, things.names) for side in (difference.before, difference.after))
        return cls(name, _targets(old), _targets(new), _events(old), _events(new))

    @property
    def is_one(self) -> bool:
        return self.old != self.new or self.old_events != self.new_events


def _targets(links: Iterable[Link]) -> Set[str]:
    return {other for _, other in links}


def _events(links: Iterable[Link]) -> Set[str]:
    return {other for predicate, other in links if predicate == _SUPER_EVENT}


@dataclass(frozen=True, slots=True)
class _Membership:
    """What belongs to one edition, before and after things move."""

    edition: str
    members: frozenset[str]
    things: PublishedThings

    def move(self, moves: Iterable[_Move]) -> frozenset[str]:
        """Return what belongs to the edition after some things have moved."""
        touching = [each for each in moves if not self.members.isdisjoint((each.name, *each.old_events, *each.new_events))]
        if not touching:
            return self.members
        seeds = {other for each in touching if each.name in self.members for other in each.old - each.new}
        moved = {name for each in touching if each.old_events != each.new_events for name in self._below(each.name)}
        left = self.members - self._drop((seeds | moved) & self.members)
        begun = [name for name in moved if name not in left and self._is_inside(name)]
        begun += [other for each in touching if each.name in left for other in each.new - left]
        return left | _Membership(self.edition, left, self.things).reach(begun)

    def reach(self, begun: Iterable[str]) -> frozenset[str]:
        """Return the things that are not members yet and are reached from some; the parts of events are reached from these."""
        found = {each for each in begun if each not in self.members}
        todo = list(found)
        while todo:
            name = todo.pop()
            near = _targets(self.things.links(name))
            if self._is_inside(name):
                near |= self.things.linkers(name, SCHEMA.superEvent)
            others = near - found - self.members
            found |= others
            todo += others
        return frozenset(found)

    def _drop(self, seeds: Set[str]) -> Set[str]:
        """Return the members that nothing leads to any more, of those that can be reached from `seeds`."""
        suspects, todo = set(seeds), list(seeds)
        while todo:
            others = (_targets(self.things.links(todo.pop())) & self.members) - suspects
            suspects |= others
            todo += others
        safe = {each for each in suspects if self._is_held(each, suspects)}
        todo = list(safe)
        while todo:
            others = (_targets(self.things.links(todo.pop())) & suspects) - safe
            safe |= others
            todo += others
        return suspects - safe

    def _below(self, name: str) -> Set[str]:
        """Return an event and all that is part of it."""
        found, todo = {name}, [name]
        while todo:
            others = self.things.linkers(todo.pop(), SCHEMA.superEvent) - found
            found |= others
            todo += others
        return found

    def _is_held(self, name: str, suspects: Set[str]) -> bool:
        """Return whether a thing is a part of the edition, or a member that is not suspect links to it."""
        if self._is_inside(name):
            return True
        return any(each in self.members and each not in suspects for each in self.things.iter_linkers(name))

    def _is_inside(self, name: str) -> bool:
        """Return whether a thing is the edition, or a part of an event in it."""
        seen, todo = {name}, [name]
        while todo:
            each = todo.pop()
            if each == self.edition:
                return True
            others = _events(self.things.links(each)) - seen
            seen |= others
            todo += others
        return False
