"""A small release made for drawings: people, films, roles and venues with coordinates, in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from filmgraph.iris import IriScheme, Kind
from filmgraph.manifest import Manifest
from filmgraph.namespaces import FG, FG_BASE, RDF, SCHEMA, XSD
from filmgraph.settings import Settings
from filmgraph.stores.base import Term
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app
from tests.handmade import make_manifest

BASE = "https://films.example/"
IRIS = IriScheme(BASE)
EVIL = "</text><script>alert(1)</script>"


class SmallStore:
    """A release in memory that counts its look-ups."""

    def __init__(self) -> None:
        self._store = Store()
        self.look_ups = 0

    @property
    def manifest(self) -> Manifest:
        return make_manifest("2026-11-22.1", BASE, "Films", len(self._store), {})

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        *,
        graph: str | None = "",
    ) -> Iterator[Quad]:
        self.look_ups += 1
        name = None if graph is None else NamedNode(graph) if graph else DefaultGraph()
        return self._store.quads_for_pattern(subject, predicate, object_, name)

    def is_open(self) -> bool:
        return True

    def link(self, subject: str, predicate: str, object_: str) -> None:
        self._store.add(Quad(NamedNode(subject), NamedNode(predicate), NamedNode(object_)))

    def state(self, subject: str, predicate: str, value: str, datatype: str = XSD.string) -> None:
        self._store.add(Quad(NamedNode(subject), NamedNode(predicate), Literal(value, datatype=NamedNode(datatype))))

    def thing(self, kind: Kind, key: str, name: str) -> str:
        iri = IRIS.thing(kind, key)
        self.link(iri, RDF.type, kind.class_iri)
        self.state(iri, SCHEMA.name, name)
        return iri

    def film(self, key: str, name: str, year: str = "") -> str:
        iri = self.thing(Kind.FILM, key, name)
        if year:
            self.state(iri, SCHEMA.dateCreated, year, XSD.gYear)
        return iri

    def credit(self, film_key: str, role: str, edge: str, person_key: str) -> None:
        film, person = IRIS.thing(Kind.FILM, film_key), IRIS.thing(Kind.PERSON, person_key)
        credit = IRIS.thing(Kind.CREDIT, f"{film_key}-{role}-{person_key}")
        self.link(credit, RDF.type, SCHEMA.Role)
        self.link(film, FG.credit, credit)
        self.link(credit, SCHEMA.roleName, f"{FG_BASE}id/role/{role}")
        self.link(credit, edge, person)
        self.link(film, edge, person)

    def venue(self, key: str, name: str, at: tuple[str, str] | None, town: str = "Gent") -> str:
        iri = self.thing(Kind.VENUE, key, name)
        self.link(iri, SCHEMA.address, f"{iri}#address")
        self.state(f"{iri}#address", SCHEMA.addressLocality, town)
        for predicate, value in zip((SCHEMA.latitude, SCHEMA.longitude), at or (), strict=False):
            self.state(iri, predicate, value, XSD.decimal)
        return iri


def fill(store: SmallStore) -> None:
    """Ann directed four films with Bo, Cy and Dee; one has no year, and one a hostile title."""
    for key, name in (("ann", "Ann Ås"), ("bo", "Bo"), ("cy", "Cy"), ("dee", EVIL), ("eve", "Eve"), ("alone", "Alone")):
        store.thing(Kind.PERSON, key, name)
    for key, name, year in (("one", "One", "1998"), ("two", EVIL, "2003"), ("three", "Three", "2003"), ("none", "No year", "")):
        store.film(key, name, year)
        store.credit(key, "director", SCHEMA.director, "ann")
        store.credit(key, "actor", SCHEMA.actor, "bo")
    store.credit("one", "screenwriter", SCHEMA.author, "ann")
    store.credit("one", "editor", SCHEMA.editor, "cy")
    store.credit("two", "editor", SCHEMA.editor, "cy")
    store.credit("two", "actor", SCHEMA.actor, "dee")
    store.film("elsewhere", "Elsewhere", "2001")
    store.credit("elsewhere", "director", SCHEMA.director, "eve")
    store.credit("elsewhere", "actor", SCHEMA.actor, "bo")
    store.film("solo", "Solo", "1990")
    store.credit("solo", "director", SCHEMA.director, "alone")


def place(store: SmallStore) -> None:
    """Three venues in Gent, one too far away to be in that Gent, one without coordinates, one in another town."""
    store.venue("lumen", "Lumen", ("51.0500", "3.7200"))
    store.venue("sphinx", "Sphinx", ("51.0510", "3.7210"))
    store.venue("skoop", EVIL, ("51.0400", "3.7400"))
    store.venue("kentucky", "Gent in Kentucky", ("37.0", "-87.0"))
    store.venue("lost", "Lost", None)
    store.venue("rex", "Rex", ("51.2000", "4.4000"), "Antwerpen")
    hall = store.thing(Kind.HALL, "lumen-1", "Hall 1")
    store.link(hall, SCHEMA.containedInPlace, IRIS.thing(Kind.VENUE, "lumen"))
    festival = store.thing(Kind.FESTIVAL, "fest-2026", "Fest 2026")
    for key, location in (("s1", hall), ("s2", IRIS.thing(Kind.VENUE, "sphinx")), ("s3", IRIS.thing(Kind.VENUE, "lost"))):
        screening = store.thing(Kind.SCREENING, key, "One")
        store.link(screening, SCHEMA.superEvent, festival)
        store.link(screening, SCHEMA.location, location)


@pytest.fixture(scope="session")
def store() -> SmallStore:
    made = SmallStore()
    fill(made)
    place(made)
    image = made.thing(Kind.IMAGE, "poster", "Poster of three")
    made.link(IRIS.thing(Kind.FILM, "three"), SCHEMA.image, image)
    made.link(image, SCHEMA.contentUrl, "https://pictures.example/three.jpg")
    return made


@pytest.fixture
def fresh_store() -> SmallStore:
    return SmallStore()


@pytest.fixture(scope="session")
def make_app(loaded_vocabulary: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Callable[[SmallStore], Flask]:
    folder: Path = tmp_path_factory.mktemp("release")
    settings = Settings(
        catalogue_path=folder,
        id="films",
        base_iri=BASE,
        title="Films",
        publisher="Film Fest",
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
    )
    retired = {IRIS.thing(Kind.FILM, "gone"): None, IRIS.thing(Kind.FILM, "merged"): IRIS.thing(Kind.FILM, "one")}
    return lambda store: create_app(settings, store, loaded_vocabulary, retired=retired, release_path=folder)


@pytest.fixture(scope="session")
def client(make_app: Callable[[SmallStore], Flask], store: SmallStore) -> FlaskClient:
    return make_app(store).test_client()
