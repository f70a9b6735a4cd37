"""Rewritten queries in a real worker: answers, and errors that speak of the client's own text."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, Quad

from filmgraph.errors import QueryError, QuerySyntaxError
from filmgraph.formats import ResultsFormat
from filmgraph.manifest import FILE_NAME, STORE_FOLDER
from filmgraph.queryguard import GuardLimits
from filmgraph.queryguard_describe import plan_describe
from filmgraph.queryworkers import MEMORY_FLOOR, QueryDataset, WorkerPool
from filmgraph.settings import EndpointSettings
from tests.handmade import make_manifest

BASE = "https://filmgraph.example/"
GRAPHS = (BASE + "graph/texts", BASE + "graph/vocabulary")
COUNT = "SELECT ?g ?n { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } } ORDER BY ?g"


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerPool]:
    path = tmp_path_factory.mktemp("rewritten") / "2026-11-22.1"
    path.mkdir()
    store = pyoxigraph.Store(str(path / STORE_FOLDER))
    for number, graph in enumerate(GRAPHS, 1):
        for n in range(number):
            store.add(Quad(NamedNode(f"{BASE}{n}"), NamedNode(BASE + "p"), NamedNode(BASE + "o"), NamedNode(graph)))
    store.flush()
    manifest = make_manifest(path.name, BASE, "Rewritten", 0, {graph: n for n, graph in enumerate(GRAPHS, 1)})
    (path / FILE_NAME).write_text(manifest.to_json(), encoding="utf-8")
    limits = EndpointSettings(deadline_seconds=20.0, memory_bytes=MEMORY_FLOOR, workers=1)
    with WorkerPool(path, limits) as made:
        yield made


def lines(pool: WorkerPool, query: str, dataset: QueryDataset | None = None) -> list[str]:
    return pool.run(query, ResultsFormat.CSV, dataset).body.decode().splitlines()[1:]


def test_each_graph_is_counted_alone(pool: WorkerPool) -> None:
    assert lines(pool, COUNT) == [f"{GRAPHS[0]},1", f"{GRAPHS[1]},2"]


def test_data_set_of_the_request_says_which_graphs(pool: WorkerPool) -> None:
    assert lines(pool, COUNT, QueryDataset(("",), GRAPHS[1:])) == [f"{GRAPHS[1]},2"]


def test_describe_finds_its_things_by_the_standard(pool: WorkerPool) -> None:
    query = "DESCRIBE ?g { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } FILTER(?n = 2) }"
    plan = plan_describe(query, GuardLimits(), ())
    assert plan is not None
    found = pool.find(query, plan)
    assert found is not None
    assert found.iris == (GRAPHS[1],)


def test_mistake_has_its_place_in_the_text_of_the_client(pool: WorkerPool) -> None:
    query = "SELECT (GROUP_CONCAT(?x) AS ?y)\n{ <a> <b>* ?x .\nGRAPH ?g { SELECT ?x { ?x ?y ?z } } FILTER(?x ?y) }"
    with pytest.raises(QuerySyntaxError) as caught:
        pool.run(query, ResultsFormat.CSV)
    assert (caught.value.line, caught.value.column) == (3, query.splitlines()[2].index("?x ?y)") + 4)


def test_query_that_would_grow_too_long_is_an_error_that_says_so(pool: WorkerPool) -> None:
    query = "SELECT * { " + "GRAPH ?g { " * 12 + "SELECT * { ?s ?p ?o }" + " }" * 13
    with pytest.raises(QueryError, match="name the graphs"):
        pool.run(query, ResultsFormat.CSV)
    assert lines(pool, COUNT)
