"""The words that the editor completes, the labels in results, and the policy of the one page with a script."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from filmgraph.namespaces import FG, PREFIXES, RDF, SCHEMA
from filmgraph.stores.embedded import EmbeddedStore
from tests.conftest import Built

HTML = {"Accept": "text/html"}


@pytest.fixture
def words(demo_client: FlaskClient) -> Any:
    answer = demo_client.get("/sparql/schema.json")
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    return json.loads(answer.data)


def by_name(terms: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in terms}


def test_prefixes_are_our_own_list_and_one_for_each_kind(words: Any) -> None:
    assert {prefix: words["prefixes"][prefix] for prefix in PREFIXES} == PREFIXES
    assert words["prefixes"]["film"] == "https://filmgraph.example/id/film/"
    assert words["prefixes"]["role"] == "https://filmgraph.example/id/role/"


def test_counts_are_those_of_the_published_graph(words: Any, demo_store: EmbeddedStore) -> None:
    films = demo_store.quads(None, NamedNode(RDF.type), NamedNode(SCHEMA.Movie))
    directed = demo_store.quads(None, NamedNode(SCHEMA.director))
    assert by_name(words["classes"])["schema:Movie"]["count"] == sum(1 for _ in films) > 50
    assert by_name(words["properties"])["schema:director"]["count"] == sum(1 for _ in directed) > 50


def test_terms_have_labels_of_the_vocabulary_or_their_own_words(words: Any) -> None:
    classes, properties = by_name(words["classes"]), by_name(words["properties"])
    assert classes["fg:Auditorium"]["label"] == "auditorium"
    assert properties["schema:workPresented"]["label"]
    assert all(each["label"] for each in (*words["classes"], *words["properties"]))


def test_own_terms_that_are_not_in_use_are_there_too(words: Any) -> None:
    names = {each["iri"] for each in (*words["classes"], *words["properties"])}
    assert {FG.place, FG.certainty, FG.ProgrammeSection} <= names


@pytest.mark.parametrize("kind", ["classes", "properties"])
def test_the_most_used_come_first_and_none_comes_twice(words: Any, kind: str) -> None:
    keys = [(-each["count"], each["name"]) for each in words[kind]]
    assert keys == sorted(keys)
    assert len({each["iri"] for each in words[kind]}) == len(words[kind]) > 10


def test_the_words_are_cached_by_release(demo_client: FlaskClient) -> None:
    answer = demo_client.get("/sparql/schema.json")
    tag = answer.headers["ETag"]
    assert tag.startswith('"2026-11-22.1-')
    assert demo_client.get("/sparql/schema.json", headers={"If-None-Match": tag}).status_code == 304
    assert demo_client.post("/sparql/schema.json").status_code == 405


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://filmgraph.example/id/film/here-2023", '>Here</a> <small class="tag">film/here-2023</small>'),
        ("https://filmgraph.example/id/role/director", '>Director</a> <small class="tag">role/director</small>'),
        ("https://filmgraph.example/id/film/absent-1900", ">https://filmgraph.example/id/film/absent-1900</a>"),
        ("http://schema.org/Movie", '<a href="http://schema.org/Movie">schema:Movie</a>'),
        ("https://filmgraph.example/graph/texts", "<code>https://filmgraph.example/graph/texts</code>"),
        ("https://elsewhere.example/x", '<a href="https://elsewhere.example/x">https://elsewhere.example/x</a>'),
    ],
)
def test_a_result_shows_what_a_thing_is_called(demo_client: FlaskClient, value: str, expected: str) -> None:
    query = f"SELECT ?x WHERE {{ VALUES ?x {{ <{value}> }} }}"
    assert expected in demo_client.get("/sparql?" + urlencode({"query": query}), headers=HTML).text


def test_a_name_cannot_become_markup(demo_client: FlaskClient) -> None:
    query = 'SELECT ?x WHERE { VALUES ?x { "<script>alert(1)</script>" <javascript:alert(1)> } }'
    text = demo_client.get("/sparql?" + urlencode({"query": query}), headers=HTML).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text
    assert 'href="javascript:' not in text


def test_only_the_query_page_may_run_a_script(demo_client: FlaskClient) -> None:
    policy = demo_client.get("/sparql", headers=HTML).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    for path in ("/", "/film/", "/film/here-2023", "/ns", "/absent", "/sparql/schema.json"):
        other = demo_client.get(path, headers=HTML).headers["Content-Security-Policy"]
        assert "script-src 'none'" in other
        assert "connect-src" not in other


def test_a_304_of_the_query_page_keeps_its_policy(demo_client: FlaskClient) -> None:
    first = demo_client.get("/sparql", headers=HTML)
    again = demo_client.get("/sparql", headers={**HTML, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/film/here-2023.ttl", "/sparql?query=ASK%7B%7D"])
def test_a_script_of_another_site_may_read_what_the_answer_says_of_itself(demo_client: FlaskClient, path: str) -> None:
    exposed = demo_client.get(path).headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Link", "ETag", "Retry-After", "Server-Timing", "X-Filmgraph-Note", "X-Filmgraph-Release"} <= set(exposed)


def test_the_page_states_its_limits_and_its_graphs_with_their_sizes(demo_client: FlaskClient, demo_release: Built) -> None:
    text = demo_client.get("/sparql", headers=HTML).text
    limits, manifest = demo_release.settings.endpoint, demo_release.publication.manifest
    assert f"{limits.query_bytes:,} bytes" in text
    assert f"run for {limits.deadline_seconds:g} seconds" in text
    assert f"give {limits.result_bytes:,} bytes" in text
    for graph, count in manifest.graphs.items():
        assert f'<code>{graph}</code></td><td class="number">{count:,}</td>' in text
    assert f'<td class="number">{manifest.triples:,}</td>' in text


def test_a_query_with_https_is_told_and_gets_the_other(demo_client: FlaskClient) -> None:
    query = "SELECT ?f WHERE { ?f a <https://schema.org/Movie> } LIMIT 1"
    text = demo_client.get("/sparql?" + urlencode({"query": query}), headers=HTML).text
    assert "it may find nothing" in text
    assert "Ask with the names that the data use" in text


def test_an_answer_says_how_to_cite_it(demo_client: FlaskClient) -> None:
    text = demo_client.get("/sparql?" + urlencode({"query": "ASK { ?s ?p ?o }"}), headers=HTML).text
    assert "Cite this result" in text
    assert "release 2026-11-22.1" in text
