"""The chunks of a release after a small change: those of the release before, but where the change is.

A chunk without a change is the same in both releases, wherever others begin and end: what ends a chunk is in the chunk.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import IO, Final

from filmgraph.chunks import Cutter, begins, chunk_of, cut_lines, last_part, subject_of
from filmgraph.dumps_lines import to_lines
from filmgraph.dumps_parts import Chunk, Parts
from filmgraph.errors import ReleaseError
from filmgraph.incremental_store import Upon
from filmgraph.release_verify import ALL_QUADS

__all__ = ["Changes", "Fresh", "Kept", "OldChunks", "OldRun", "recut"]

_GZIP_FORMAT: Final = 31
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A chunk of the release before, by its number there."""

    number: int


@dataclass(frozen=True, slots=True)
class Fresh:
    """A chunk that is new: its first subject, and all its lines but those that describe the dataset."""

    start: bytes
    lines: list[bytes]


class OldChunks:
    """The pieces of a release's files. What the dataset, `dataset_iri`, says of itself is left out of the lines."""

    def __init__(self, release_path: Path, parts: Parts, dataset_iri: str) -> None:
        self.parts = parts
        self.starts = parts.starts
        self.path = release_path
        self._own = (f"<{dataset_iri}>".encode(), f"<{dataset_iri}#".encode())
        self._pieces = self._find_pieces()
        self._extents = cache(self._find_extents)

    def number_of(self, subject: bytes) -> int:
        """Return the chunk in which a subject is, or would be."""
        return chunk_of(self.starts, subject)

    def numbers_of(self, thing: bytes) -> set[int]:
        """Return the chunks in which a thing and its parts are, or would be."""
        return {self.number_of(thing), self.number_of(last_part(thing))}

    def lines(self, number: int) -> list[bytes]:
        """Return the lines of all quads of a chunk."""
        return [line for line in self.unpack(ALL_QUADS, number).splitlines(keepends=True) if not line.startswith(self._own)]

    def unpack(self, name: str, number: int) -> bytes:
        """Return what the piece of a packed file holds; ReleaseError when it cannot be unpacked."""
        try:
            return zlib.decompress(self.read(name, number), _GZIP_FORMAT)
        except zlib.error as error:
            raise ReleaseError(f"{self.path / name} is damaged ({error}): build everything, build --full") from error

    def read(self, name: str, number: int) -> bytes:
        """Return the piece of a file, as it is in there."""
        with (self.path / name).open("rb") as file:
            begin, end = self.extent(name, number)
            file.seek(begin)
            return file.read(end - begin)

    def extent(self, name: str, number: int) -> tuple[int, int]:
        """Return where the piece of a file begins and ends."""
        return self._extents(name)[number]

    def copy(self, name: str, begin: int, end: int, target: IO[bytes]) -> None:
        """Add some bytes of a file to the end of `target`."""
        with (self.path / name).open("rb") as file:
            file.seek(begin)
            while begin < end:
                data = file.read(min(end - begin, _BLOCK))
                if not data:
                    raise ReleaseError(f"{self.path / name} is too short: build everything, build --full")
                begin += target.write(data)

    def _find_pieces(self) -> dict[str, list[int]]:
        """Return the chunks that each file has pieces of."""
        pieces: defaultdict[str, list[int]] = defaultdict(list)
        for number, each in enumerate(self.parts.chunks):
            for name in each.sizes:
                pieces[name].append(number)
        return dict(pieces)

    def _find_extents(self, name: str) -> dict[int, tuple[int, int]]:
        numbers = self.find(name)
        sizes = (self.parts.chunks[number].sizes[name] for number in numbers)
        return dict(zip(numbers, pairwise(accumulate(sizes, initial=self.parts.heads.get(name, 0))), strict=True))

    def find(self, name: str) -> list[int]:
        """Return the chunks that a file has pieces of."""
        return self._pieces.get(name, [])

    def chunk(self, number: int) -> Chunk:
        """Return a chunk."""
        return self.parts.chunks[number]


@dataclass(slots=True)
class OldRun:
    """Copies the old pieces of a file that are taken over: those that lie side by side at once."""

    old: OldChunks
    name: str
    target: IO[bytes]
    begin: int = 0
    reached: int = 0

    def take(self, number: int) -> None:
        """Take over the piece of a chunk."""
        begin, end = self.old.extent(self.name, number)
        if begin != self.reached:
            self.end()
            self.begin = begin
        self.reached = end

    def end(self) -> None:
        """Copy what was taken; something else comes next, or nothing."""
        if self.begin < self.reached:
            self.old.copy(self.name, self.begin, self.reached, self.target)
        self.begin = self.reached


@dataclass(slots=True)
class Changes:
    """The lines that are gone and that came, by the number of the old chunk that they belong to."""

    removed: defaultdict[int, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    added: defaultdict[int, set[bytes]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, upon: Upon, old: OldChunks) -> Changes:
        """Return the lines of the quads that a release takes away and adds."""
        changes = cls()
        for quads, lines in ((upon.removed, changes.removed), (upon.added, changes.added)):
            for line in to_lines(quads):
                lines[old.number_of(line)].add(line)
        return changes

    @property
    def numbers(self) -> set[int]:
        """The chunks in which anything changed."""
        return self.removed.keys() | self.added.keys()

    def apply(self, number: int, lines: list[bytes]) -> list[bytes]:
        """Return the lines of a chunk after the change; ReleaseError when the change does not belong to them."""
        removed, added = self.removed.get(number, set()), self.added.get(number, set())
        kept = [line for line in lines if line not in removed]
        if len(kept) + len(removed) != len(lines) or not added.isdisjoint(kept):
            raise ReleaseError("what the last build kept does not belong to the current release: build everything, build --full")
        return sorted((*kept, *added)) if added else kept


def recut(old: OldChunks, changes: Changes, touched: Iterable[int]) -> list[Kept | Fresh]:
    """Return all chunks after a change; those that are `touched` are new ones, whether anything changed in them or not."""
    wanted, count = set(touched), len(old.starts)
    found: list[Kept | Fresh] = []
    number = 0
    while number < count:
        if number not in wanted:
            found.append(Kept(number))
            number += 1
            continue
        lines: list[bytes] = []
        while number < count and (number in wanted or not begins(old.starts[number], _last_subject(lines, found, old))):
            lines += changes.apply(number, old.lines(number))
            number += 1
        found += _cut(lines, found, old)
    return found


def _last_subject(lines: list[bytes], before: list[Kept | Fresh], old: OldChunks) -> bytes:
    """Return the subject of the last line, or of the last one of the chunks before; nothing where there are none."""
    if not lines and before:
        last = before[-1]
        lines = last.lines if isinstance(last, Fresh) else old.lines(last.number)
    return subject_of(lines[-1]) if lines else b""


def _cut(lines: list[bytes], before: list[Kept | Fresh], old: OldChunks) -> Iterator[Fresh]:
    """Yield the chunks of some lines; where what began one is gone, they go on with the last chunk `before`."""
    if lines and not begins(subject_of(lines[0]), _last_subject([], before, old)):
        last = before.pop()
        lines = (last.lines if isinstance(last, Fresh) else old.lines(last.number)) + lines
    cutter = Cutter()
    cutter.take_lines(lines)
    if lines:
        for start, chunk in zip(cutter.starts, cut_lines([lines], cutter.starts), strict=True):
            yield Fresh(start, chunk)
