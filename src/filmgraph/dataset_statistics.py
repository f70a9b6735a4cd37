"""Counts what a release holds, in one pass over its sorted lines: memory does not grow with the number of triples.

The lines are canonical N-Triples or N-Quads sorted by bytes (https://www.w3.org/TR/n-quads/), so that all lines of a subject
stand together. Only the published graph is counted, and what the dataset says of itself is left out of every count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from filmgraph.chunks import chunk_of
from filmgraph.dataset_counts import Counts, Landmarks, Part, SubjectCounter, bare
from filmgraph.dataset_distinct import DistinctCounter
from filmgraph.iris import IriScheme

__all__ = [
    "ClassCount",
    "LinkCount",
    "PropertyCount",
    "Statistics",
    "Tallies",
    "count_statistics",
    "iter_subjects",
    "tally",
]

_Terms = tuple[bytes, bytes, bytes]
_Subject = tuple[bytes, list[_Terms]]


@dataclass(frozen=True, slots=True)
class PropertyCount:
    """How many triples a property has, on how many subjects."""

    triples: int
    subjects: int


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many things a class has, and the triples and subjects of each property on them."""

    entities: int
    properties: Mapping[str, PropertyCount]


@dataclass(frozen=True, slots=True, order=True)
class LinkCount:
    """How many links go by a property to a dataset elsewhere (`target`: its key); `scheme` is the kind of identifier, if any."""

    target: str
    predicate: str
    scheme: str
    triples: int
    example: str
    """The first IRI that is linked to, or the first value; for the address of a host that no table knows."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """The counts of one release's published graph, its own description left out. All keys are IRIs unless said otherwise.

    `entities` counts things: subjects under `…/id/` of the catalogue's base without a fragment. `things` counts those that have a
    class, by kind, and `fields` how many things of a kind have a property; vocabulary kinds are in both. `examples` is for each
    kind the thing with the most triples. `first_date` and `last_date` span the years of films and the dates of screenings and
    festivals, as ISO 8601 of any precision. `countries` are the films' and the venues'.
    """

    triples: int
    distinct_subjects: int
    distinct_objects: int
    entities: int
    classes: Mapping[str, ClassCount]
    properties: Mapping[str, PropertyCount]
    links: tuple[LinkCount, ...]
    things: Mapping[str, int]
    fields: Mapping[str, Mapping[str, int]]
    examples: Mapping[str, str]
    first_date: str
    last_date: str
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tallies:
    """What statistics are made of: the counts, the landmarks of each chunk of the lines, and the number of distinct objects."""

    counts: Counts
    landmarks: tuple[Landmarks, ...]
    distinct_objects: int

    def to_statistics(self) -> Statistics:
        """Return the statistics."""
        counts, landmarks = self.counts, Landmarks.merge(self.landmarks)
        links = (LinkCount(*key, count, landmarks.links[key]) for key, count in counts.links.items())
        return Statistics(
            triples=counts.everything.triples.total(),
            distinct_subjects=counts.everything.entities,
            distinct_objects=self.distinct_objects,
            entities=counts.entities,
            classes={bare(name): ClassCount(part.entities, _properties(part)) for name, part in sorted(counts.classes.items())},
            properties=_properties(counts.everything),
            links=tuple(sorted(links)),
            things=dict(sorted(counts.things.items())),
            fields={segment: _by_iri(fields) for segment, fields in sorted(counts.fields.items())},
            examples={segment: bare(subject) for segment, (_, subject) in sorted(landmarks.examples.items())},
            first_date=landmarks.first_date,
            last_date=landmarks.last_date,
            countries=tuple(sorted(landmarks.countries)),
        )


def count_statistics(lines: Iterable[bytes], iris: IriScheme, about_iri: str, work_path: Path | None = None) -> Statistics:
    """Count the published graph in sorted lines; `about_iri` is the dataset, whose own description is passed over.

    What does not fit into memory waits in `work_path`.
    """
    return tally(lines, iris, about_iri, (b"",), work_path).to_statistics()


def tally(
    lines: Iterable[bytes],
    iris: IriScheme,
    about_iri: str,
    starts: Sequence[bytes],
    work_path: Path | None = None,
    *,
    lists_things: bool = False,
) -> Tallies:
    """Do the same, with the landmarks of each chunk; `starts` are the first subjects of all chunks."""
    counter = SubjectCounter(iris, lists_things=lists_things)
    landmarks: list[Landmarks] = []
    with DistinctCounter(work_path) as objects:
        for subject, terms in iter_subjects(lines, about_iri):
            chunk = chunk_of(starts, subject)
            while len(landmarks) < chunk:
                landmarks.append(counter.take_landmarks())
            objects.update([value for _, _, value in terms])
            counter.add(subject, terms)
        while len(landmarks) < len(starts):
            landmarks.append(counter.take_landmarks())
        return Tallies(counter.finish(), tuple(landmarks), objects.count())


def iter_subjects(lines: Iterable[bytes], about_iri: str) -> Iterator[_Subject]:
    """Yield each subject of the published graph in sorted lines with its terms, but for what the dataset says of itself."""
    about = (f"<{about_iri}>".encode(), f"<{about_iri}#".encode())
    for subject, group in groupby(_iter_published(lines), key=itemgetter(0)):
        if not subject.startswith(about):
            yield subject, list(group)


def _iter_published(lines: Iterable[bytes]) -> Iterator[_Terms]:
    """Yield the terms of the lines without a graph. A graph is a fourth term: no IRI holds a space or a quotation mark."""
    for line in lines:
        subject, predicate, rest = line[:-3].split(b" ", 2)
        if rest.endswith(b">"):
            space = rest.rfind(b" ")
            if space >= 0 and rest.startswith(b"<", space + 1) and rest.find(b'"', space) < 0:
                continue
        yield subject, predicate, rest


def _properties(part: Part) -> dict[str, PropertyCount]:
    return {bare(each): PropertyCount(part.triples[each], part.subjects[each]) for each in sorted(part.triples)}


def _by_iri(counts: Mapping[bytes, int]) -> dict[str, int]:
    return {bare(each): count for each, count in sorted(counts.items())}
