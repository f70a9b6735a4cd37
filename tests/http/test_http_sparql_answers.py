"""What an answer of `/sparql` tells of itself, and what an error does; the service description; CORS."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, RdfFormat, parse
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from werkzeug.test import TestResponse

from filmgraph.admission import Admission
from filmgraph.errors import (
    FilmgraphError,
    QueryBarredError,
    QueryBusyError,
    QueryQuotaError,
    QuerySyntaxError,
    QueryTimeoutError,
    QueryTooLargeError,
)
from filmgraph.iris import IriScheme
from filmgraph.manifest import Manifest
from filmgraph.namespaces import SD, VOID
from filmgraph.settings import EndpointSettings, Settings
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary
from filmgraph.web.links import Links
from filmgraph.web.site import Site
from filmgraph.web.sparql import sparql_blueprint
from tests.http.sparql_pool import BASE, BROWSER, CONSTRUCT, NAMES, DirectPool, detail, get

TEXTS = BASE + "graph/texts"
ADDRESS_BYTES = EndpointSettings().address_bytes


def links(response: TestResponse) -> dict[str, str]:
    """The links of a response by relation."""
    return {rel: url for url, rel in re.findall(r'<([^>]*)>; rel="([^"]*)"', response.headers["Link"])}


def query_of(url: str) -> dict[str, list[str]]:
    assert url.startswith(BASE + "sparql?")
    return parse_qs(urlsplit(url).query)


def test_an_answer_says_of_which_data_it_speaks(ask: FlaskClient, manifest: Manifest) -> None:
    response = get(ask, NAMES)
    assert response.headers["X-Filmgraph-Release"] == manifest.release_id
    assert response.headers["X-Filmgraph-Dataset-Version"] == f"sha256:{manifest.content_sha256}"
    assert response.headers["X-Filmgraph-Complete"] == "true"
    assert links(response)["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"


def test_an_answer_says_how_long_it_took_and_how_much_of_it_was_waiting(ask: FlaskClient) -> None:
    timing = get(ask, NAMES).headers["Server-Timing"]
    found = re.fullmatch(r"total;dur=(\d+\.\d), queue;dur=(\d+\.\d)", timing)
    assert found
    assert float(found[1]) >= float(found[2])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_permalink_has_our_own_host_query_and_dataset(ask: FlaskClient, method: str) -> None:
    values = {"query": NAMES, "default-graph-uri": TEXTS, "format": "json"}
    if method == "GET":
        response = ask.get("/sparql?" + urlencode(values), headers={"Host": "evil.example"})
    else:
        response = ask.post("/sparql", data=values, headers={"Host": "evil.example"})
    assert query_of(links(response)["bookmark"]) == {"query": [NAMES], "default-graph-uri": [TEXTS]}


def test_the_permalink_asks_the_same(ask: FlaskClient) -> None:
    first = ask.post("/sparql", data={"query": NAMES})
    again = ask.get(links(first)["bookmark"].removeprefix(BASE.rstrip("/")))
    assert again.data == first.data


def test_json_and_xml_carry_the_permalink_and_csv_does_not(ask: FlaskClient) -> None:
    permalink = links(get(ask, NAMES))["bookmark"]
    for query in (NAMES, "ASK {}"):
        own = links(get(ask, query))["bookmark"]
        assert json.loads(get(ask, query).data)["head"]["link"] == [own]
        root = ElementTree.fromstring(get(ask, query, format="xml").data)
        assert root[0][-1].attrib["href"] == own
    assert permalink not in get(ask, NAMES, "text/csv").get_data(as_text=True)


def test_a_very_long_permalink_is_in_the_body_alone(ask: FlaskClient) -> None:
    query = "ASK {} #" + "é" * 900
    response = get(ask, query)
    assert "bookmark" not in links(response)
    (permalink,) = json.loads(response.data)["head"]["link"]
    assert query_of(permalink)["query"] == [query]


def test_a_script_of_another_site_may_read_what_the_answer_says(ask: FlaskClient) -> None:
    response = get(ask, NAMES)
    exposed = {each.strip() for each in response.headers["Access-Control-Expose-Headers"].split(",")}
    told = {name for name, _ in response.headers if name.startswith("X-Filmgraph")}
    assert told | {"Link", "ETag", "Server-Timing", "Retry-After"} <= exposed
    assert response.headers["Timing-Allow-Origin"] == "*"


@pytest.mark.parametrize("requested", ["GET", "POST"])
def test_a_preflight_is_answered(ask: FlaskClient, pool: DirectPool, requested: str) -> None:
    headers = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": requested,
        "Access-Control-Request-Headers": "content-type",
    }
    response = ask.options("/sparql", headers=headers)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert requested in response.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert {"GET", "HEAD", "OPTIONS", "POST"} == {each.strip() for each in response.headers["Allow"].split(",")}
    assert pool.runs == 0


def test_a_wrong_name_of_schema_org_comes_with_the_right_query(ask: FlaskClient) -> None:
    query = "PREFIX s: <https://schema.org/>\nSELECT ?film { ?film a s:Movie }"
    page = HTMLParser(get(ask, query, BROWSER, **{"default-graph-uri": TEXTS}).get_data(as_text=True))
    (note,) = [each for each in page.css("[role=note]") if "names in the data begin with" in each.text()]
    link = note.css_first("a[href]")
    assert link is not None
    corrected = parse_qs(urlsplit(link.attributes["href"] or "").query)
    assert corrected == {"query": [query.replace("https:", "http:")], "default-graph-uri": [TEXTS]}
    assert ask.get(link.attributes["href"] or "", headers={"Accept": "text/csv"}).status_code == 200


def test_the_page_of_a_result_tells_how_to_come_back_and_cite(ask: FlaskClient, manifest: Manifest) -> None:
    page = html.unescape(get(ask, NAMES, BROWSER).get_data(as_text=True))
    assert links(get(ask, NAMES))["bookmark"] in page
    assert f"Film Fest: Films, release {manifest.release_id} of 2026-11-22. Query: " in page
    for suffix in ("csv", "srj"):
        assert urlencode({"query": NAMES, "format": suffix}) in page


MISTAKE = "SELECT ?film {\n  ?film a\n}"


def test_a_syntax_error_has_its_line_and_column_in_the_problem(ask: FlaskClient, pool: DirectPool) -> None:
    pool.error = QuerySyntaxError("line 3, column 1: the query does not parse here", 3, 1)
    response = get(ask, MISTAKE)
    problem = json.loads(response.data)
    assert (response.status_code, problem["line"], problem["column"]) == (400, 3, 1)


def test_the_guards_own_syntax_errors_have_their_place_too(ask: FlaskClient) -> None:
    problem = json.loads(get(ask, 'SELECT * {\n ?s ?p "x }').data)
    assert (problem["line"], problem["column"]) == (2, 8)


def test_an_error_without_a_place_names_none(ask: FlaskClient, pool: DirectPool) -> None:
    for error in (QuerySyntaxError("somewhere"), QueryTimeoutError("too long")):
        pool.error = error
        assert not {"line", "column"} & set(json.loads(get(ask, MISTAKE).data))


FAILURES = [
    (QuerySyntaxError("line 3, column 1: <no>", 3, 1), 400, None),
    (QueryTooLargeError("<too> many rows"), 413, None),
    (QueryQuotaError("<you> had your share", 9), 429, "9"),
    (QueryBarredError("<it> ended two workers", 60), 403, "60"),
    (QueryBusyError("<all> busy", 7), 503, "7"),
    (QueryTimeoutError("<too> long"), 504, None),
]


@pytest.mark.parametrize(("error", "status", "wait"), FAILURES)
@pytest.mark.parametrize("accept", [BROWSER, "*/*"])
def test_an_error_keeps_its_status_and_headers(
    ask: FlaskClient, pool: DirectPool, error: FilmgraphError, status: int, wait: str | None, accept: str
) -> None:
    pool.error = error
    response = get(ask, MISTAKE, accept)
    assert response.status_code == status
    assert response.headers.get("Retry-After") == wait
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Filmgraph-Release"] == "2026-11-22.1"
    assert "X-Filmgraph-Complete" not in response.headers
    assert "ETag" not in response.headers
    assert "Retry-After" in response.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("error", [each[0] for each in FAILURES])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_browser_gets_its_query_back_with_the_error(
    ask: FlaskClient, pool: DirectPool, error: FilmgraphError, method: str
) -> None:
    pool.error = error
    values = {"query": MISTAKE, "default-graph-uri": TEXTS}
    send = ask.get("/sparql?" + urlencode(values), headers={"Accept": BROWSER})
    response = send if method == "GET" else ask.post("/sparql", data=values, headers={"Accept": BROWSER})
    page = HTMLParser(response.get_data(as_text=True))
    field = page.css_first("textarea[name=query]")
    assert field is not None
    assert field.text().strip() == MISTAKE
    hidden = page.css_first("input[name=default-graph-uri]")
    assert hidden is not None
    assert hidden.attributes["value"] == TEXTS
    assert str(error) in page.css_first("main").text()  # type: ignore[union-attr]
    assert page.css_first("table.results") is None


def test_what_the_guard_refuses_comes_back_in_the_form_as_well(ask: FlaskClient) -> None:
    response = get(ask, "DROP ALL", BROWSER)
    assert response.status_code == 403
    page = HTMLParser(response.get_data(as_text=True))
    assert page.css_first("textarea[name=query]").text().strip() == "DROP ALL"  # type: ignore[union-attr]


def test_a_request_that_cannot_be_read_is_a_problem_without_a_form(ask: FlaskClient) -> None:
    response = ask.get("/sparql?query=%FF", headers={"Accept": BROWSER})
    assert response.status_code == 400
    assert "not UTF-8" in response.get_data(as_text=True)
    assert "<textarea" not in response.get_data(as_text=True)


def test_an_address_that_is_too_long_is_414_and_the_same_fits_into_a_post(ask: FlaskClient, pool: DirectPool) -> None:
    query = "ASK {} #" + "é" * 900
    padding = "x" * ADDRESS_BYTES
    response = ask.get(f"/sparql?query={quote(query)}&padding={padding}")
    assert response.status_code == 414
    assert "send the query by POST" in detail(response)
    assert pool.runs == 0
    assert ask.post("/sparql", data={"query": query, "padding": padding}).status_code == 200


def test_the_limit_of_an_address_is_a_setting(ask: FlaskClient, pool: DirectPool) -> None:
    address = "/sparql?" + urlencode({"query": NAMES, "padding": "x" * 400})
    assert ask.get(address).status_code == 200
    pool.limits = EndpointSettings(address_bytes=400)
    response = ask.get(address)
    assert response.status_code == 414
    assert "the limit is 400" in detail(response)


@pytest.mark.parametrize(
    ("media_type", "rdf_format"), [("application/n-quads", RdfFormat.N_QUADS), ("application/trig", RdfFormat.TRIG)]
)
def test_graphs_come_in_formats_for_datasets_too(ask: FlaskClient, media_type: str, rdf_format: RdfFormat) -> None:
    response = get(ask, CONSTRUCT, media_type)
    assert response.mimetype == media_type
    expected = set(parse(get(ask, CONSTRUCT, "application/n-triples").data, format=RdfFormat.N_TRIPLES))
    assert expected
    assert set(parse(response.data, format=rdf_format)) == expected


RDF_TYPES = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/trig": RdfFormat.TRIG,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}


@pytest.mark.parametrize(("media_type", "rdf_format"), RDF_TYPES.items())
def test_without_a_query_the_service_describes_itself(
    ask: FlaskClient, pool: DirectPool, manifest: Manifest, media_type: str, rdf_format: RdfFormat
) -> None:
    response = ask.get("/sparql", headers={"Accept": media_type})
    assert (response.status_code, response.mimetype) == (200, media_type)
    quads = list(parse(response.data, format=rdf_format))
    assert NamedNode(BASE + "sparql") in [each.object for each in quads if each.predicate.value == SD.endpoint]
    names = {each.object.value for each in quads if each.predicate.value == SD.term("name")}
    assert names == set(manifest.graphs)
    counts = {each.object for each in quads if each.predicate.value == VOID.triples}
    assert {int(each.value) for each in counts if isinstance(each, Literal)} == {manifest.triples, *manifest.graphs.values()}
    assert pool.runs == 0


def test_programs_get_the_service_description_and_browsers_the_form(ask: FlaskClient) -> None:
    assert ask.get("/sparql", headers={"Accept": "*/*"}).mimetype == "text/turtle"
    assert ask.get("/sparql", headers={"Accept": BROWSER}).mimetype == "text/html"
    assert ask.get("/sparql?format=nt", headers={"Accept": BROWSER}).mimetype == "application/n-triples"
    head = ask.head("/sparql", headers={"Accept": "text/turtle"})
    assert (head.status_code, head.data, head.mimetype) == (200, b"", "text/turtle")


def test_the_service_description_can_be_kept(ask: FlaskClient) -> None:
    tags = {accept: ask.get("/sparql", headers={"Accept": accept}).headers["ETag"] for accept in (*RDF_TYPES, BROWSER)}
    assert len(set(tags.values())) == len(tags)
    for accept, tag in tags.items():
        assert ask.get("/sparql", headers={"Accept": accept, "If-None-Match": tag}).status_code == 304


def test_a_form_without_a_query_is_an_error_even_for_programs(ask: FlaskClient) -> None:
    response = ask.post("/sparql", data={"query": ""}, headers={"Accept": "text/turtle"})
    assert response.status_code == 400


class Door(Admission):
    """Lets in, or refuses, and notes who came and how it ended."""

    def __init__(self, refusal: FilmgraphError | None = None) -> None:
        self.refusal = refusal
        self.visits: list[tuple[str, str, str]] = []
        self.refused: list[str] = []

    def count_refusal(self, client: str) -> None:
        self.refused.append(client)

    @contextmanager
    def admit(self, client: str, text: str, is_gone: object = None) -> Iterator[None]:  # type: ignore[override]
        if self.refusal is not None:
            raise self.refusal
        try:
            yield
        except FilmgraphError as error:
            self.visits.append((client, text, type(error).__name__))
            raise
        self.visits.append((client, text, ""))


Guarded = Callable[[Door], FlaskClient]


@pytest.fixture
def guarded(
    app: Flask, settings: Settings, store: Store, vocabulary: Vocabulary, pool: DirectPool, release_path: Path
) -> Guarded:
    """Make a client of an endpoint behind a door."""

    def make(door: Door) -> FlaskClient:
        site = Site(settings, store, vocabulary, Links(IriScheme(BASE)), release_path, {})
        other = Flask("filmgraph.web")
        other.jinja_env.globals.update(app.jinja_env.globals)
        other.register_blueprint(sparql_blueprint(site, pool, door))
        return other.test_client()

    return make


def test_each_query_is_admitted_by_its_address_and_errors_are_told(guarded: Guarded, pool: DirectPool) -> None:
    door = Door()
    client = guarded(door)
    get(client, NAMES)
    pool.error = QueryTimeoutError("too long")
    assert get(client, "ASK {}").status_code == 504
    assert door.visits == [("127.0.0.1", NAMES, ""), ("127.0.0.1", "ASK {}", "QueryTimeoutError")]


def test_what_costs_no_worker_is_not_admitted(guarded: Guarded, pool: DirectPool) -> None:
    door = Door()
    client = guarded(door)
    tag = get(client, NAMES).headers["ETag"]
    door.visits.clear()
    assert client.get("/sparql?" + urlencode({"query": NAMES}), headers={"If-None-Match": tag}).status_code == 304
    assert get(client, "DROP ALL").status_code == 403
    assert door.refused == ["127.0.0.1"]
    assert client.get("/sparql").status_code == 200
    assert client.options("/sparql").status_code == 200
    assert door.visits == []


def test_a_refusal_at_the_door_is_429_with_its_wait_and_nothing_runs(guarded: Guarded, pool: DirectPool) -> None:
    response = get(guarded(Door(QueryQuotaError("enough for now", 12))), NAMES)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "12")
    assert detail(response) == "enough for now"
    assert pool.runs == 0


def test_a_client_cannot_give_itself_another_address(guarded: Guarded) -> None:
    door = Door()
    client = guarded(door)
    client.get("/sparql?" + urlencode({"query": NAMES}), headers={"X-Forwarded-For": "192.0.2.7", "Forwarded": "for=192.0.2.7"})
    assert [each[0] for each in door.visits] == ["127.0.0.1"]
