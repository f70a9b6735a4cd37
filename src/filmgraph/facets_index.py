"""Writes `facets.sqlite`: the lists of a release in their order, and which of their things have which value of each facet.

The same facts give the same bytes: rows go in sorted, in one transaction.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from pyoxigraph import Triple

from filmgraph.dumps_lines import iter_blocks
from filmgraph.errors import ReleaseError
from filmgraph.facets_model import FACETS, FACETS_FILE, FACETS_FORMAT, SCHEMA_SQL, Facet, pack_positions
from filmgraph.index_extract import AGENT, Extract, Extractor, by_number
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG, RDF, SCHEMA

__all__ = ["FacetGatherer", "write_facets"]

_WANTED: Final = by_number(
    (
        SCHEMA.dateCreated, SCHEMA.startDate, SCHEMA.countryOfOrigin, SCHEMA.genre, FG.form, SCHEMA.inLanguage,
        SCHEMA.subtitleLanguage, SCHEMA.workPresented, SCHEMA.superEvent, SCHEMA.location, SCHEMA.containedInPlace,
        SCHEMA.roleName, FG.inSection, FG.credit,
    )
)  # fmt: skip
_AGENT, _NAME, _TYPE = by_number((AGENT, SCHEMA.name, RDF.type))
_YEAR_LENGTH: Final = 4

#: The values of one facet by the IRI of a thing.
_Values = Mapping[str, set[str]]


@dataclass(slots=True)
class _Facts:
    """What the lists need of the graph: the things, values by property and subject, names by subject, the agents of credits."""

    prefixes: Mapping[Kind, str]
    things: Mapping[Kind, list[str]] = field(default_factory=lambda: {kind: [] for kind in FACETS})
    values: defaultdict[str, defaultdict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    names: defaultdict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    types: set[str] = field(default_factory=set)
    agents: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def of(self, subject_iri: str, predicate_iri: str) -> Collection[str]:
        """Return the values of a property."""
        return self.values[predicate_iri].get(subject_iri, ())

    def take_thing(self, iri: str) -> None:
        """Note a thing of a list; its parts, and things of other kinds, are not noted."""
        kind = next((each for each in self.things if iri.startswith(self.prefixes[each])), None)
        if kind is not None and "#" not in iri and iri not in self.types:
            self.types.add(iri)
            self.things[kind].append(iri)

    def keys(self, subject_iri: str, predicate_iri: str, kind: Kind) -> set[str]:
        """Return the keys of the things of a kind that a property links to."""
        prefix = self.prefixes[kind]
        return {each[len(prefix) :] for each in self.of(subject_iri, predicate_iri) if each.startswith(prefix)}

    def name(self, iri: str) -> str:
        """Return what pages call a thing: its name without a language, else in English, else the first; empty without one."""
        by_language = {language: text for text, language in sorted(self.names.get(iri, ()), reverse=True)}
        return by_language.get("") or by_language.get("en") or next(iter(sorted(by_language.values())), "")

    def date(self, iri: str) -> str:
        """Return a year or a start, as the graph spells it."""
        return next(iter(sorted(self.of(iri, SCHEMA.dateCreated)) or sorted(self.of(iri, SCHEMA.startDate))), "")


def write_facets(triples: Iterable[Triple], iris: IriScheme, release_path: Path) -> None:
    """Write the lists of the published graph and their facets into the folder of a release.

    ReleaseError when the file cannot be written, OSError when the disk is full.
    """
    gatherer, extractor = FacetGatherer(iris), Extractor(iris)
    for block in iter_blocks(triples):
        gatherer.take(extractor.extract(block))
    gatherer.write(release_path)


def _write_file(facts: _Facts, path: Path) -> None:
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            _write(connection, facts)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            # Whoever publishes says what is to be done when a disk is full.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
        raise ReleaseError(f"cannot write the facets in {path.parent}: {error}. Look whether the disk is well") from error


class FacetGatherer:
    """Gathers the facts from extracts, in any order."""

    def __init__(self, iris: IriScheme) -> None:
        self._facts = _Facts({kind: f"{iris.base_of(kind)}id/{kind.segment}/" for kind in Kind})

    def take(self, extract: Extract) -> None:
        """Take some lines."""
        facts = self._facts
        values = {number: facts.values[iri] for number, iri in _WANTED.items()}
        for subject, number, text, language in extract.texts:
            if number in values:
                values[number][subject].append(text)
            elif number == _NAME:
                facts.names[subject].append((text, language))
        for subject, number, value in extract.links:
            if number in values:
                values[number][subject].append(value)
            elif number == _TYPE:
                facts.take_thing(subject)
            elif number == _AGENT:
                facts.agents[subject].append(value)

    def write(self, release_path: Path) -> None:
        """Write the lists into the folder of a release; errors are those of `write_facets`."""
        _write_file(self._facts, release_path / FACETS_FILE)


def _write(connection: sqlite3.Connection, facts: _Facts) -> None:
    # Nobody reads the file before it is whole, and the release is synced as one.
    for pragma in ("page_size = 4096", "journal_mode = OFF", "synchronous = OFF", f"user_version = {FACETS_FORMAT}"):
        connection.execute(f"PRAGMA {pragma}")
    connection.executescript(SCHEMA_SQL)
    connection.execute("BEGIN")
    lists = _lists(facts)
    for kind in FACETS:
        rows = [(kind.segment, n, iri, facts.name(iri), facts.date(iri)) for n, iri in enumerate(lists[kind])]
        connection.executemany("INSERT INTO thing VALUES (?, ?, ?, ?, ?)", rows)
    connection.executemany("INSERT INTO value VALUES (?, ?, ?, ?, ?, ?)", _iter_values(facts, lists))
    connection.execute("COMMIT")


def _lists(facts: _Facts) -> dict[Kind, list[str]]:
    """Return the things of each kind in the order of their list: by name, and screenings by their start."""
    return {kind: sorted(listed, key=partial(_place, facts, kind)) for kind, listed in facts.things.items()}


def _place(facts: _Facts, kind: Kind, iri: str) -> tuple[str, str, str]:
    """Return what decides on where a thing stands in its list."""
    return facts.date(iri) if kind is Kind.SCREENING else "", facts.name(iri).casefold(), iri


def _iter_values(facts: _Facts, lists: Mapping[Kind, list[str]]) -> Iterator[tuple[str, str, str, str, str, bytes]]:
    maker = _Maker(facts, lists)
    for kind, facets in FACETS.items():
        position = {iri: n for n, iri in enumerate(lists[kind])}
        for facet in facets:
            by_value: defaultdict[str, set[int]] = defaultdict(set)
            for iri, values in maker.values(kind, facet).items():
                for value in values:
                    by_value[value].add(position[iri])
            for value, positions in sorted(by_value.items()):
                within, label = maker.within(facet, value), maker.label(facet, value)
                yield kind.segment, facet.value, value, within, label, pack_positions(positions)


class _Maker:
    """Tells the values of each facet for the things of each list."""

    def __init__(self, facts: _Facts, lists: Mapping[Kind, list[str]]) -> None:
        self._facts = facts
        self._lists = lists
        self._screenings: defaultdict[str, set[str]] = defaultdict(set)
        for screening, films in facts.values[SCHEMA.workPresented].items():
            for film in films:
                self._screenings[film].add(screening)
        self._credited = self._read_credits()

    def label(self, facet: Facet, value: str) -> str:
        """Return what a value is called that no vocabulary names: an edition, a section, a venue."""
        kinds = {Facet.EDITION: Kind.FESTIVAL, Facet.SECTION: Kind.SECTION, Facet.VENUE: Kind.VENUE}
        return self._facts.name(self._facts.prefixes[kinds[facet]] + value) if facet in kinds else ""

    def within(self, facet: Facet, value: str) -> str:
        """Return the value of the facet above that a value belongs to; empty where there is none."""
        match facet:
            case Facet.YEAR:
                return f"{value[:-1]}0"
            case Facet.SECTION:
                section = self._facts.prefixes[Kind.SECTION] + value
                return next(iter(sorted(self._facts.keys(section, SCHEMA.superEvent, Kind.FESTIVAL))), "")
            case _:
                return ""

    def values(self, kind: Kind, facet: Facet) -> _Values:
        """Return the values of a facet by thing, for those things of a kind that have one."""
        match kind:
            case Kind.FILM:
                found = {iri: self._of_film(iri, facet) for iri in self._lists[kind]}
            case Kind.SCREENING:
                found = {iri: self._of_screening(iri, facet) for iri in self._lists[kind]}
            case _:
                found = {iri: self._credited[facet].get(iri, set()) for iri in self._lists[kind]}
        return {iri: each for iri, each in found.items() if each}

    def _of_film(self, iri: str, facet: Facet) -> set[str]:
        match facet:
            case Facet.DECADE:
                return {f"{year[:-1]}0" for year in self._years(iri)}
            case Facet.YEAR:
                return self._years(iri)
            case Facet.COUNTRY:
                return self._facts.keys(iri, SCHEMA.countryOfOrigin, Kind.COUNTRY)
            case Facet.GENRE:
                return self._facts.keys(iri, SCHEMA.genre, Kind.GENRE)
            case Facet.FORM:
                return self._facts.keys(iri, FG.form, Kind.FORM)
            case Facet.LANGUAGE:
                return set(self._facts.of(iri, SCHEMA.inLanguage))
            case _:
                return {each for screening in self._screenings.get(iri, ()) for each in self._of_screening(screening, facet)}

    def _of_screening(self, iri: str, facet: Facet) -> set[str]:
        match facet:
            case Facet.EDITION:
                return self._facts.keys(iri, SCHEMA.superEvent, Kind.FESTIVAL)
            case Facet.SECTION:
                return self._facts.keys(iri, FG.inSection, Kind.SECTION)
            case Facet.LANGUAGE:
                return set(self._facts.of(iri, SCHEMA.subtitleLanguage))
            case _:
                halls = self._facts.of(iri, SCHEMA.location)
                found = (self._facts.keys(hall, SCHEMA.containedInPlace, Kind.VENUE) for hall in halls)
                return self._facts.keys(iri, SCHEMA.location, Kind.VENUE).union(*found)

    def _years(self, film: str) -> set[str]:
        years = (each[:_YEAR_LENGTH] for each in self._facts.of(film, SCHEMA.dateCreated))
        return {each for each in years if len(each) == _YEAR_LENGTH and each.isdecimal()}

    def _read_credits(self) -> Mapping[Facet, _Values]:
        """Return the roles of each agent, and the decades of the films that they are credited on."""
        roles: defaultdict[str, set[str]] = defaultdict(set)
        decades: defaultdict[str, set[str]] = defaultdict(set)
        for work, credits in self._facts.values[FG.credit].items():
            of_work = self._of_film(work, Facet.DECADE)
            for credit in credits:
                in_credit = self._facts.keys(credit, SCHEMA.roleName, Kind.ROLE)
                for agent in self._facts.agents.get(credit, ()):
                    roles[agent] |= in_credit
                    decades[agent] |= of_work
        return {Facet.ROLE: roles, Facet.DECADE: decades}
