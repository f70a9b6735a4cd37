"""A query pool without processes, and how the tests of `/sparql` ask."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pyoxigraph
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, NamedNode
from werkzeug.test import TestResponse

from filmgraph.errors import FilmgraphError
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.queryguard_describe import DescribePlan
from filmgraph.queryworkers import Answer, Found, QueryDataset, SupplyState
from filmgraph.settings import EndpointSettings
from filmgraph.stores.base import Store

__all__ = ["BASE", "BROWSER", "CONSTRUCT", "NAMES", "DirectPool", "detail", "get"]

NAMES = 'SELECT ?film ?name { ?film a <http://schema.org/Movie> ; <http://schema.org/name> ?name FILTER(?name = "Here") }'
CONSTRUCT = "CONSTRUCT { ?film a <http://schema.org/Movie> } WHERE { ?film a <http://schema.org/Movie> }"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BASE = "https://films.example/"


class DirectPool:
    """Runs queries in this process, on the store of the pages, and counts them; or fails as it is told."""

    def __init__(self, store: Store) -> None:
        self._engine = pyoxigraph.Store()
        self._engine.extend(store.quads(graph=None))
        self.limits = EndpointSettings(query_bytes=2_000)
        self.runs = 0
        self.error: FilmgraphError | None = None
        self.state = SupplyState(ready=1, size=1, is_down=False)

    def run(self, text: str, result_format: ResultsFormat | DocumentFormat, dataset: QueryDataset | None = None) -> Answer:
        self.runs += 1
        if self.error is not None:
            raise self.error
        graphs = None if dataset is None else [NamedNode(each) if each else DefaultGraph() for each in dataset.default_graphs]
        results = self._engine.query(text, default_graph=graphs)  # type: ignore[arg-type]
        if isinstance(results, pyoxigraph.QueryTriples):
            body = results.serialize(format=pyoxigraph.RdfFormat.from_media_type(result_format.media_type))
        else:
            body = results.serialize(format=pyoxigraph.QueryResultsFormat.from_media_type(result_format.media_type))
        return Answer(body or b"", result_format.format.content_type, 0.01)

    def find(self, text: str, plan: DescribePlan) -> Found | None:
        self.runs += 1
        if self.error is not None:
            raise self.error
        things = [value.value for query in plan.queries for row in self._engine.query(query) for value in row]  # type: ignore
        return Found(tuple(dict.fromkeys(things)), 0.01)


def get(client: FlaskClient, query: str, accept: str = "*/*", **more: str) -> TestResponse:
    return client.get("/sparql?" + urlencode({"query": query, **more}), headers={"Accept": accept})


def detail(response: TestResponse) -> str:
    assert response.content_type == "application/problem+json"
    problem = json.loads(response.data)
    assert problem["status"] == response.status_code
    return str(problem["detail"])
