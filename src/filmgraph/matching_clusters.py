"""From pairs to groups: what is the same as the same is the same, unless something in the group forbids it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

__all__ = ["Clusters"]


class Clusters:
    """Groups of keys that are the same."""

    def __init__(self) -> None:
        self._groups: dict[str, frozenset[str]] = {}

    def members(self, key: str) -> frozenset[str]:
        """Return the group of a key, with itself."""
        return self._groups.get(key) or frozenset({key})

    def cross(self, a: str, b: str) -> Iterator[tuple[str, str]]:
        """Yield the pairs, each in order, that would be the same if `a` and `b` were."""
        for c in sorted(self.members(a)):
            for d in sorted(self.members(b)):
                yield min(c, d), max(c, d)

    def join(self, a: str, b: str, are_two: Callable[[str, str], bool]) -> tuple[str, str] | None:
        """Let the groups of `a` and `b` be one; where two of them are known to be two, return these and change nothing."""
        if b in self.members(a):
            return None
        for c, d in self.cross(a, b):
            if are_two(c, d):
                return c, d
        group = self.members(a) | self.members(b)
        self._groups.update(dict.fromkeys(group, group))
        return None

    def groups(self) -> list[frozenset[str]]:
        """Return all groups of more than one, in order."""
        return sorted(set(self._groups.values()), key=min)
