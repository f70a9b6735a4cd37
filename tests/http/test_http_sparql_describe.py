"""DESCRIBE gives the documents of the things that it names."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from filmgraph.errors import QueryTimeoutError, QueryTooLargeError
from filmgraph.formats import DocumentFormat
from filmgraph.queryguard_describe import DescribePlan
from filmgraph.queryworkers import Found
from filmgraph.settings import EndpointSettings, Settings
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary
from filmgraph.web.links import Links
from filmgraph.web.site import Site
from filmgraph.web.sparql_describe import Describer
from tests.http.sparql_pool import BASE, BROWSER, DirectPool, get

FILM, PERSON = BASE + "id/film/here-2023", BASE + "id/person/bas-devos"
DESCRIBE = f"DESCRIBE <{FILM}>"
FORMATS = [
    ("text/turtle", ".ttl"),
    ("application/n-triples", ".nt"),
    ("application/n-quads", ".nq"),
    ("application/trig", ".trig"),
    ("application/rdf+xml", ".rdf"),
]


@pytest.mark.parametrize(("accept", "suffix"), FORMATS)
@pytest.mark.parametrize(
    "query",
    [
        DESCRIBE,
        f"PREFIX film: <{BASE}id/film/> DESCRIBE film:here-2023",
        'DESCRIBE ?film { ?film a <http://schema.org/Movie> ; <http://schema.org/name> "Here" }',
        f"DESCRIBE <{FILM}> ?film {{ VALUES ?film {{ <{FILM}> <http://nowhere.example/> }} }}",
    ],
)
def test_one_thing_is_described_by_its_own_document(ask: FlaskClient, query: str, accept: str, suffix: str) -> None:
    answer = get(ask, query, accept)
    assert answer.mimetype == accept
    assert answer.data == ask.get("/film/here-2023" + suffix).data
    assert answer.headers["X-Filmgraph-Complete"] == "true"


def test_the_description_names_whom_it_speaks_of(ask: FlaskClient) -> None:
    text = get(ask, DESCRIBE).get_data(as_text=True)
    assert "Bas Devos" in text
    assert "schema:PerformanceRole" in text


def test_json_ld_is_the_same_graph(ask: FlaskClient) -> None:
    triples = {each.triple for each in parse(get(ask, DESCRIBE, "application/ld+json").data, format=RdfFormat.JSON_LD)}
    assert triples == {each.triple for each in parse(get(ask, DESCRIBE).data, format=RdfFormat.TURTLE)}


def test_several_things_are_one_document_without_doubles(ask: FlaskClient) -> None:
    both = get(ask, f"DESCRIBE <{FILM}> <{PERSON}>", "application/n-triples").get_data(as_text=True).splitlines()
    film = get(ask, DESCRIBE, "application/n-triples").get_data(as_text=True).splitlines()
    person = get(ask, f"DESCRIBE <{PERSON}>", "application/n-triples").get_data(as_text=True).splitlines()
    assert len(set(both)) == len(both)
    assert set(both) == {*film, *person}
    assert both[: len(film)] == film


def test_a_term_of_ours_is_described_from_the_vocabulary(ask: FlaskClient) -> None:
    text = get(ask, "DESCRIBE <https://filmgraph.example/ns#credit>").get_data(as_text=True)
    assert "owl:ObjectProperty" in text


@pytest.mark.parametrize(
    "query", ["DESCRIBE <http://nowhere.example/>", "DESCRIBE ?x { ?x a <http://nowhere.example/> }", "DESCRIBE *"]
)
def test_what_is_not_known_has_an_empty_description(ask: FlaskClient, query: str) -> None:
    response = get(ask, query)
    assert (response.status_code, response.data) == (200, b"")


def test_with_a_dataset_the_description_comes_from_its_graphs_alone(ask: FlaskClient) -> None:
    graph = BASE + "graph/texts"
    for response in (get(ask, DESCRIBE, **{"default-graph-uri": graph}), get(ask, f"DESCRIBE <{FILM}> FROM <{graph}>")):
        assert response.status_code == 200
        assert b"Bas Devos" not in response.data


def test_where_a_plan_does_not_parse_the_engine_describes(
    ask: FlaskClient, pool: DirectPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(self: DirectPool, text: str, plan: DescribePlan) -> Found | None:
        return None

    monkeypatch.setattr(DirectPool, "find", find)
    subjects = {str(each.subject) for each in parse(get(ask, DESCRIBE).data, format=RdfFormat.TURTLE)}
    assert subjects == {f"<{FILM}>"}


def test_the_page_shows_the_description(ask: FlaskClient) -> None:
    page = get(ask, DESCRIBE, BROWSER).get_data(as_text=True)
    assert "film:here-2023" in page
    assert "Bas Devos" in page


@pytest.fixture
def site(settings: Settings, store: Store, vocabulary: Vocabulary, release_path: Path) -> Site:
    return Site(settings, store, vocabulary, Links(settings.iris), release_path, {})


def test_descriptions_over_the_limit_are_an_error_and_never_a_part(site: Site) -> None:
    whole = Describer(site, EndpointSettings()).describe([FILM], DocumentFormat.TURTLE, math.inf)
    at_limit = Describer(site, EndpointSettings(result_bytes=len(whole)))
    assert at_limit.describe([FILM], DocumentFormat.TURTLE, math.inf) == whole
    over = Describer(site, EndpointSettings(result_bytes=len(whole) - 1))
    with pytest.raises(QueryTooLargeError, match=f"have {len(whole)} bytes and the limit is {len(whole) - 1}"):
        over.describe([FILM], DocumentFormat.TURTLE, math.inf)


def test_descriptions_end_at_the_deadline(site: Site) -> None:
    with pytest.raises(QueryTimeoutError, match="longer than 10 seconds"):
        Describer(site, EndpointSettings()).describe([FILM], DocumentFormat.TURTLE, -math.inf)
