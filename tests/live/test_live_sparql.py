"""The query endpoint as the clients of others use it: curl, scripts in a browser, R, SPARQLWrapper, rdflib."""

from __future__ import annotations

import csv
import http.client
import io
import json
import re
import shutil
import subprocess
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper

from filmgraph.settings import EndpointSettings
from tests.conftest import LiveServer

SCHEMA = Namespace("http://schema.org/")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
HERE = URIRef("https://filmgraph.example/id/film/here-2023")
NAME = f"SELECT ?name WHERE {{ <{HERE}> <{SCHEMA.name}> ?name }}"
FORM = "application/x-www-form-urlencoded"
ADDRESS_BYTES = EndpointSettings().address_bytes


@dataclass(frozen=True)
class Answered:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def name(self) -> str:
        """The one value of the one row."""
        value: str = json.loads(self.body)["results"]["bindings"][0]["name"]["value"]
        return value


def send(server: LiveServer, method: str, path: str, body: str = "", **headers: str) -> Answered:
    parts = urlsplit(server.url)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)) as connection:
        connection.request(method, path, body.encode() or None, named)
        answer = connection.getresponse()
        return Answered(answer.status, answer.headers, answer.read())


def test_a_form_with_accept_anything_is_answered_in_json(live_server: LiveServer) -> None:
    answer = send(live_server, "POST", "/sparql", urlencode({"query": NAME}), Content_Type=FORM, Accept="*/*")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/sparql-results+json")
    assert answer.name == "Here"


def test_a_script_in_a_browser_asks_first_and_then_reads_all_headers(live_server: LiveServer) -> None:
    origin = "https://elsewhere.example"
    asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "content-type"}
    preflight = send(live_server, "OPTIONS", "/sparql", Origin=origin, **asked)
    assert preflight.status == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    sent = {"Content_Type": "application/sparql-query; charset=utf-8", "Accept": "application/sparql-results+json"}
    answer = send(live_server, "POST", "/sparql", NAME, Origin=origin, **sent)
    assert answer.name == "Here"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Server-Timing" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["Server-Timing"].startswith("total;dur=")


def test_r_reads_a_table_of_csv(live_server: LiveServer) -> None:
    body = urlencode({"query": NAME, "format": "csv"})
    answer = send(live_server, "POST", "/sparql", body, Content_Type=FORM, Accept="*/*", User_Agent="libcurl r-curl httr")
    assert list(csv.DictReader(io.StringIO(answer.body.decode()))) == [{"name": "Here"}]


def test_curl_asks_in_its_own_way(live_server: LiveServer) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    url = live_server.url + "/sparql"
    got = subprocess.run(
        ["curl", "-sS", "--get", url, "--data-urlencode", f"query={NAME}"], capture_output=True, check=True, timeout=60
    )
    posted = subprocess.run(
        ["curl", "-sS", url, "--data-urlencode", f"query={NAME}"], capture_output=True, check=True, timeout=60
    )
    assert json.loads(got.stdout) == json.loads(posted.stdout)
    assert json.loads(got.stdout)["results"]["bindings"][0]["name"]["value"] == "Here"


def test_sparqlwrapper_posts_and_describes(live_server: LiveServer) -> None:
    wrapper = SPARQLWrapper(live_server.url + "/sparql")
    wrapper.setTimeout(30)
    wrapper.setMethod(POST)
    wrapper.setQuery(NAME)
    wrapper.setReturnFormat(JSON)
    result: Any = wrapper.query()
    rows = result.convert()
    result.response.close()
    assert rows["results"]["bindings"][0]["name"]["value"] == "Here"
    wrapper.setQuery(f"DESCRIBE <{HERE}>")
    wrapper.setReturnFormat(TURTLE)
    described: Any = wrapper.query()
    graph = Graph().parse(data=described.convert(), format="turtle")
    described.response.close()
    assert (HERE, SCHEMA.name, Literal("Here")) in graph
    director = graph.value(HERE, SCHEMA.director)
    assert director is not None
    assert graph.value(director, SCHEMA.name) is not None


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflibs_store_reads_a_remote_graph(live_server: LiveServer, method: str) -> None:
    graph = Graph(SPARQLStore(live_server.url + "/sparql", method=method))
    assert graph.value(HERE, SCHEMA.name) == Literal("Here")
    assert (HERE, RDF.type, SCHEMA.Movie) in graph
    assert [str(row[0]) for row in graph.query(NAME)] == ["Here"]  # type: ignore[index]
    assert bool(graph.query(f"ASK {{ <{HERE}> a <{SCHEMA.Movie}> }}"))
    films = graph.query(f"SELECT (COUNT(?film) AS ?n) {{ ?film a <{SCHEMA.Movie}> }}")
    assert [row[0].toPython() >= 60 for row in films] == [True]  # type: ignore[index, union-attr]


def test_rdflib_reads_the_service_description(live_server: LiveServer) -> None:
    answer = send(live_server, "GET", "/sparql", Accept="text/turtle")
    graph = Graph().parse(data=answer.body, format="turtle")
    (service,) = graph.subjects(RDF.type, SD.Service)
    assert graph.value(service, SD.endpoint) == URIRef("https://filmgraph.example/sparql")
    names = set(map(str, graph.objects(None, SD.name)))
    assert "https://filmgraph.example/graph/provenance" in names


def test_the_document_of_a_thing_and_its_description_are_the_same(live_server: LiveServer) -> None:
    described = send(live_server, "GET", "/sparql?" + urlencode({"query": f"DESCRIBE <{HERE}>"}), Accept="text/turtle")
    assert described.body == send(live_server, "GET", "/film/here-2023.ttl").body


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_the_same_question_again_is_304(live_server: LiveServer, encoding: str) -> None:
    path = "/sparql?" + urlencode({"query": NAME})
    tag = send(live_server, "GET", path, Accept_Encoding=encoding).headers["ETag"]
    again = send(live_server, "GET", path, Accept_Encoding=encoding, If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")


def test_a_mistake_is_found_to_the_word(live_server: LiveServer) -> None:
    answer = send(live_server, "POST", "/sparql", "SELECT * {\n ?film a ]\n}\nLIMIT 3", Content_Type="application/sparql-query")
    problem = json.loads(answer.body)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status, problem["line"], problem["column"]) == (400, 2, 10)
    assert re.fullmatch("line 2, column 10: the query does not parse at “]”", problem["detail"])


def test_an_address_that_is_too_long_is_414(live_server: LiveServer) -> None:
    answer = send(live_server, "GET", "/sparql?query=ASK%7B%7D&x=" + "x" * ADDRESS_BYTES)
    assert answer.status == 414
    assert "send the query by POST" in json.loads(answer.body)["detail"]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("text/plain", "ASK {}", 415),
        ("application/sparql-update", "DROP ALL", 403),
        (FORM, "update=DROP+ALL", 403),
        (FORM, "query=" + "x" * 100_000, 413),
    ],
)
def test_what_is_no_query_has_its_status(live_server: LiveServer, content_type: str, body: str, status: int) -> None:
    answer = send(live_server, "POST", "/sparql", body, Content_Type=content_type)
    assert answer.status == status
    assert json.loads(answer.body)["status"] == status
