"""The films that stand before and after a film in the filmography of those who directed it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from filmgraph.describe_model import to_iri
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import SCHEMA
from filmgraph.programme import Named
from filmgraph.stores.base import Store

__all__ = ["Neighbours", "find_neighbours"]

_YEAR_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Somebody who directed a film, and their films before and after it, each with its year; None at an end of the line."""

    director: Named
    before: tuple[Named, str] | None
    after: tuple[Named, str] | None


def find_neighbours(store: Store, iris: IriScheme, key: str, most: int = 3) -> tuple[Neighbours, ...]:
    """Return the neighbours of a film, for the first directors; none for whom it is the only film with a year.

    It costs one look-up for each director and two for each of their films.
    """
    film = NamedNode(iris.thing(Kind.FILM, key))
    directors = sorted({to_iri(quad.object) for quad in store.quads(film, NamedNode(SCHEMA.director))})
    found = (_around(store, each, film.value) for each in directors[:most])
    return tuple(each for each in found if each is not None and (each.before or each.after))


def _around(store: Store, director_iri: str, film_iri: str) -> Neighbours | None:
    quads = store.quads(None, NamedNode(SCHEMA.director), NamedNode(director_iri))
    films = [_dated(store, iri) for iri in sorted({to_iri(quad.subject) for quad in quads})]
    line = sorted((each for each in films if each[1]), key=lambda each: (each[1], each[0].name.casefold(), each[0].iri))
    place = next((n for n, (named, _) in enumerate(line) if named.iri == film_iri), None)
    if place is None:
        return None
    before, after = line[place - 1 : place], line[place + 1 : place + 2]
    return Neighbours(_named(store, director_iri), *(each[0] if each else None for each in (before, after)))


def _dated(store: Store, iri: str) -> tuple[Named, str]:
    """Return a film with its year; "" for one without."""
    years = (each.value[:_YEAR_DIGITS] for each in _literals(store, iri, SCHEMA.dateCreated))
    return _named(store, iri), min((each for each in years if each.isdecimal() and len(each) == _YEAR_DIGITS), default="")


def _named(store: Store, iri: str) -> Named:
    """Return a thing by its name without a language, else by that in English, else by its first."""
    names = _literals(store, iri, SCHEMA.name)
    name = min(names, key=lambda each: (each.language is not None, each.language != "en", str(each)), default=None)
    return Named(iri, name.value, name.language) if name else Named(iri, iri.rpartition("/")[2])


def _literals(store: Store, iri: str, predicate: str) -> Iterable[Literal]:
    return (quad.object for quad in store.quads(NamedNode(iri), NamedNode(predicate)) if isinstance(quad.object, Literal))
