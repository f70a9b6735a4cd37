"""Which lines make up the things of a chunk: the parts of a thing may stand in an earlier chunk than the thing itself.

By their bytes, the parts of `f1` stand before `f10`, and `f1` itself after it. A thing belongs to the chunk in which it stands.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from filmgraph.chunks import chunk_of, last_part, subject_of, whole_of

__all__ = ["ChunkThings"]

_AFTER_PARTS: Final = range(ord("#") + 1, ord(">"))


@dataclass(frozen=True, slots=True)
class ChunkThings:
    """The chunks of a release: their first subjects, and what returns the sorted lines of one."""

    starts: Sequence[bytes]
    lines_of: Callable[[int], list[bytes]]

    def lines(self, number: int) -> list[bytes]:
        """Return all lines of the things of a chunk and of their parts, sorted."""
        lines = self.lines_of(number)
        ahead = {each for each in self._ahead(number) if not self._is_here(each, number)}
        if ahead:
            lines = [line for line in lines if whole_of(subject_of(line)) not in ahead]
        behind = [line for thing in self._waiting(number) for line in self._parts(thing)]
        return behind + lines

    def _is_here(self, thing: bytes, number: int) -> bool:
        return chunk_of(self.starts, thing) == number

    def _ahead(self, number: int) -> Iterator[bytes]:
        """Yield the things of which parts may stand in a chunk, and they themselves in a later one."""
        if number + 1 < len(self.starts):
            yield from _beginnings(self.starts[number + 1])

    def _waiting(self, number: int) -> list[bytes]:
        """Return the things of a chunk whose parts would stand in an earlier one, in the order of these parts."""
        things = (each for each in _beginnings(self.starts[number]) if self._is_here(each, number))
        return [each for each in things if not self._is_here(last_part(each), number)]

    def _parts(self, thing: bytes) -> Iterator[bytes]:
        lines = self.lines_of(chunk_of(self.starts, last_part(thing)))
        begin = thing[:-1] + b"#"
        for at in range(bisect_left(lines, begin), len(lines)):
            if not lines[at].startswith(begin):
                return
            yield lines[at]


def _beginnings(start: bytes) -> Iterator[bytes]:
    """Yield the things whose parts stand before a subject and they themselves after it, or are it, the shortest first.

    >>> list(_beginnings(b"<a:f10-b>"))
    [b'<a>', b'<a:f>', b'<a:f1>', b'<a:f10>', b'<a:f10-b>']
    """
    subject = start[:-1].partition(b"#")[0]
    for end in range(2, len(subject)):
        if subject[end] in _AFTER_PARTS:
            yield subject[:end] + b">"
    if b"#" not in start:
        yield start
