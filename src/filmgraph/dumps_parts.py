"""What a release's chunks are made of: where they begin, how large their pieces of each file are, and what was counted in them.

A build keeps it for the next one, which takes over the pieces of the chunks in which nothing changed.
"""

from __future__ import annotations

import marshal
from dataclasses import dataclass
from typing import Final

from filmgraph.dataset_counts import Counts, Landmarks
from filmgraph.dataset_statistics import Tallies
from filmgraph.dumps_rows import Survey

__all__ = ["Chunk", "Parts"]

_SEPARATOR: Final = "\n"
#: Of marshal: without references, so that what is equal is written alike.
_VERSION: Final = 2


@dataclass(slots=True)
class Chunk:
    """One chunk of a release.

    `start` is its first subject, `digest` the SHA-256 of its lines without the dataset's description, `sizes` are the bytes of
    its pieces by file of the release, `rows` its rows by table; `survey` says what the cells of these rows are, `landmarks` what
    stands out in it, and `extract` is what search and lists need of it.
    """

    start: bytes
    digest: bytes
    sizes: dict[str, int]
    rows: dict[str, int]
    survey: Survey
    landmarks: Landmarks
    extract: bytes = b""


@dataclass(frozen=True, slots=True)
class Parts:
    """All chunks of a release, and what was counted in all of them.

    `heads` are the bytes at the beginning of each file, before the first chunk's. `editions` are the things (`kind/key`) that
    belong to each festival edition.
    """

    chunks: tuple[Chunk, ...]
    heads: dict[str, int]
    counts: Counts
    distinct_objects: int
    editions: dict[str, frozenset[str]]

    @property
    def starts(self) -> tuple[bytes, ...]:
        """The first subject of each chunk."""
        return tuple(each.start for each in self.chunks)

    @property
    def tallies(self) -> Tallies:
        """What statistics are made of."""
        return Tallies(self.counts, tuple(each.landmarks for each in self.chunks), self.distinct_objects)

    def survey(self) -> Survey:
        """Return what the cells of all rows are."""
        return Survey.of(each.survey for each in self.chunks)

    def to_bytes(self) -> bytes:
        """Return the parts for this very software to read again."""
        # Most chunks have the same cells as others.
        surveys: dict[bytes, int] = {}
        numbers = [surveys.setdefault(marshal.dumps(c.survey.to_plain(), _VERSION), len(surveys)) for c in self.chunks]
        chunks = [
            (c.start, c.digest, c.sizes, c.rows, number, c.landmarks.to_plain(), c.extract)
            for c, number in zip(self.chunks, numbers, strict=True)
        ]
        editions = {edition: _SEPARATOR.join(things) for edition, things in self.editions.items()}
        return marshal.dumps((chunks, tuple(surveys), self.heads, self.counts.to_plain(), self.distinct_objects, editions))

    @classmethod
    def from_bytes(cls, data: bytes) -> Parts:
        """Read what `to_bytes` returned."""
        chunks, plain, heads, counts, distinct_objects, editions = marshal.loads(data)
        surveys = [Survey.from_plain(marshal.loads(each)) for each in plain]
        return cls(
            tuple(
                Chunk(start, digest, sizes, rows, surveys[survey], Landmarks.from_plain(landmarks), extract)
                for start, digest, sizes, rows, survey, landmarks, extract in chunks
            ),
            heads,
            Counts.from_plain(counts),
            distinct_objects,
            {edition: frozenset(things.split(_SEPARATOR)) for edition, things in editions.items()},
        )
