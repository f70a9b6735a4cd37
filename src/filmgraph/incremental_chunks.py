"""The chunks of a release after a small change: those of the release before, but where the change is.

A chunk without a change is the same in both releases, wherever others begin and end: what ends a chunk is in the chunk.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Final

from filmgraph.chunks import Cutter, chunk_of, cut_lines, may_begin
from filmgraph.dumps_lines import to_lines
from filmgraph.dumps_parts import Chunk, Parts
from filmgraph.errors import ReleaseError
from filmgraph.incremental_store import Upon
from filmgraph.release_verify import ALL_QUADS

__all__ = ["Changes", "Fresh", "Kept", "OldChunks", "recut"]

_GZIP_FORMAT: Final = 31


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
        self._offsets = cache(self._find_offsets)

    def number_of(self, subject: bytes) -> int:
        """Return the chunk in which a subject is, or would be."""
        return chunk_of(self.starts, subject)

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
            file.seek(self._offsets(name)[number])
            return file.read(self.parts.chunks[number].sizes[name])

    def _find_offsets(self, name: str) -> list[int]:
        sizes = (each.sizes.get(name, 0) for each in self.parts.chunks)
        return list(accumulate(sizes, initial=self.parts.heads.get(name, 0)))

    def find(self, name: str) -> list[int]:
        """Return the chunks that a file has pieces of."""
        return [number for number, each in enumerate(self.parts.chunks) if name in each.sizes]

    def chunk(self, number: int) -> Chunk:
        """Return a chunk."""
        return self.parts.chunks[number]


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
        cutter, lines = Cutter(), list[bytes]()
        # A part that came may wait for a thing of the next chunk, which then does not begin there any more.
        while number < count and (number in wanted or not cutter.is_over_before(old.starts[number])):
            part = changes.apply(number, old.lines(number))
            cutter.take_lines(part)
            lines += part
            number += 1
        found += _cut(lines, found, old)
    return found


def _cut(lines: list[bytes], before: list[Kept | Fresh], old: OldChunks) -> Iterator[Fresh]:
    """Yield the chunks of some lines; where the first thing that began one is gone, they go on with the last chunk `before`."""
    if lines and before and not may_begin(lines[0][: lines[0].index(b" ")]):
        last = before.pop()
        lines = (last.lines if isinstance(last, Fresh) else old.lines(last.number)) + lines
    cutter = Cutter()
    cutter.take_lines(lines)
    if lines:
        for start, chunk in zip(cutter.starts, cut_lines([lines], cutter.starts), strict=True):
            yield Fresh(start, chunk)
