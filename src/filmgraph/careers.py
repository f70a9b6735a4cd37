"""What people did on which films, and with whom, as typed rows for drawings; read from a store by look-ups alone.

A person's films cost one look-up each; names and roles are read only of the few that are kept. Only `count_roles` reads more: one
triple for each credit of the release.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from filmgraph.describe_model import to_iri
from filmgraph.iris import IriScheme, Kind
from filmgraph.languages import FIRST_LANGUAGE
from filmgraph.namespaces import FG, SCHEMA
from filmgraph.programme import Named
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary

__all__ = ["CareerReader", "CoWorker", "Collaboration", "Filmography", "RoleCount", "WorkedOn", "count_roles"]

#: Of two people who share as many films, the one with the edge that stands first here is nearer.
_NEAREST = (SCHEMA.director, SCHEMA.author, SCHEMA.producer, SCHEMA.musicBy, SCHEMA.editor, SCHEMA.actor)


@dataclass(frozen=True, slots=True)
class WorkedOn:
    """A film of somebody's, with the labels of what they did on it. `year` has four digits, or is empty."""

    film: Named
    year: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filmography:
    """Somebody's newest films, oldest first; `dated` counts all that have a year, `total` those without one too."""

    person: Named
    films: tuple[WorkedOn, ...]
    dated: int
    total: int


@dataclass(frozen=True, slots=True)
class CoWorker:
    """Somebody with the films, by IRI, that they made with the person, and what they did on those of them that are kept.

    `film_total` counts all films together.
    """

    person: Named
    film_iris: tuple[str, ...]
    film_total: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collaboration:
    """A person's closest co-workers and the films that tie them, oldest first; the totals count what is left out too."""

    person: Named
    films: tuple[WorkedOn, ...]
    co_workers: tuple[CoWorker, ...]
    film_total: int
    co_worker_total: int


@dataclass(frozen=True, slots=True)
class RoleCount:
    """How often a role is credited."""

    role_iri: str
    label: str
    credits: int


def count_roles(store: Store, vocabulary: Vocabulary, language: str = FIRST_LANGUAGE) -> tuple[RoleCount, ...]:
    """Return all roles, named in a language, by how often they are credited, the most frequent first.

    It reads one triple for each credit.
    """
    counts = Counter(to_iri(quad.object) for quad in store.quads(None, NamedNode(SCHEMA.roleName)))
    rows = (RoleCount(iri, _label(vocabulary, iri, language), count) for iri, count in counts.items())
    return tuple(sorted(rows, key=lambda each: (-each.credits, each.label.casefold(), each.role_iri)))


def _label(vocabulary: Vocabulary, iri: str, language: str) -> str:
    concept = vocabulary.by_iri(iri)
    return concept.label(language) if concept else iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class _Film:
    """What one look-up tells of a film. `crew` is everybody who made it, with how near to the direction; smaller is nearer."""

    named: Named
    year: str
    credit_iris: frozenset[str]
    crew: Mapping[str, int]


@dataclass(frozen=True)
class CareerReader:
    """Reads one person's films and co-workers: one look-up for each film, kept, so keep a reader no longer than a page."""

    store: Store
    iris: IriScheme
    vocabulary: Vocabulary
    key: str
    language: str = FIRST_LANGUAGE

    @cached_property
    def person(self) -> Named:
        """The person."""
        return self._named(self._iri)

    def filmography(self, most: int) -> Filmography:
        """Return the newest films that the person has credits on, at most so many of those with a year."""
        dated = sorted(
            (each for each in self._films if each.year), key=lambda each: (each.year, each.named.name.casefold(), each.named.iri)
        )
        films = tuple(self._worked_on(each) for each in dated[-most:])
        return Filmography(self.person, films, dated=len(dated), total=len(self._films))

    def collaboration(self, most_people: int, most_films: int) -> Collaboration:
        """Return the people that the person made most films with, at most so many, and at most so many films that show it."""
        crews = {each.named.iri: {iri: n for iri, n in each.crew.items() if iri != self._iri} for each in self._films}
        ranked = _rank(crews)
        chosen = _choose(crews, ranked[:most_people], most_films)
        films = sorted(
            (each for each in self._films if each.named.iri in chosen), key=lambda each: (each.year or "9999", each.named.iri)
        )
        people = [iri for iri in ranked[:most_people] if any(iri in crews[film] for film in chosen)]
        roles = self._roles_on(films, frozenset(people))
        return Collaboration(
            self.person,
            tuple(self._worked_on(each) for each in films),
            tuple(self._co_worker(iri, films, crews, roles[iri]) for iri in people),
            film_total=sum(1 for crew in crews.values() if crew),
            co_worker_total=len(ranked),
        )

    def _co_worker(
        self, iri: str, films: Iterable[_Film], crews: Mapping[str, Mapping[str, int]], roles: Iterable[str]
    ) -> CoWorker:
        shared = tuple(each.named.iri for each in films if iri in each.crew)
        total = sum(iri in crew for crew in crews.values())
        return CoWorker(self._named(iri), shared, total, self._labels(roles))

    def _roles_on(self, films: Iterable[_Film], people: frozenset[str]) -> Mapping[str, set[str]]:
        """Return what each of some people did on some films, read from the credits of the films: a film has fewer than a star."""
        roles: dict[str, set[str]] = {iri: set() for iri in people}
        for credit_iri in {each for film in films for each in film.credit_iris}:
            quads = list(self.store.quads(NamedNode(credit_iri)))
            done = {to_iri(quad.object) for quad in quads if quad.predicate.value == SCHEMA.roleName}
            for iri in people & {to_iri(quad.object) for quad in quads if quad.predicate.value in self._edges}:
                roles[iri] |= done
        return roles

    def _worked_on(self, film: _Film) -> WorkedOn:
        return WorkedOn(film.named, film.year, self._roles(self._own & film.credit_iris))

    @cached_property
    def _iri(self) -> str:
        return self.iris.thing(Kind.PERSON, self.key)

    @cached_property
    def _own(self) -> frozenset[str]:
        """The films and credits of the person."""
        return self._linking(self._iri)

    @cached_property
    def _films(self) -> tuple[_Film, ...]:
        return tuple(self._film(each) for each in sorted(self._own) if self._is(each, Kind.FILM))

    @cached_property
    def _edges(self) -> frozenset[str]:
        """The properties that link a film to those who made it."""
        return frozenset(each.direct_property for each in self.vocabulary.concepts(Kind.ROLE) if each.direct_property)

    def _film(self, iri: str) -> _Film:
        names, years, credit_iris = [], [""], []
        crew: dict[str, int] = {}
        for quad in self.store.quads(NamedNode(iri)):
            predicate, value = quad.predicate.value, quad.object
            if isinstance(value, Literal):
                if predicate == SCHEMA.name:
                    names.append(value)
                elif predicate == SCHEMA.dateCreated:
                    years.append(value.value[:4])
            elif predicate == FG.credit:
                credit_iris.append(to_iri(value))
            elif predicate in self._edges and self._is(to_iri(value), Kind.PERSON):
                nearness = _NEAREST.index(predicate) if predicate in _NEAREST else len(_NEAREST)
                crew[to_iri(value)] = min(nearness, crew.get(to_iri(value), nearness))
        year = min((each for each in years if each.isdecimal() and len(each) == 4), default="")
        return _Film(_to_named(iri, names), year, frozenset(credit_iris), crew)

    def _roles(self, credit_iris: Iterable[str]) -> tuple[str, ...]:
        predicate = NamedNode(SCHEMA.roleName)
        return self._labels(to_iri(quad.object) for each in credit_iris for quad in self.store.quads(NamedNode(each), predicate))

    def _labels(self, role_iris: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(_label(self.vocabulary, each, self.language) for each in set(role_iris)))

    def _named(self, iri: str) -> Named:
        quads = self.store.quads(NamedNode(iri), NamedNode(SCHEMA.name))
        return _to_named(iri, [quad.object for quad in quads if isinstance(quad.object, Literal)])

    def _linking(self, iri: str) -> frozenset[str]:
        """Return the films and credits that link to somebody by what they did."""
        quads = self.store.quads(None, None, NamedNode(iri))
        found = (to_iri(quad.subject) for quad in quads if quad.predicate.value in self._edges)
        return frozenset(each for each in found if self._is(each, Kind.FILM) or self._is(each, Kind.CREDIT))

    def _is(self, iri: str, kind: Kind) -> bool:
        return iri.startswith(f"{self.iris.base}id/{kind.segment}/") and "#" not in iri


def _to_named(iri: str, names: Iterable[Literal]) -> Named:
    name = min(names, key=lambda each: (each.language is not None, each.language != "en", str(each)), default=None)
    return Named(iri, name.value, name.language) if name else Named(iri, iri.rpartition("/")[2])


def _rank(crews: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return all co-workers: who shares the most films first, then who works nearest to the direction."""
    shared: Counter[str] = Counter()
    nearest: dict[str, int] = {}
    for crew in crews.values():
        for iri, nearness in crew.items():
            shared[iri] += 1
            nearest[iri] = min(nearness, nearest.get(iri, nearness))
    return sorted(shared, key=lambda iri: (-shared[iri], nearest[iri], iri))


def _choose(crews: Mapping[str, Mapping[str, int]], people: list[str], most: int) -> list[str]:
    """Return the films that tie the most of some people: each next one, whoever is not tied yet, counts for more."""
    chosen: list[str] = []
    untied = set(people)
    left = {film: [iri for iri in people if iri in crew] for film, crew in crews.items()}
    while len(chosen) < most:
        film = min(left, key=lambda each: (-sum(iri in untied for iri in left[each]), -len(left[each]), each), default=None)
        if film is None or not left[film]:
            break
        chosen.append(film)
        untied -= set(left.pop(film))
    return chosen
