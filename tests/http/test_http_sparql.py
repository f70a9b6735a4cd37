"""`/sparql` over HTTP: the protocol for programs, the form for people, one shape for every error."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from filmgraph.errors import FilmgraphError, QueryBusyError, QuerySyntaxError, QueryTimeoutError, QueryTooLargeError, StoreError
from filmgraph.formats import ResultsFormat
from filmgraph.results import parse_results
from filmgraph.web.sparql_examples import EXAMPLES
from filmgraph.web.sparql_page import SHOWN_ROWS
from tests.http.sparql_pool import BASE, BROWSER, CONSTRUCT, NAMES, DirectPool, detail, get


def own_scripts_only(page: str) -> bool:
    """Whether every script is a file of this site, and none stands in the page."""
    scripts = re.findall(r"<script.*?(?:</script>|$)", page, re.DOTALL)
    return all(re.fullmatch(r'<script [a-z ]*src="/static/[^"]+"></script>', each) for each in scripts)


Sender = Callable[[FlaskClient], TestResponse]


@pytest.mark.parametrize(
    "send",
    [
        lambda client: get(client, NAMES),
        lambda client: client.post("/sparql", data={"query": NAMES}),
        lambda client: client.post("/sparql", data=NAMES.encode(), content_type="application/sparql-query"),
    ],
    ids=["GET", "POST form", "POST query"],
)
def test_a_query_is_answered_as_json_unless_something_else_is_asked_for(ask: FlaskClient, send: Sender) -> None:
    response = send(ask)
    assert response.status_code == 200
    assert response.content_type == "application/sparql-results+json"
    (row,) = parse_results(response.data).rows
    assert [cell.value for cell in row if cell] == [BASE + "id/film/here-2023", "Here"]


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        (NAMES, "text/csv", "text/csv; charset=utf-8"),
        (NAMES, "application/sparql-results+xml", "application/sparql-results+xml"),
        (NAMES, BROWSER, "text/html; charset=utf-8"),
        (CONSTRUCT, "*/*", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, BROWSER, "text/html; charset=utf-8"),
    ],
)
def test_accept_decides_and_is_named_in_vary(ask: FlaskClient, query: str, accept: str, content_type: str) -> None:
    response = get(ask, query, accept)
    assert response.status_code == 200
    assert response.content_type == content_type
    assert "Accept" in response.vary


def test_the_format_parameter_goes_before_accept(ask: FlaskClient) -> None:
    assert get(ask, NAMES, BROWSER, format="tsv").mimetype == "text/tab-separated-values"


def test_head_gives_the_headers_alone(ask: FlaskClient) -> None:
    full = get(ask, NAMES)
    head = ask.head("/sparql?" + urlencode({"query": NAMES}))
    assert (head.status_code, head.data) == (200, b"")
    assert (head.content_type, head.headers["ETag"]) == (full.content_type, full.headers["ETag"])


def test_an_answer_has_its_headers(ask: FlaskClient) -> None:
    response = get(ask, NAMES)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Filmgraph-Release"] == "2026-11-22.1"
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in response.headers


def test_the_same_question_again_is_304_and_not_run(ask: FlaskClient, pool: DirectPool) -> None:
    tag = get(ask, NAMES).headers["ETag"]
    for known in (tag, tag[:-1] + ':gzip"', f'"other", {tag}'):
        again = ask.get("/sparql?" + urlencode({"query": NAMES}), headers={"If-None-Match": known})
        assert (again.status_code, again.data) == (304, b"")
    assert pool.runs == 1


def test_the_entity_tag_changes_with_query_format_and_dataset(ask: FlaskClient) -> None:
    responses = [
        get(ask, NAMES),
        get(ask, NAMES + " "),
        get(ask, NAMES, "text/csv"),
        get(ask, NAMES, BROWSER),
        get(ask, NAMES, **{"default-graph-uri": BASE + "graph/texts"}),
        get(ask, NAMES, **{"named-graph-uri": BASE + "graph/texts"}),
    ]
    assert len({response.headers["ETag"] for response in responses}) == len(responses)


def test_an_answer_to_post_is_not_stored(ask: FlaskClient) -> None:
    response = ask.post("/sparql", data={"query": NAMES})
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


def test_the_request_may_name_a_known_graph(ask: FlaskClient) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    answers = [get(ask, count), get(ask, count, **{"default-graph-uri": BASE + "graph/texts"})]
    assert len({response.data for response in answers}) == 2


@pytest.mark.parametrize(
    ("send", "status", "message"),
    [
        (lambda client: get(client, "NONSENSE"), 400, "begin with SELECT"),
        (lambda client: get(client, "SELECT * { SERVICE <http://127.0.0.1/> {} }"), 403, "SERVICE asks another server"),
        (lambda client: get(client, "DROP ALL"), 403, "DROP is an update"),
        (lambda client: get(client, "ASK FROM <http://127.0.0.1/> {}"), 403, "there is no graph"),
        (lambda client: get(client, "ASK {}", **{"default-graph-uri": "file:///etc/passwd"}), 403, "there is no such graph"),
        (lambda client: get(client, "ASK {} #" + "x" * 2_000), 413, "2008 bytes and the limit is 2000"),
        (lambda client: get(client, "ASK " + "{" * 60 + "}" * 60), 413, "nested more than 48 deep"),
        (lambda client: get(client, NAMES, "text/turtle"), 406, "cannot be answered as text/turtle"),
        (lambda client: get(client, NAMES, format="pdf"), 400, "format=pdf does not go with SELECT"),
        (lambda client: get(client, "ASK {}", update="DROP ALL"), 403, "update="),
        (lambda client: client.post("/sparql", data={"update": "DROP ALL"}), 403, "update="),
        (lambda client: client.post("/sparql", data="DROP ALL", content_type="application/sparql-update"), 403, "switched off"),
        (lambda client: client.post("/sparql", data="ASK {}", content_type="text/plain"), 415, "Content-Type text/plain"),
        (lambda client: client.post("/sparql", data={"q": "x"}), 400, "there is no query"),
        (lambda client: client.get("/sparql", headers={"Accept": "text/csv"}), 400, "there is no query"),
        (lambda client: client.get("/sparql?query=%FF"), 400, "not UTF-8"),
        (lambda client: client.post("/sparql", data={"query": "ASK {} #" + "x" * 600_000}), 413, "larger"),
        (lambda client: client.put("/sparql", data={"query": "ASK {}"}), 405, "method"),
        (lambda client: client.delete("/sparql?query=ASK{}"), 405, "method"),
    ],
)
def test_a_refusal_is_a_problem_and_nothing_runs(
    ask: FlaskClient, pool: DirectPool, send: Sender, status: int, message: str
) -> None:
    response = send(ask)
    assert response.status_code == status
    assert message in detail(response)
    assert pool.runs == 0
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QuerySyntaxError("line 1, column 5: no"), 400),
        (QueryTooLargeError("too many rows"), 413),
        (QueryBusyError("all busy", 7), 503),
        (QueryTimeoutError("too long"), 504),
        (StoreError("gone"), 503),
    ],
)
def test_what_the_workers_say_becomes_a_problem(ask: FlaskClient, pool: DirectPool, error: FilmgraphError, status: int) -> None:
    pool.error = error
    response = get(ask, "ASK {}")
    assert response.status_code == status
    assert detail(response) == str(error)
    assert response.headers["Cache-Control"] == "no-store"
    if isinstance(error, QueryBusyError):
        assert response.headers["Retry-After"] == "7"


def test_a_browser_gets_a_form_with_examples_limits_and_graphs(ask: FlaskClient, pool: DirectPool) -> None:
    response = ask.get("/sparql", headers={"Accept": BROWSER})
    page = response.get_data(as_text=True)
    assert response.status_code == 200
    assert re.search(r'<form[^>]*method="get"[^>]*action="/sparql"', page)
    assert '<label for="query">' in page
    for example in EXAMPLES:
        assert example.title in page
    assert "2,000 bytes" in page
    assert BASE + "graph/texts" in page
    assert own_scripts_only(page)
    assert pool.runs == 0


def test_the_form_is_304_when_the_client_has_it(ask: FlaskClient) -> None:
    tag = ask.get("/sparql").headers["ETag"]
    assert ask.get("/sparql", headers={"If-None-Match": tag}).status_code == 304


def test_a_page_of_results_links_things_and_other_formats(ask: FlaskClient) -> None:
    page = get(ask, NAMES, BROWSER).get_data(as_text=True)
    assert re.search('<a href="/film/here-2023"[^>]*>Here</a>', page)
    assert '<th scope="col">film</th><th scope="col">name</th>' in page
    assert "1 row, in" in page
    links = [html.unescape(each) for each in re.findall(r'href="(/sparql\?[^"]*format=[^"]*)"', page)]
    assert [ask.get(link).mimetype for link in links] == [each.media_type for each in ResultsFormat]
    assert html.escape(NAMES, quote=False) in page.replace("&#34;", '"').replace("&#39;", "'")


def test_a_page_keeps_the_dataset_in_form_and_links(ask: FlaskClient) -> None:
    graph = BASE + "graph/texts"
    page = get(ask, NAMES, BROWSER, **{"default-graph-uri": graph}).get_data(as_text=True)
    assert f'<input type="hidden" name="default-graph-uri" value="{graph}">' in page
    assert urlencode({"default-graph-uri": graph}) in page
    assert "Nothing was found." in page


def test_a_page_shows_a_truth_and_a_graph(ask: FlaskClient) -> None:
    assert "<strong>Yes</strong>" in get(ask, "ASK {}", BROWSER).get_data(as_text=True)
    page = get(ask, CONSTRUCT, BROWSER).get_data(as_text=True)
    assert "&lt;http://schema.org/Movie&gt;" in page
    assert "format=ttl" in page


def test_a_long_result_says_how_much_it_leaves_out(ask: FlaskClient) -> None:
    ten = " ".join(map(str, range(10)))
    product = " ".join(f"VALUES ?{name} {{ {ten} }}" for name in "abcd")
    page = get(ask, f"SELECT * {{ {product} }} LIMIT {SHOWN_ROWS + 234}", BROWSER).get_data(as_text=True)
    table = page.partition('<table class="results">')[2].partition("</table>")[0]
    assert table.count("<tr>") == SHOWN_ROWS + 1
    assert "234 more rows are not shown here" in page


@pytest.mark.parametrize(
    "term",
    [
        '"<script>alert(1)</script>"',
        '"\\" onmouseover=\\"alert(1)"',
        '"x"@en-x-onload',
        "<javascript:alert(1)>",
        "<data:text/html,%3Cscript%3Ealert(1)%3C/script%3E>",
        "<http://e/'onclick='alert(1)>",
        '"{{ 7 * 7 }}"',
    ],
)
def test_no_value_becomes_markup_or_a_dangerous_link(ask: FlaskClient, term: str) -> None:
    page = get(ask, f"SELECT ?x {{ VALUES ?x {{ {term} }} }}", BROWSER).get_data(as_text=True)
    assert own_scripts_only(page)
    assert not re.search(r'href="(?!https?:|/|#|mailto:)', page)
    assert not re.search(r"<[^>]*\son\w+\s*=", page)
    assert ">49<" not in page


@pytest.mark.parametrize(
    "query", ["SELECT * { ?s a <https://schema.org/Movie> }", "PREFIX s: <https://schema.org/> SELECT * { ?s a s:Movie }"]
)
def test_https_schema_org_is_told_instead_of_finding_nothing(ask: FlaskClient, query: str) -> None:
    assert "names in the data begin with http://schema.org/" in get(ask, query).headers["X-Filmgraph-Note"]
    assert "names in the data begin with http://schema.org/" in get(ask, query, BROWSER).get_data(as_text=True)
    assert "X-Filmgraph-Note" not in get(ask, NAMES).headers


def test_without_a_pool_there_is_no_endpoint(client: FlaskClient) -> None:
    assert client.get("/sparql?query=ASK{}").status_code == 404
