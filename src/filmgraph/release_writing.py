"""What a release is written from: sorted and hashed quads, whole; `incremental_release` does the same upon the release before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from filmgraph.changes_lines import Sides
from filmgraph.chunks import digest_all
from filmgraph.dataset import tally_lines
from filmgraph.dataset_statistics import Statistics, Tallies
from filmgraph.dumps import DUMPS_FOLDER, DumpContents, Dumped, write_dumps
from filmgraph.dumps_lines import Triples
from filmgraph.dumps_parts import Chunk, Parts
from filmgraph.release_content import Content, write_all_quads
from filmgraph.release_verify import ALL_QUADS
from filmgraph.settings import Settings
from filmgraph.vocabulary import Vocabulary

__all__ = ["Presence", "WholeWriter", "Writer"]


@dataclass(frozen=True, slots=True)
class Presence:
    """The IRIs of the things that a release says something of, and of those that had a page in the release before it."""

    now: frozenset[str]
    before: frozenset[str]


class Writer(Protocol):
    """Writes what is made of the quads of a release, step by step: counts, then the quads, then the dumps."""

    @property
    def sha256(self) -> str:
        """The digest of all quads but the dataset's description: that of the digests of their chunks."""
        ...

    @property
    def counts(self) -> Mapping[str, int]:
        """The quads of each graph, those of the published one under an empty text."""
        ...

    @property
    def starts(self) -> tuple[bytes, ...]:
        """The first subjects of the chunks."""
        ...

    def count(self) -> Statistics:
        """Count what is published."""
        ...

    def find_things(self) -> Presence | None:
        """Return which things there are, once they are counted; None where that is not known without looking at all quads."""
        ...

    def write_quads(self, about: frozenset[ox.Triple], path: Path) -> None:
        """Write all quads, with the description of the dataset, into the file `path`."""
        ...

    def write_dumps(self, about: frozenset[ox.Triple], staging: Path) -> None:
        """Write the dumps of the release in `staging`."""
        ...

    def sides(self) -> Sides | None:
        """Return the lines of the chunks in which anything changed; None where everything is to be compared."""
        ...

    def extracts(self) -> tuple[bytes, ...] | None:
        """Return what search and lists need of each chunk; None where it is to be read from what is written."""
        ...

    def parts(self, extracts: Sequence[bytes]) -> Parts:
        """Return what was written, for the next build; `extracts` are those of all chunks."""
        ...

    def remove(self) -> None:
        """Remove what is not needed once everything is written."""
        ...


@dataclass(slots=True)
class WholeWriter:
    """Writes everything anew."""

    content: Content
    settings: Settings
    vocabulary: Vocabulary
    texts: Triples
    tallies: Tallies | None = None
    dumped: Dumped | None = None
    members: tuple[int, ...] = ()

    @property
    def sha256(self) -> str:
        """The digest of all quads but the dataset's description: that of the digests of their chunks."""
        return digest_all(self.content.digests)

    @property
    def counts(self) -> Mapping[str, int]:
        """The quads of each graph, those of the published one under an empty text."""
        return self.content.counts

    @property
    def starts(self) -> tuple[bytes, ...]:
        """The first subjects of the chunks."""
        return self.content.starts

    def count(self) -> Statistics:
        """Count what is published."""
        with self.content.facts_path.open("rb") as lines:
            self.tallies = tally_lines(lines, self.settings, self.content.starts, self.content.facts_path.parent)
        return self.tallies.to_statistics()

    def find_things(self) -> Presence | None:
        """Return nothing: there may be several releases before this one, or none."""
        return None

    def write_quads(self, about: frozenset[ox.Triple], path: Path) -> None:
        """Write all quads."""
        self.members = tuple(write_all_quads(self.content, about, path))

    def write_dumps(self, about: frozenset[ox.Triple], staging: Path) -> None:
        """Write the dumps."""
        facts = DumpContents(self.content.facts_path, about, self.texts, self.vocabulary, self.content.starts)
        self.dumped = write_dumps(facts, self.settings.id, self.settings.iris, staging)

    def sides(self) -> Sides | None:
        """Return nothing: there is nothing that is known not to have changed."""
        return None

    def extracts(self) -> tuple[bytes, ...] | None:
        """Return nothing: no line was looked at for that yet."""
        return None

    def parts(self, extracts: Sequence[bytes]) -> Parts:
        """Return what was written."""
        content, dumped = self.content, self.dumped
        if self.tallies is None or dumped is None:
            raise ValueError("nothing was written yet")
        counted = zip(content.starts, content.digests, self.tallies.landmarks, strict=True)
        written = zip(self.members, dumped.sizes, dumped.rows, dumped.surveys, extracts, strict=True)
        chunks = (
            Chunk(start, digest, {ALL_QUADS: member, **_in_release(sizes)}, rows, survey, landmarks, extract)
            for (start, digest, landmarks), (member, sizes, rows, survey, extract) in zip(counted, written, strict=True)
        )
        heads = {ALL_QUADS: 0, **_in_release(dumped.heads)}
        return Parts(tuple(chunks), heads, self.tallies.counts, self.tallies.distinct_objects, dumped.editions)

    def remove(self) -> None:
        """Remove the sorted lines."""
        self.content.remove()


def _in_release(sizes: Mapping[str, int]) -> dict[str, int]:
    return {f"{DUMPS_FOLDER}/{name}": size for name, size in sizes.items()}
