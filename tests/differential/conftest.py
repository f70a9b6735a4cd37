"""A part of the demo that is small enough for a slow engine, in both engines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from pyoxigraph import NamedNode

from filmgraph.manifest import FILE_NAME, STORE_FOLDER, load_manifest
from filmgraph.namespaces import FG, RDF, SCHEMA, SKOS
from filmgraph.queryworkers import MEMORY_FLOOR, WorkerPool
from filmgraph.settings import EndpointSettings
from filmgraph.stores.embedded import EmbeddedStore
from tests.conftest import Built

#: Every so many-th film is taken, with its credits, people and screenings.
FILM_STEP = 3
PLACES = (SCHEMA.MovieTheater, FG.Auditorium, FG.ProgrammeSection, SCHEMA.Country)


def things(store: EmbeddedStore, class_iri: str) -> list[NamedNode]:
    quads = store.quads(predicate=NamedNode(RDF.type), object_=NamedNode(class_iri))
    found = {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}
    return sorted(found, key=lambda each: each.value)


def named(terms: Iterable[object]) -> set[NamedNode]:
    return {each for each in terms if isinstance(each, NamedNode)}


def choose_subjects(store: EmbeddedStore) -> set[NamedNode]:
    films = things(store, SCHEMA.Movie)[::FILM_STEP]
    chosen = {*films, *(place for class_iri in PLACES for place in things(store, class_iri))}
    chosen |= set(things(store, SKOS.Concept))
    for film in films:
        chosen |= named(quad.subject for quad in store.quads(None, NamedNode(SCHEMA.workPresented), film))
        for predicate in (FG.credit, SCHEMA.director, SCHEMA.actor, SCHEMA.contributor):
            chosen |= named(quad.object for quad in store.quads(film, NamedNode(predicate)))
    return chosen


@pytest.fixture(scope="session")
def small_release(demo_release: Built, demo_store: EmbeddedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("differential") / "2026-11-22.1"
    path.mkdir()
    store = pyoxigraph.Store(str(path / STORE_FOLDER))
    for subject in choose_subjects(demo_store):
        store.extend(demo_store.quads(subject))
    store.flush()
    (path / FILE_NAME).write_text(load_manifest(demo_release.path).to_json(), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def our_engine(small_release: Path) -> Iterator[WorkerPool]:
    limits = EndpointSettings(deadline_seconds=30.0, memory_bytes=MEMORY_FLOOR, workers=1)
    with WorkerPool(small_release, limits) as pool:
        yield pool


@pytest.fixture(scope="session")
def other_engine(small_release: Path) -> rdflib.Graph:
    store = EmbeddedStore.open(small_release)
    text = pyoxigraph.serialize((quad.triple for quad in store.quads()), format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert text is not None
    return rdflib.Graph().parse(data=text, format="nt")
