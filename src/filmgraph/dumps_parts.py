"""What a release's chunks are made of: where they begin, how large their pieces of each file are, and what was counted in them.

A build keeps it for the next one, which takes over the pieces of the chunks in which nothing changed.
"""

from __future__ import annotations

import marshal
from dataclasses import dataclass
from typing import Any, Final

from filmgraph.dataset_counts import Counts, Landmarks
from filmgraph.dataset_statistics import Tallies
from filmgraph.dumps_rows import Survey

__all__ = ["Chunk", "Parts"]

_SEPARATOR: Final = "\n"


@dataclass(slots=True)
class Chunk:
    """One chunk of a release.

    `start` is its first subject, `digest` the SHA-256 of its lines without the dataset's description, `sizes` are the bytes of
    its pieces by file of the release, `rows` its rows by table; `survey` says what the cells of these rows are, and `landmarks`
    what stands out in it.
    """

    start: bytes
    digest: bytes
    sizes: dict[str, int]
    rows: dict[str, int]
    survey: Survey
    landmarks: Landmarks


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
        whole = Survey()
        for each in self.chunks:
            whole.merge(each.survey)
        return whole

    def to_bytes(self) -> bytes:
        """Return the parts for this very software to read again."""
        chunks = [(c.start, c.digest, c.sizes, c.rows, c.survey.to_plain(), c.landmarks.to_plain()) for c in self.chunks]
        editions = {edition: _SEPARATOR.join(things) for edition, things in self.editions.items()}
        return marshal.dumps((chunks, self.heads, self.counts.to_plain(), self.distinct_objects, editions))

    @classmethod
    def from_bytes(cls, data: bytes) -> Parts:
        """Read what `to_bytes` returned."""
        chunks, heads, counts, distinct_objects, editions = marshal.loads(data)
        return cls(
            tuple(_to_chunk(*each) for each in chunks),
            heads,
            Counts.from_plain(counts),
            distinct_objects,
            {edition: frozenset(things.split(_SEPARATOR)) for edition, things in editions.items()},
        )


def _to_chunk(start: bytes, digest: bytes, sizes: dict[str, int], rows: dict[str, int], survey: Any, landmarks: Any) -> Chunk:  # noqa: ANN401
    return Chunk(start, digest, sizes, rows, Survey.from_plain(survey), Landmarks.from_plain(landmarks))
