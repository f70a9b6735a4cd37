"""What an endpoint of Wikidata's shape is asked about films, and what its answer proves. Pure.

A title is compared as it is, in several languages, because only that is fast there: a label is found by its very text. Whatever
has a director (P57) is a film. What agrees is judged here, in words, and not by the endpoint.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from filmgraph.errors import StoreError
from filmgraph.folding import spellings
from filmgraph.results import Table

__all__ = ["Candidate", "Film", "build_query", "judge"]

_VARIABLES: Final = ("n", "film", "director", "date", "imdb")
_MOST_ROWS: Final = 5_000
_YEAR: Final = re.compile(r"-?([0-9]{4})")
_SPECIAL: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Film:
    """A film as the catalogue has it; `languages` are the tags in which its titles are looked for."""

    key: str
    titles: tuple[str, ...]
    years: frozenset[int] = frozenset()
    directors: tuple[str, ...] = ()
    imdb: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be the same film elsewhere, and what speaks for it, in words."""

    key: str
    link: str
    evidence: str


@dataclass(slots=True)
class _Found:
    directors: set[str] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    imdb: set[str] = field(default_factory=set)


def build_query(films: Iterable[Film], languages: Iterable[str]) -> str:
    """Return a query about some films, which it calls by number; titles are looked for in `languages` and the films' own."""
    everywhere = tuple(languages)
    rows = [
        f"({n} {_literal(title, language)})"
        for n, film in enumerate(films)
        for title in film.titles
        for language in dict.fromkeys((*everywhere, *film.languages))
        if _LANGUAGE.fullmatch(language)
    ]
    return f"""\
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
SELECT DISTINCT ?n ?film ?director ?date ?imdb WHERE {{
  VALUES (?n ?title) {{ {" ".join(rows)} }}
  ?film rdfs:label|skos:altLabel|wdt:P1476 ?title ;
    wdt:P57/rdfs:label ?director .
  OPTIONAL {{ ?film wdt:P577 ?date }}
  OPTIONAL {{ ?film wdt:P345 ?imdb }}
}}
LIMIT {_MOST_ROWS}
"""


def _literal(text: str, language: str) -> str:
    return '"' + "".join(_SPECIAL.get(each, each) for each in text) + f'"@{language}'


def judge(films: tuple[Film, ...], table: Table) -> tuple[Candidate, ...]:
    """Return what the answer proposes: a film of the same title with the same director, or of the same year, or IMDb number.

    StoreError when the answer is not one to the question, or is cut off at its limit.
    """
    if table.variables != _VARIABLES or table.truth is not None:
        raise StoreError(f"the answer has the columns {', '.join(table.variables)}, not {', '.join(_VARIABLES)}")
    if len(table.rows) >= _MOST_ROWS:
        raise StoreError(f"the answer is cut off at {_MOST_ROWS} rows: ask about fewer films at once (--batch)")
    found: defaultdict[tuple[int, str], _Found] = defaultdict(_Found)
    for n, film, director, date, imdb in table.rows:
        if n is None or film is None or not film.is_iri or not n.value.isdecimal() or int(n.value) >= len(films):
            raise StoreError("the answer names a film that was not asked about, or something that is no thing")
        known = found[int(n.value), film.value]
        known.directors |= {director.value} if director else set()
        known.years |= {int(match[1])} if date and (match := _YEAR.match(date.value)) else set()
        known.imdb |= {imdb.value} if imdb else set()
    return tuple(_iter_candidates(films, found))


def _iter_candidates(films: tuple[Film, ...], found: dict[tuple[int, str], _Found]) -> Iterator[Candidate]:
    for (n, link), known in sorted(found.items(), key=lambda each: each[0]):
        film = films[n]
        agrees = list(_iter_agreements(film, known))
        if agrees and not (film.imdb and known.imdb and not film.imdb & known.imdb):
            yield Candidate(film.key, link, "; ".join(("the same title", *agrees)))


def _iter_agreements(film: Film, known: _Found) -> Iterator[str]:
    theirs = {each: name for name in known.directors for each in spellings(name)}
    directors = [name for name in film.directors if any(each in theirs for each in spellings(name))]
    if directors:
        yield f"the same director ({', '.join(directors)})"
    elif film.directors:
        # A remake has the title, and may have the year of another film: without the director it is no proposal.
        return
    years = sorted(each for each in known.years if any(abs(each - own) <= 1 for own in film.years))
    if years:
        yield f"released in {years[0]}, made in {min(film.years)}"
    if film.imdb & known.imdb:
        yield f"the same IMDb number ({min(film.imdb & known.imdb)})"
