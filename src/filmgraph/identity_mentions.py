"""All of a source that bears on identity: which references stand in it, what it says of films and people, and who is credited."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from filmgraph.findings import SourcePlace
from filmgraph.matching_identifiers import identifier_of_link, normalise_identifier
from filmgraph.model import Credit, Movie, Person, Ref, Thing, iter_facts

__all__ = ["Mentions", "Places", "Traits", "gather_mentions", "normalise"]

#: Path, column, worksheet and subject of a place.
_End = tuple[str, str | None, str | None, str | None]


def normalise(name: str) -> str:
    """Return a name as it is compared: NFKC, case folded, white space collapsed. Accents count.

    >>> normalise(" Bas  DEVOS")
    'bas devos'
    """
    folded = name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()
    return " ".join(folded.split())


@dataclass(frozen=True, slots=True)
class Traits:
    """What one record says of a film or a person, for telling it from others; `ref` is the number of the reference.

    `years` and `minutes` are a film's, `births` and `deaths` ISO dates of a person; `identifiers` are scheme and code.
    """

    ref: int
    names: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    countries: tuple[str, ...] = ()
    births: tuple[str, ...] = ()
    deaths: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """Many places, by number, as columns: a place is made when it is asked for, which is seldom.

    `ends` are the paths, columns, worksheets and subjects that occur together, `end` the number in it of each place's.
    """

    ends: tuple[_End, ...]
    end: tuple[int, ...]
    lines: tuple[int | None, ...]
    rows: tuple[int | None, ...]

    @classmethod
    def of(cls, places: Iterable[SourcePlace]) -> Places:
        """Take places apart."""
        everything = tuple(places)
        ends: dict[_End, int] = {}
        end = tuple([ends.setdefault((each.path, each.column, each.sheet, each.subject), len(ends)) for each in everything])
        return cls(tuple(ends), end, tuple([each.line for each in everything]), tuple([each.row for each in everything]))

    def __getitem__(self, number: int) -> SourcePlace:
        path, column, sheet, subject = self.ends[self.end[number]]
        return SourcePlace(path, self.lines[number], self.rows[number], column, sheet, subject)

    def path(self, number: int) -> str:
        """Return the path of the file of a place."""
        return self.ends[self.end[number]][0]


@dataclass(frozen=True, slots=True)
class Mentions:
    """All of one source that bears on identity, in the order of its records.

    `described` are the references that come with a key, with the names and years that they are known by. `refs` are all
    references, each once; `first` and `last` are the places where it stands first and last. A credit is a work, a role and an
    agent at one position of `works`, `roles` and `agents`; works and agents are given by their number in `refs`. `traits` are of
    the films and people that have a record of their own.
    """

    described: tuple[tuple[Ref, tuple[str, ...], tuple[int | None, ...]], ...]
    refs: tuple[Ref, ...]
    first: Places
    last: Places
    works: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    agents: tuple[int, ...] = ()
    traits: tuple[Traits, ...] = ()

    @property
    def credits(self) -> Iterator[tuple[int, str, int]]:
        """All credits, each once: work, role and agent."""
        return zip(self.works, self.roles, self.agents, strict=True)


def gather_mentions(records: Iterable[Thing]) -> Mentions:
    """Gather what `identify_mentions` needs to know of the records of one source."""
    described = []
    traits = []
    numbers: dict[Ref, int] = {}
    first: list[SourcePlace] = []
    last: list[SourcePlace] = []
    credits: dict[tuple[int, str, int], None] = {}
    for thing in records:
        if thing.ref.key is not None:
            described.append((thing.ref, _names(thing), _years(thing)))
        for ref, place in _iter_mentions(thing):
            number = numbers.setdefault(ref, len(first))
            if number == len(first):
                first.append(place)
                last.append(place)
            last[number] = place
        if isinstance(thing, Movie | Person):
            traits.append(_traits(thing, numbers[thing.ref]))
        for _, fact in iter_facts(thing):
            if isinstance(fact.value, Credit):
                credits[numbers[thing.ref], fact.value.role, numbers[fact.value.agent]] = None
    works, roles, agents = zip(*credits, strict=True) if credits else ((), (), ())
    return Mentions(tuple(described), tuple(numbers), Places.of(first), Places.of(last), works, roles, agents, tuple(traits))


def _names(thing: Thing) -> tuple[str, ...]:
    return tuple(name.value.value for name in (*thing.name, *thing.alternate_name))


def _years(thing: Thing) -> tuple[int | None, ...]:
    years = [fact.value.year for fact in thing.date_created] if isinstance(thing, Movie) else []
    return tuple(years) or (thing.ref.year,)


def _traits(thing: Movie | Person, number: int) -> Traits:
    names, codes = _names(thing), tuple(_iter_codes(thing))
    if isinstance(thing, Person):
        births, deaths = (tuple(fact.value.value for fact in facts) for facts in (thing.birth_date, thing.death_date))
        return Traits(number, names, births=births, deaths=deaths, identifiers=codes)
    return Traits(
        number,
        names,
        tuple(fact.value.year for fact in thing.date_created),
        tuple(fact.value.value for fact in thing.duration),
        tuple(fact.value.key for fact in thing.country_of_origin),
        identifiers=codes,
    )


def _iter_codes(thing: Thing) -> Iterator[tuple[str, str]]:
    for fact in thing.identifier:
        code = normalise_identifier(fact.value.scheme, fact.value.value)
        if code is not None:
            yield code
    for link in thing.same_as:
        code = identifier_of_link(link.value.iri)
        if code is not None:
            yield code


def _iter_mentions(thing: Thing) -> Iterator[tuple[Ref, SourcePlace]]:
    """Yield the references of a record with their places, a container before what it contains."""
    yield from _unfold(thing.ref, thing.place)
    for _, fact in iter_facts(thing):
        if isinstance(fact.value, Credit):
            yield from _unfold(fact.value.agent, fact.place)
        elif isinstance(fact.value, Ref):
            yield from _unfold(fact.value, fact.place)


def _unfold(ref: Ref, place: SourcePlace) -> Iterator[tuple[Ref, SourcePlace]]:
    if ref.within is not None:
        yield from _unfold(ref.within, place)
    yield ref, place
