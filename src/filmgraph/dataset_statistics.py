"""Counts what a release holds, in one pass over its sorted lines: memory does not grow with the number of triples.

The lines are canonical N-Triples or N-Quads sorted by bytes (https://www.w3.org/TR/n-quads/), so that all lines of a subject
stand together. Only the published graph is counted, and what the dataset says of itself is left out of every count.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

from filmgraph.dataset_distinct import DistinctCounter
from filmgraph.dataset_targets import LINK_PREDICATES, find_target, identifier_target
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import RDF, SCHEMA

__all__ = ["ClassCount", "LinkCount", "PropertyCount", "Statistics", "count_statistics"]

_DATED: Final = (Kind.FILM.segment, Kind.SCREENING.segment, Kind.FESTIVAL.segment)
_DATE: Final = re.compile(rb'"(\d{4}(?:-\d\d(?:-\d\d)?)?)')
_COUNTRY_CODE: Final = re.compile(rb'"([A-Z]{2,4})"\Z')
#: Subjects with the same properties and classes are counted together; so many different ones are held at once.
_SHAPE_COUNT: Final = 20_000

_Terms = tuple[bytes, bytes, bytes]


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


def count_statistics(lines: Iterable[bytes], iris: IriScheme, about_iri: str, work_path: Path | None = None) -> Statistics:
    """Count the published graph in sorted lines; `about_iri` is the dataset, whose own description is passed over.

    What does not fit into memory waits in `work_path`.
    """
    counter = _Counter(iris)
    about = (f"<{about_iri}>".encode(), f"<{about_iri}#".encode())
    with DistinctCounter(work_path) as objects:
        for subject, group in groupby(_iter_published(lines), key=itemgetter(0)):
            if not subject.startswith(about):
                terms = list(group)
                objects.update([value for _, _, value in terms])
                counter.add(subject, terms)
        return counter.finish(objects.count())


def _iter_published(lines: Iterable[bytes]) -> Iterator[_Terms]:
    """Yield the terms of the lines without a graph. A graph is a fourth term: no IRI holds a space or a quotation mark."""
    for line in lines:
        subject, predicate, rest = line[:-3].split(b" ", 2)
        if rest.endswith(b">"):
            space = rest.rfind(b" ")
            if space >= 0 and rest.startswith(b"<", space + 1) and rest.find(b'"', space) < 0:
                continue
        yield subject, predicate, rest


@dataclass(slots=True)
class _Part:
    """What is counted of a class, or of the whole graph."""

    entities: int = 0
    triples: Counter[bytes] = field(default_factory=Counter)
    subjects: Counter[bytes] = field(default_factory=Counter)

    def add(self, predicates: Mapping[bytes, int], times: int) -> None:
        self.entities += times
        for predicate, count in predicates.items():
            self.triples[predicate] += count * times
            self.subjects[predicate] += times

    def properties(self) -> dict[str, PropertyCount]:
        return {_bare(each): PropertyCount(self.triples[each], self.subjects[each]) for each in sorted(self.triples)}


class _Shape(NamedTuple):
    """What subjects are counted by: their properties, each as often as it is there, their classes, and their kind of thing."""

    predicates: tuple[bytes, ...]
    types: frozenset[bytes]
    segment: str


class _Counter:
    """Takes one subject after the other; what it holds grows with the terms that are used, not with the things."""

    def __init__(self, iris: IriScheme) -> None:
        self._iris = iris
        self._id_space = f"<{iris.base}id/".encode()
        self._shapes: Counter[_Shape] = Counter()
        self._all = _Part()
        self._classes: defaultdict[bytes, _Part] = defaultdict(_Part)
        self._things: Counter[str] = Counter()
        self._fields: defaultdict[str, Counter[bytes]] = defaultdict(Counter)
        self._entities = 0
        self._examples: dict[str, tuple[int, bytes]] = {}
        self._links: Counter[tuple[str, str, str]] = Counter()
        self._link_examples: dict[tuple[str, str, str], str] = {}
        self._dates: tuple[str, str] = ("", "")
        self._countries: set[str] = set()
        self._readers = self._term_readers()

    def _term_readers(self) -> dict[bytes, Callable[[bytes, bytes, str], None]]:
        dates, links = (SCHEMA.dateCreated, SCHEMA.startDate, SCHEMA.endDate), LINK_PREDICATES
        return {
            _term(SCHEMA.countryOfOrigin): self._read_country,
            _term(SCHEMA.addressCountry): self._read_country_code,
            _term(SCHEMA.propertyID): self._read_scheme,
            **{_term(each): self._read_date for each in dates},
            **{_term(each): self._read_link for each in links},
        }

    def add(self, subject: bytes, terms: list[_Terms]) -> None:
        """Count all triples of one subject."""
        thing = None if b"#" in subject else self._iris.parse(_bare(subject))
        segment = thing.segment if thing else ""
        types = frozenset(value for _, predicate, value in terms if predicate == _TYPE)
        self._shapes[_Shape(tuple(predicate for _, predicate, _ in terms), types, segment)] += 1
        if len(self._shapes) >= _SHAPE_COUNT:
            self._fold()
        if thing and subject.startswith(self._id_space):
            self._entities += 1
        if thing and types and len(terms) > self._examples.get(segment, (0, b""))[0]:
            self._examples[segment] = (len(terms), subject)
        for _, predicate, value in terms:
            if predicate in self._readers:
                self._readers[predicate](predicate, value, segment)

    def _fold(self) -> None:
        """Add up what was counted by shape."""
        for shape, times in self._shapes.items():
            predicates = Counter(shape.predicates)
            self._all.add(predicates, times)
            for each in shape.types:
                self._classes[each].add(predicates, times)
            if shape.segment and shape.types:
                self._things[shape.segment] += times
                for predicate in predicates:
                    self._fields[shape.segment][predicate] += times
        self._shapes.clear()

    def _read_date(self, _predicate: bytes, value: bytes, segment: str) -> None:
        if segment in _DATED and (found := _DATE.match(value)):
            date = found[1].decode()
            first, last = self._dates
            self._dates = (min(first or date, date), max(last, date))

    def _read_country(self, _predicate: bytes, value: bytes, _segment: str) -> None:
        self._countries.add(_bare(value))

    def _read_country_code(self, _predicate: bytes, value: bytes, _segment: str) -> None:
        if code := _COUNTRY_CODE.match(value):
            self._countries.add(self._iris.thing(Kind.COUNTRY, code[1].decode()))

    def _read_scheme(self, _predicate: bytes, value: bytes, _segment: str) -> None:
        scheme = value.decode().strip('"')
        known = identifier_target(scheme)
        if known is not None:
            self._add_link((known.key, SCHEMA.identifier, scheme), "")

    def _read_link(self, predicate: bytes, value: bytes, _segment: str) -> None:
        iri = _bare(value)
        is_ours = not value.startswith(b"<") or iri.startswith(self._iris.base) or self._iris.parse(iri) is not None
        target = None if is_ours else find_target(iri)
        if target is not None:
            self._add_link((target.key, _bare(predicate), ""), iri)

    def _add_link(self, key: tuple[str, str, str], example: str) -> None:
        self._links[key] += 1
        self._link_examples.setdefault(key, example)

    def finish(self, distinct_objects: int) -> Statistics:
        """Return the counts."""
        self._fold()
        links = (LinkCount(*key, count, self._link_examples[key]) for key, count in self._links.items())
        return Statistics(
            triples=self._all.triples.total(),
            distinct_subjects=self._all.entities,
            distinct_objects=distinct_objects,
            entities=self._entities,
            classes={_bare(name): ClassCount(part.entities, part.properties()) for name, part in sorted(self._classes.items())},
            properties=self._all.properties(),
            links=tuple(sorted(links)),
            things=dict(sorted(self._things.items())),
            fields={segment: _by_iri(counts) for segment, counts in sorted(self._fields.items())},
            examples={segment: _bare(subject) for segment, (_, subject) in sorted(self._examples.items())},
            first_date=self._dates[0],
            last_date=self._dates[1],
            countries=tuple(sorted(self._countries)),
        )


def _by_iri(counts: Mapping[bytes, int]) -> dict[str, int]:
    return {_bare(each): count for each, count in sorted(counts.items())}


def _term(iri: str) -> bytes:
    return f"<{iri}>".encode()


def _bare(term: bytes) -> str:
    """Return an IRI without its angle brackets."""
    return term[1:-1].decode()


_TYPE: Final = _term(RDF.type)
