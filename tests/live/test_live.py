"""The server as an outsider meets it: over HTTP, with the libraries that outsiders use."""

from __future__ import annotations

import gzip
import http.client
import json
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from rdflib import Graph, URIRef
from SPARQLWrapper import JSON, SPARQLWrapper

from filmgraph.stores.remote import RemoteEndpoint
from tests.conftest import LiveServer

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?film a <http://schema.org/Movie> }"


@dataclass(frozen=True)
class Fetched:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def fetch(url: str, headers: dict[str, str], method: str = "GET") -> Fetched:
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)) as connection:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), headers=headers)
        answer = connection.getresponse()
        return Fetched(answer.status, answer.headers, answer.read())


def test_a_thing_redirects_to_the_representation_asked_for(live_server: LiveServer) -> None:
    answer = fetch(live_server.url + "/id/film/here-2023", {"Accept": "text/turtle"})
    assert answer.status == 303
    assert "Accept" in answer.headers["Vary"]
    assert urlsplit(answer.headers["Location"]).path == "/film/here-2023.ttl"


def test_rdflib_reads_a_thing_by_its_document(live_server: LiveServer) -> None:
    graph = Graph().parse(live_server.url + "/film/here-2023.ttl", format="turtle")
    film = URIRef("https://filmgraph.example/id/film/here-2023")
    assert str(graph.value(film, URIRef("http://schema.org/name"))) == "Here"


def test_sparqlwrapper_gets_its_rows(live_server: LiveServer) -> None:
    wrapper = SPARQLWrapper(live_server.url + "/sparql")
    wrapper.setQuery(COUNT)
    wrapper.setReturnFormat(JSON)
    wrapper.setTimeout(20)
    result = wrapper.query()
    rows: Any = result.convert()
    result.response.close()
    assert int(rows["results"]["bindings"][0]["n"]["value"]) >= 60


def test_our_own_client_gets_its_rows(live_server: LiveServer) -> None:
    answer = RemoteEndpoint(live_server.url + "/sparql").query(COUNT)
    assert json.loads(answer.body)["head"]["vars"] == ["n"]


def test_a_post_works_as_well(live_server: LiveServer) -> None:
    request = urllib.request.Request(live_server.url + "/sparql", urlencode({"query": COUNT}).encode(), {"Accept": "text/csv"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.read().decode().splitlines()[0] == "n"


def test_turtle_is_sent_compressed_to_those_who_take_it(live_server: LiveServer) -> None:
    plain = fetch(live_server.url + "/film/here-2023.ttl", {})
    packed = fetch(live_server.url + "/film/here-2023.ttl", {"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


@pytest.mark.parametrize("path", ["/film/here-2023", "/film/here-2023.ttl", "/film/here-2023.jsonld", "/film/here-2023.nq"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_an_etag_brings_a_304(live_server: LiveServer, path: str, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    etag = fetch(live_server.url + path, headers).headers["ETag"]
    again = fetch(live_server.url + path, {**headers, "If-None-Match": etag})
    assert (again.status, again.body) == (304, b"")


def test_the_host_header_is_never_echoed(live_server: LiveServer) -> None:
    for path in ("/id/film/here-2023", "/film/here-2023", "/film/", "/absent"):
        answer = fetch(live_server.url + path, {"Host": "evil.example"})
        assert b"evil.example" not in answer.body
        assert "evil.example" not in str(answer.headers)


def test_health_and_readiness_answer(live_server: LiveServer) -> None:
    assert fetch(live_server.url + "/healthz", {}).status == 200
    ready = json.loads(fetch(live_server.url + "/readyz", {}).body)
    assert "2026-11-22.1" in ready.values()


@pytest.mark.parametrize("path", ["/", "/film/", "/film/here-2023", "/sparql", "/ns"])
def test_head_answers_like_get_without_a_body(live_server: LiveServer, path: str) -> None:
    get, head = fetch(live_server.url + path, {}), fetch(live_server.url + path, {}, "HEAD")
    assert (head.status, head.headers["Content-Type"]) == (get.status, get.headers["Content-Type"])
    assert head.body == b""
