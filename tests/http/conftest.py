"""A small release made by hand after docs/data-model.md, in a store of its own: no part of the build is needed."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store
from werkzeug.test import TestResponse

from filmgraph.iris import IriScheme
from filmgraph.manifest import FileEntry, Manifest
from filmgraph.settings import Settings
from filmgraph.stores.base import Term
from filmgraph.vocabulary import Vocabulary, load_vocabulary
from filmgraph.web import create_app
from tests.handmade import make_manifest
from tests.http.sparql_pool import DirectPool

FOLDER = Path(__file__).parent
BASE = "https://films.example/"
GONE, MERGED = f"{BASE}id/film/gone-1950", f"{BASE}id/film/here-2024"
DUMP = gzip.compress(b"<http://a/s> <http://a/p> <http://a/o> .\n" * 100, mtime=0)


class MemoryStore:
    """A release in memory, with the look-ups of `stores.base.Store`."""

    def __init__(self, manifest: Manifest, quads: list[Quad]) -> None:
        self._manifest = manifest
        self._store = Store()
        self._store.extend(quads)
        self.answers = True

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        *,
        graph: str | None = "",
    ) -> Iterator[Quad]:
        name = None if graph is None else NamedNode(graph) if graph else DefaultGraph()
        return self._store.quads_for_pattern(subject, predicate, object_, name)

    def is_open(self) -> bool:
        return self.answers


@pytest.fixture(scope="session")
def iris() -> IriScheme:
    return IriScheme(BASE)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary(FOLDER / "vocabulary")


@pytest.fixture(scope="session")
def release_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release")
    (path / "dumps").mkdir()
    (path / "dumps" / "films.nt.gz").write_bytes(DUMP)
    (path / "manifest.json").write_text("{}")
    (path / "dumps" / "unlisted.txt").write_text("not in the manifest")
    return path


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    return make_manifest(
        "2026-11-22.1",
        BASE,
        "Films",
        99,
        {f"{BASE}graph/texts": 12, f"{BASE}graph/source/page": 3},
        publisher="Film Fest",
        files={
            "dumps/films.nt.gz": FileEntry(hashlib.sha256(DUMP).hexdigest(), len(DUMP)),
            "dumps/lost.nt.gz": FileEntry("0" * 64, 1),
            "store/secret": FileEntry("0" * 64, 1),
        },
    )


@pytest.fixture(scope="session")
def store(manifest: Manifest, vocabulary: Vocabulary, iris: IriScheme) -> MemoryStore:
    quads = list(load_quads(FOLDER / "release.trig"))
    graph = NamedNode(iris.vocabulary_graph)
    quads += [Quad(each.subject, each.predicate, each.object, graph) for each in vocabulary.triples]
    return MemoryStore(manifest, quads)


def load_quads(path: Path) -> Iterator[Quad]:
    loaded = Store()
    loaded.load(path=str(path), format=RdfFormat.TRIG)
    return iter(loaded)


@pytest.fixture(scope="session")
def settings(release_path: Path) -> Settings:
    return Settings(
        catalogue_path=release_path,
        id="films",
        base_iri=BASE,
        title="Films",
        publisher="Film Fest",
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
    )


@pytest.fixture(scope="session")
def app(settings: Settings, store: MemoryStore, vocabulary: Vocabulary, release_path: Path) -> Flask:
    retired = {GONE: None, MERGED: f"{BASE}id/film/here-2023"}
    return create_app(settings, store, vocabulary, retired=retired, release_path=release_path)


class BufferedClient(FlaskClient):
    """A client that reads every answer to its end, so that no file stays open."""

    def open(self, *args: Any, buffered: bool = True, follow_redirects: bool = False, **kwargs: Any) -> TestResponse:
        return super().open(*args, buffered=buffered, follow_redirects=follow_redirects, **kwargs)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.test_client_class = BufferedClient
    return app.test_client()


@pytest.fixture
def pool(store: MemoryStore) -> DirectPool:
    return DirectPool(store)


@pytest.fixture
def ask(settings: Settings, store: MemoryStore, vocabulary: Vocabulary, pool: DirectPool, release_path: Path) -> FlaskClient:
    return create_app(settings, store, vocabulary, pool, release_path=release_path).test_client()
