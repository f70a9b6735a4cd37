"""Two described releases: the demo's, and a larger one that is made up without the pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from filmgraph.changelog import FOLDER, HISTORY, ReleaseNote
from filmgraph.dataset import dataset_iri, dataset_triples, tally_lines
from filmgraph.dataset_writing import write_descriptions
from filmgraph.dumps_files import write_sums
from filmgraph.dumps_lines import to_lines
from filmgraph.iris import Kind
from filmgraph.namespaces import FG, RDF, SCHEMA, XSD
from filmgraph.settings import Settings
from filmgraph.vocabulary import Vocabulary
from tests.conftest import Built

DUMPS = (
    "large.nt.gz", "large.ttl.gz", "large.trig.gz", "large.jsonld.gz", "large.ndjson.gz", "class/film.nt.gz", "class/film.ttl.gz",
    "edition/fest-2001.nt.gz", "tables/film.csv", "tables/film.parquet", "tables/data-dictionary.csv", "ontology/filmgraph.ttl",
    "shapes/movie.ttl", "SHA256SUMS",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Described:
    """A release's folder, the published graph of its store, and its settings."""

    path: Path
    store: ox.Store
    settings: Settings

    @property
    def iri(self) -> str:
        return dataset_iri(self.settings)

    @property
    def description(self) -> ox.Store:
        """`dataset.ttl` in a store of its own."""
        store = ox.Store()
        store.load(path=str(self.path / "dataset.ttl"), format=ox.RdfFormat.TURTLE)
        return store


@pytest.fixture(scope="session")
def large_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A catalogue in Dutch whose base is not that of the vocabulary, with a page as contact and without themes or keywords."""
    return Settings(
        catalogue_path=tmp_path_factory.mktemp("large-catalogue"),
        id="large",
        base_iri="https://archief.example.org/data/",
        title="Het archief & de rest",
        publisher="Filmarchief “De Kelder”",
        licence="https://creativecommons.org/licenses/by/4.0/",
        description="Duizenden verzonnen films, om te zien of alles klopt als het er veel zijn.",
        languages=("nl", "xx"),
        contact="https://archief.example.org/contact?over=data",
    )


@pytest.fixture(scope="session")
def large_release(large_settings: Settings, loaded_vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Described:
    settings = large_settings
    published = frozenset(iter_facts(settings))
    path = tmp_path_factory.mktemp("large")
    statistics = tally_lines(sorted(to_lines(published)), settings, (b"",), path).to_statistics()
    about = dataset_triples(settings, statistics, "2026-11-22", "2026-11-22.3")
    for name in DUMPS:
        file = path / "dumps" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"this stands for {name}", encoding="utf-8")
    write_sums(path / "dumps", {})
    previous = write_history(tmp_path_factory.mktemp("previous"))
    write_descriptions(settings, loaded_vocabulary, statistics, about, "2026-11-22.3", "2026-11-22", path, previous)
    store = ox.Store()
    store.bulk_extend([ox.Quad(*each) for each in published | about])
    return Described(path, store, settings)


def write_history(path: Path) -> Path:
    """Write the history of two earlier releases, oldest first."""
    (path / FOLDER).mkdir()
    notes = [
        ReleaseNote("2026-11-20.1", "2026-11-20T08:00:00Z", None, {"film added": 2}, 2, 1),
        ReleaseNote("2026-11-22.2", "2026-11-22T08:00:00Z", "2026-11-20.1", {"film changed": 1}, 1, 1),
    ]
    (path / FOLDER / HISTORY).write_text(json.dumps([note.to_dict() for note in notes]), encoding="utf-8")
    return path


def iter_facts(settings: Settings) -> Iterator[ox.Triple]:
    """Yield 2,000 films with people, links elsewhere, identifiers, a venue and literals that look like IRIs."""
    iris = settings.iris

    def fact(subject: str, predicate: str, value: str | ox.Literal | ox.NamedNode) -> ox.Triple:
        return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(value) if isinstance(value, str) else value)

    for n in range(2000):
        film = iris.thing(Kind.FILM, f"film-{n}")
        person = iris.thing(Kind.PERSON, f"person-{n % 700}")
        yield fact(film, RDF.type, SCHEMA.Movie)
        yield fact(film, SCHEMA.name, ox.Literal(f'Film "{n % 50}" <http://not/an/iri> .\n'))
        yield fact(film, SCHEMA.dateCreated, ox.Literal(str(1895 + n % 120), datatype=ox.NamedNode(XSD.gYear)))
        yield fact(film, SCHEMA.director, person)
        yield fact(person, RDF.type, SCHEMA.Person)
        yield fact(person, SCHEMA.name, ox.Literal(f"Iemand {n % 700}", language="nl"))
        if n % 3:
            yield fact(film, SCHEMA.countryOfOrigin, iris.thing(Kind.COUNTRY, "BE" if n % 2 else "JP"))
            yield fact(film, FG.runtimeMinutes, ox.Literal(n % 200))
        if n % 5 == 0:
            identifier = f"{film}#imdb-tt{n:07}"
            yield fact(film, SCHEMA.identifier, identifier)
            yield fact(identifier, RDF.type, SCHEMA.PropertyValue)
            yield fact(identifier, SCHEMA.propertyID, ox.Literal("imdb"))
            yield fact(identifier, SCHEMA.value, ox.Literal(f"tt{n:07}"))
        if n % 7 == 0:
            yield fact(film, SCHEMA.sameAs, f"http://www.wikidata.org/entity/Q{n}")
            yield fact(film, SCHEMA.sameAs, f"https://catalogue.example.net/f/{n}")
    own = iris.thing(Kind.FILM, "film-1")
    yield fact(own, SCHEMA.sameAs, iris.thing(Kind.FILM, "film-2"))
    identifier = f"{own}#shelf-1"
    yield fact(own, SCHEMA.identifier, identifier)
    yield fact(identifier, SCHEMA.propertyID, ox.Literal("shelf"))
    venue = iris.thing(Kind.VENUE, "kelder")
    yield fact(venue, RDF.type, SCHEMA.MovieTheater)
    yield fact(f"{venue}#address", SCHEMA.addressCountry, ox.Literal("NL"))
    screening = iris.thing(Kind.SCREENING, "s-1")
    yield fact(screening, RDF.type, SCHEMA.ScreeningEvent)
    start = ox.Literal("2025-01-03T00:30:00+01:00", datatype=ox.NamedNode(XSD.dateTime))
    yield fact(screening, SCHEMA.startDate, start)


@pytest.fixture(scope="session", params=["demo", "large"])
def described(request: pytest.FixtureRequest) -> Described:
    if request.param == "demo":
        demo: Built = request.getfixturevalue("demo_release")
        return Described(demo.path, ox.Store.read_only(str(demo.path / "store")), demo.settings)
    large: Described = request.getfixturevalue("large_release")
    return large
