"""Throwaway releases that hold a suite's data, and the endpoint that answers from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Quad, RdfFormat

from filmgraph.manifest import FILE_NAME, STORE_FOLDER
from filmgraph.queryworkers import MEMORY_FLOOR, WorkerPool
from filmgraph.serving import open_app
from filmgraph.settings import EndpointSettings, load_settings
from tests.conformance.suite import BASE, file_of, read_protocol
from tests.conftest import ROOT
from tests.handmade import make_manifest

#: The graph that the protocol tests name and give no data for.
EMPTY_GRAPH = "http://kasei.us/2009/09/sparql/data/data0.rdf"
LIMITS = EndpointSettings(deadline_seconds=30.0, memory_bytes=MEMORY_FLOOR, workers=1)

ReleaseMaker = Callable[[Mapping[str, str]], Path]


@pytest.fixture(scope="session")
def make_release(tmp_path_factory: pytest.TempPathFactory) -> ReleaseMaker:
    """Write a release from named graphs, each given as name → IRI of its file; its default graph is empty."""

    def make(graphs: Mapping[str, str]) -> Path:
        path = tmp_path_factory.mktemp("conformance") / "2026-11-22.1"
        path.mkdir()
        counts = _write_store(path / STORE_FOLDER, graphs)
        (path / FILE_NAME).write_text(make_manifest(path.name, BASE, "Conformance", 0, counts).to_json(), encoding="utf-8")
        (path / "retired.json").write_text("{}", encoding="utf-8")
        return path

    return make


def _write_store(path: Path, graphs: Mapping[str, str]) -> dict[str, int]:
    store = pyoxigraph.Store(str(path))
    for name, file_iri in graphs.items():
        store.add_graph(NamedNode(name))
        store.bulk_extend(_read_graph(name, file_iri))
    store.flush()
    return {name: sum(1 for _ in store.quads_for_pattern(None, None, None, NamedNode(name))) for name in graphs}


def _read_graph(name: str, file_iri: str) -> Iterable[Quad]:
    path = file_of(file_iri)
    if not path.is_file():
        return
    rdf_format = RdfFormat.from_extension(path.suffix.removeprefix("."))
    for each in pyoxigraph.parse(path=path, format=rdf_format, base_iri=file_iri, rename_blank_nodes=True):
        yield Quad(each.subject, each.predicate, each.object, NamedNode(name))


@pytest.fixture(scope="session")
def protocol_client(shared_path: Path, make_release: ReleaseMaker) -> Iterator[FlaskClient]:
    graphs = {name: file_iri for case in read_protocol() for name, file_iri in case.graphs}
    release_path = make_release({EMPTY_GRAPH: "", **graphs})
    settings = replace(load_settings(ROOT / "data"), endpoint=LIMITS)
    with WorkerPool(release_path, LIMITS) as pool:
        yield open_app(settings, release_path, pool).test_client()
