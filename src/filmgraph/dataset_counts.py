"""Counts the subjects of a published graph: what adds up, and the first and the most that each chunk of its lines has.

What adds up (`Counts`) can be taken away again. Of what does not, such as the first year, each chunk keeps its own (`Landmarks`).
So the counts of a release follow from those of the one before and from the chunks in which something changed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from filmgraph.dataset_targets import LINK_PREDICATES, find_target, identifier_target
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import RDF, SCHEMA

__all__ = ["Counts", "Landmarks", "LinkKey", "Part", "SubjectCounter", "bare"]

_DATED: Final = (Kind.FILM.segment, Kind.SCREENING.segment, Kind.FESTIVAL.segment)
_DATE: Final = re.compile(rb'"(\d{4}(?:-\d\d(?:-\d\d)?)?)')
_COUNTRY_CODE: Final = re.compile(rb'"([A-Z]{2,4})"\Z')
#: Subjects with the same properties and classes are counted together; so many different ones are held at once.
_SHAPE_COUNT: Final = 20_000

_VOCABULARY: Final = frozenset(kind.segment for kind in Kind if kind.is_vocabulary)
_SEPARATOR: Final = b" "

#: Dataset elsewhere, property, and kind of identifier, if any.
LinkKey = tuple[str, str, str]
_Terms = tuple[bytes, bytes, bytes]


@dataclass(slots=True)
class Part:
    """What is counted of a class, or of the whole graph: subjects, and triples and subjects by property."""

    entities: int = 0
    triples: Counter[bytes] = field(default_factory=Counter)
    subjects: Counter[bytes] = field(default_factory=Counter)

    def add(self, predicates: Mapping[bytes, int], times: int) -> None:
        """Count some subjects that have the same properties, each as often as told."""
        self.entities += times
        for predicate, count in predicates.items():
            self.triples[predicate] += count * times
            self.subjects[predicate] += times

    def merge(self, other: Part, sign: int) -> None:
        """Add another part, or take it away."""
        self.entities += sign * other.entities
        _merge(self.triples, other.triples, sign)
        _merge(self.subjects, other.subjects, sign)


@dataclass(slots=True)
class Counts:
    """All that adds up: of the graph, by class, by kind of thing, and by dataset elsewhere."""

    everything: Part = field(default_factory=Part)
    classes: defaultdict[bytes, Part] = field(default_factory=lambda: defaultdict(Part))
    things: Counter[str] = field(default_factory=Counter)
    fields: defaultdict[str, Counter[bytes]] = field(default_factory=lambda: defaultdict(Counter))
    entities: int = 0
    links: Counter[LinkKey] = field(default_factory=Counter)

    def merge(self, other: Counts, sign: int) -> None:
        """Add other counts (1), or take them away (-1); what is counted no more is gone."""
        self.everything.merge(other.everything, sign)
        for name, part in other.classes.items():
            self.classes[name].merge(part, sign)
            if not self.classes[name].entities:
                del self.classes[name]
        for segment, counts in other.fields.items():
            _merge(self.fields[segment], counts, sign)
            if not self.fields[segment]:
                del self.fields[segment]
        _merge(self.things, other.things, sign)
        _merge(self.links, other.links, sign)
        self.entities += sign * other.entities

    def to_plain(self) -> tuple[Any, ...]:
        """Return the counts as tuples and dicts."""
        classes = {name: _to_plain(part) for name, part in self.classes.items()}
        fields = {segment: dict(counts) for segment, counts in self.fields.items()}
        return _to_plain(self.everything), classes, dict(self.things), fields, self.entities, dict(self.links)

    @classmethod
    def from_plain(cls, plain: tuple[Any, ...]) -> Counts:
        """Read what `to_plain` returned."""
        everything, classes, things, fields, entities, links = plain
        return cls(
            _from_plain(everything),
            defaultdict(Part, {name: _from_plain(part) for name, part in classes.items()}),
            Counter(things),
            defaultdict(Counter, {segment: Counter(counts) for segment, counts in fields.items()}),
            entities,
            Counter(links),
        )


def _merge(counts: Counter[Any], other: Counter[Any], sign: int) -> None:
    for each, count in other.items():
        counts[each] += sign * count
        if not counts[each]:
            del counts[each]


def _to_plain(part: Part) -> tuple[int, dict[bytes, int], dict[bytes, int]]:
    return part.entities, dict(part.triples), dict(part.subjects)


def _from_plain(plain: tuple[int, dict[bytes, int], dict[bytes, int]]) -> Part:
    return Part(plain[0], Counter(plain[1]), Counter(plain[2]))


@dataclass(slots=True)
class Landmarks:
    """What stands out in some lines: by kind the thing with the most triples, the first link of each kind, dates, countries.

    `things` are the subjects that are things of the catalogue and have a class, `unclassed` those without; parts are neither.
    """

    examples: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    links: dict[LinkKey, str] = field(default_factory=dict)
    first_date: str = ""
    last_date: str = ""
    countries: set[str] = field(default_factory=set)
    things: list[bytes] = field(default_factory=list)
    unclassed: list[bytes] = field(default_factory=list)

    @classmethod
    def merge(cls, several: Iterable[Landmarks]) -> Landmarks:
        """Return those of all lines, from those of successive ones, but for the things."""
        whole = cls()
        for each in several:
            for segment, example in each.examples.items():
                if example[0] > whole.examples.get(segment, (0, b""))[0]:
                    whole.examples[segment] = example
            for key, link in each.links.items():
                whole.links.setdefault(key, link)
            for date in filter(None, (each.first_date, each.last_date)):
                whole.see_date(date)
            whole.countries |= each.countries
        return whole

    def see_date(self, date: str) -> None:
        """Take a date into account."""
        self.first_date = min(self.first_date or date, date)
        self.last_date = max(self.last_date, date)

    def to_plain(self) -> tuple[Any, ...]:
        """Return the landmarks as tuples and dicts."""
        things = _SEPARATOR.join(self.things), _SEPARATOR.join(self.unclassed)
        return self.examples, self.links, self.first_date, self.last_date, tuple(self.countries), *things

    @classmethod
    def from_plain(cls, plain: tuple[Any, ...]) -> Landmarks:
        """Read what `to_plain` returned."""
        examples, links, first_date, last_date, countries, *things = plain
        return cls(examples, links, first_date, last_date, set(countries), *(each.split() for each in things))


class _Shape(NamedTuple):
    """What subjects are counted by: their properties, each as often as it is there, their classes, and their kind of thing."""

    predicates: tuple[bytes, ...]
    types: frozenset[bytes]
    segment: str


class SubjectCounter:
    """Takes one subject after the other; what it holds grows with the terms that are used, not with the things.

    With `lists_things` the landmarks list all things.
    """

    def __init__(self, iris: IriScheme, *, lists_things: bool = False) -> None:
        self._iris = iris
        self._lists_things = lists_things
        self._id_space = f"<{iris.base}id/".encode()
        self._shapes: Counter[_Shape] = Counter()
        self._counts = Counts()
        self._landmarks = Landmarks()
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
        thing = None if b"#" in subject else self._iris.parse(bare(subject))
        segment = thing.segment if thing else ""
        types = frozenset(value for _, predicate, value in terms if predicate == _TYPE)
        self._shapes[_Shape(tuple(predicate for _, predicate, _ in terms), types, segment)] += 1
        if len(self._shapes) >= _SHAPE_COUNT:
            self._fold()
        if thing and subject.startswith(self._id_space):
            self._counts.entities += 1
        if self._lists_things and thing and thing.segment not in _VOCABULARY:
            (self._landmarks.things if types else self._landmarks.unclassed).append(subject)
        if thing and types and len(terms) > self._landmarks.examples.get(segment, (0, b""))[0]:
            self._landmarks.examples[segment] = (len(terms), subject)
        for _, predicate, value in terms:
            if predicate in self._readers:
                self._readers[predicate](predicate, value, segment)

    def take_landmarks(self) -> Landmarks:
        """Return the landmarks since they were last taken: those of a chunk."""
        landmarks, self._landmarks = self._landmarks, Landmarks()
        return landmarks

    def finish(self) -> Counts:
        """Return the counts of all subjects."""
        self._fold()
        return self._counts

    def _fold(self) -> None:
        """Add up what was counted by shape."""
        for shape, times in self._shapes.items():
            predicates = Counter(shape.predicates)
            self._counts.everything.add(predicates, times)
            for each in shape.types:
                self._counts.classes[each].add(predicates, times)
            if shape.segment and shape.types:
                self._counts.things[shape.segment] += times
                for predicate in predicates:
                    self._counts.fields[shape.segment][predicate] += times
        self._shapes.clear()

    def _read_date(self, _predicate: bytes, value: bytes, segment: str) -> None:
        if segment in _DATED and (found := _DATE.match(value)):
            self._landmarks.see_date(found[1].decode())

    def _read_country(self, _predicate: bytes, value: bytes, _segment: str) -> None:
        self._landmarks.countries.add(bare(value))

    def _read_country_code(self, _predicate: bytes, value: bytes, _segment: str) -> None:
        if code := _COUNTRY_CODE.match(value):
            self._landmarks.countries.add(self._iris.thing(Kind.COUNTRY, code[1].decode()))

    def _read_scheme(self, _predicate: bytes, value: bytes, _segment: str) -> None:
        scheme = value.decode().strip('"')
        known = identifier_target(scheme)
        if known is not None:
            self._add_link((known.key, SCHEMA.identifier, scheme), "")

    def _read_link(self, predicate: bytes, value: bytes, _segment: str) -> None:
        iri = bare(value)
        is_ours = not value.startswith(b"<") or iri.startswith(self._iris.base) or self._iris.parse(iri) is not None
        target = None if is_ours else find_target(iri)
        if target is not None:
            self._add_link((target.key, bare(predicate), ""), iri)

    def _add_link(self, key: LinkKey, example: str) -> None:
        self._counts.links[key] += 1
        self._landmarks.links.setdefault(key, example)


def _term(iri: str) -> bytes:
    return f"<{iri}>".encode()


def bare(term: bytes) -> str:
    """Return an IRI without its angle brackets."""
    return term[1:-1].decode()


_TYPE: Final = _term(RDF.type)
