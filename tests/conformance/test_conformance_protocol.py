"""The W3C SPARQL 1.1 suites `protocol` and `service-description`, over HTTP through the application's test client.

The protocol tests run against the whole application on a throwaway release that holds the graphs they name. This endpoint
never updates: each request of the suite that updates, good or bad, must be refused, and a good one with 403. The service
description is that of the demo.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urljoin

import pytest
import rdflib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.namespaces import RDF
from tests.conformance.suite import SUITE_PATH, ProtocolCase, Request, read_protocol

FLOOR_QUERY, FLOOR_BAD_QUERY, FLOOR_UPDATE, FLOOR_BAD_UPDATE = 13, 7, 7, 7
PREFIX = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/manifest#"

#: IRI of a test → why it fails. Strict: a test that begins to pass must leave the table.
KNOWN_FAILURES: dict[str, str] = {}

CASES = list(read_protocol()) if SUITE_PATH.is_dir() else []
#: What answers of each kind may be (https://www.w3.org/TR/sparql11-protocol/#query-success).
TABLES = frozenset(each.media_type for each in ResultsFormat)
MEDIA_TYPES = {"boolean": TABLES, "tabular": TABLES, "RDF": frozenset(each.media_type for each in DocumentFormat)}
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")


def named(start: str) -> list[ProtocolCase]:
    return [case for case in CASES if case.iri.removeprefix(PREFIX).startswith(start)]


def is_about_updates(case: ProtocolCase) -> bool:
    return "update" in case.iri.removeprefix(PREFIX)


def marked(cases: list[ProtocolCase]) -> list[object]:
    return [
        pytest.param(
            case,
            id=case.iri,
            marks=[pytest.mark.xfail(reason=KNOWN_FAILURES[case.iri], strict=True)] if case.iri in KNOWN_FAILURES else [],
        )
        for case in cases
    ]


def send(client: FlaskClient, request: Request) -> TestResponse:
    return client.open(request.path, method=request.method, headers=list(request.headers), data=request.body)


def test_the_suite_is_complete(shared_path: Path) -> None:
    counts = [
        sum(name.startswith(start) for name in (case.iri.removeprefix(PREFIX) for case in CASES))
        for start in ("query_", "bad_query_", "update_", "bad_update_")
    ]
    # bad_multiple_queries and bad_multiple_updates do not begin like the others.
    assert counts == [FLOOR_QUERY, FLOOR_BAD_QUERY - 1, FLOOR_UPDATE, FLOOR_BAD_UPDATE - 1]
    assert len(CASES) == FLOOR_QUERY + FLOOR_BAD_QUERY + FLOOR_UPDATE + FLOOR_BAD_UPDATE
    assert set(KNOWN_FAILURES) <= {case.iri for case in CASES}


@pytest.mark.parametrize("case", marked([case for case in CASES if not is_about_updates(case)]))
def test_query_request_is_answered_as_the_protocol_says(case: ProtocolCase, protocol_client: FlaskClient) -> None:
    for request in case.requests:
        response = send(protocol_client, request)
        assert response.status_code in request.statuses, response.get_data(as_text=True)
        if request.answer_kind:
            assert response.mimetype in MEDIA_TYPES[request.answer_kind]
        if request.truth is not None:
            assert json.loads(response.data)["boolean"] is request.truth


@pytest.mark.parametrize("case", marked(named("update_")))
def test_update_is_forbidden(case: ProtocolCase, protocol_client: FlaskClient) -> None:
    response = send(protocol_client, case.requests[0])
    assert response.status_code == 403
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("case", marked([case for case in named("bad_") if is_about_updates(case)]))
def test_bad_update_is_refused(case: ProtocolCase, protocol_client: FlaskClient) -> None:
    for request in case.requests:
        response = send(protocol_client, request)
        assert response.status_code in request.statuses, response.get_data(as_text=True)


@pytest.fixture(scope="module")
def description(demo_client: FlaskClient) -> rdflib.Graph:
    response = demo_client.get("/sparql", headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    assert response.mimetype == "text/turtle"
    return rdflib.Graph().parse(data=response.data, format="turtle", publicID="http://localhost/sparql")


@pytest.mark.parametrize("media_type", ["text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"])
def test_returns_rdf(media_type: str, demo_client: FlaskClient, description: rdflib.Graph) -> None:
    response = demo_client.get("/sparql", headers={"Accept": media_type})
    assert response.status_code == 200
    assert response.mimetype == media_type
    assert len(rdflib.Graph().parse(data=response.data, format=media_type)) == len(description)


def test_has_endpoint_triple(description: rdflib.Graph) -> None:
    services = set(description.subjects(rdflib.RDF.type, SD.Service))
    assert len(services) == 1
    endpoints = list(description.objects(services.pop(), SD.endpoint))
    assert [urljoin("http://localhost/", str(each)).endswith("/sparql") for each in endpoints] == [True]


#: Property → (class of its subject, class of its value or None for an instance named by IRI), from the vocabulary's own
#: definitions (https://www.w3.org/TR/sparql11-service-description/#vocab-properties).
SCHEMA = {
    "endpoint": ("Service", None),
    "feature": ("Service", None),
    "defaultEntailmentRegime": ("Service", None),
    "entailmentRegime": ("NamedGraph", None),
    "defaultSupportedEntailmentProfile": ("Service", None),
    "supportedEntailmentProfile": ("NamedGraph", None),
    "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"),
    "languageExtension": ("Service", None),
    "supportedLanguage": ("Service", None),
    "propertyFeature": ("Service", None),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "resultFormat": ("Service", None),
    "inputFormat": ("Service", None),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": (None, "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
}
CLASSES = {"Service", "Feature", "Language", "Function", "Aggregate", "EntailmentRegime", "EntailmentProfile"} | {
    "GraphCollection", "Dataset", "Graph", "NamedGraph",
}  # fmt: skip


def test_conforms_to_schema(description: rdflib.Graph) -> None:
    used = 0
    for subject, predicate, value in description:
        if str(predicate) == RDF.type and str(value).startswith(SD):
            assert str(value).removeprefix(SD) in CLASSES
        if str(predicate).startswith(SD):
            used += 1
            domain, range_ = SCHEMA[str(predicate).removeprefix(SD)]
            assert isinstance(value, rdflib.URIRef | rdflib.BNode)
            assert domain is None or has_class(description, subject, domain), (subject, predicate)
            assert range_ is None or has_class(description, value, range_), (value, predicate)
    assert used >= 5


def has_class(graph: rdflib.Graph, node: object, name: str) -> bool:
    # A dataset is a graph collection (the vocabulary's only subclass that matters here).
    names = {"GraphCollection", "Dataset"} if name == "GraphCollection" else {name}
    types = {str(each) for each in graph.objects(node, rdflib.RDF.type)}  # type: ignore[arg-type]
    return any(SD + each in types for each in map(str, names))
