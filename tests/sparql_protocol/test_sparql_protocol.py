"""The SPARQL 1.1 Protocol as a table of requests."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest

from filmgraph.errors import QueryForbiddenError, QueryRequestError
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.queryguard import QueryForm
from filmgraph.settings import EndpointSettings
from filmgraph.sparql_protocol import (
    GRAPH_FORMATS,
    AnswerFormat,
    ProtocolRequest,
    RequestFields,
    add_link,
    choose_answer_format,
    choose_service_format,
    offered_formats,
    parse_request,
)

GRAPHS = ("https://filmgraph.example/graph/texts", "https://filmgraph.example/graph/provenance")
QUERY = 'SELECT * { ?s ?p "é +%&" }'
FORM = "application/x-www-form-urlencoded"
ADDRESS_BYTES = EndpointSettings().address_bytes


def form(**values: str) -> bytes:
    return urlencode(values).encode()


@pytest.mark.parametrize(
    "fields",
    [
        RequestFields("GET", urlencode({"query": QUERY})),
        RequestFields("HEAD", urlencode({"query": QUERY})),
        RequestFields("GET", "query=" + quote(QUERY, safe="")),
        RequestFields("POST", content_type=FORM, body=form(query=QUERY)),
        RequestFields("POST", content_type=f"{FORM}; charset=UTF-8", body=form(query=QUERY)),
        RequestFields("POST", content_type=FORM.upper(), body=form(query=QUERY), content_encoding="identity"),
        RequestFields("POST", content_type="application/sparql-query", body=QUERY.encode()),
        RequestFields("POST", content_type='application/sparql-query;charset="utf-8"', body=QUERY.encode()),
    ],
)
def test_the_three_ways_to_send_a_query(fields: RequestFields) -> None:
    assert parse_request(fields, GRAPHS) == ProtocolRequest(QUERY)


@pytest.mark.parametrize(
    "fields",
    [
        RequestFields("GET"),
        RequestFields("GET", "query="),
        RequestFields("GET", "query=%20%0A"),
        RequestFields("GET", "q=ASK"),
        RequestFields("POST", content_type=FORM),
    ],
)
def test_no_query_is_told_from_an_error(fields: RequestFields) -> None:
    assert parse_request(fields, GRAPHS).query is None


def test_accept_and_format_are_taken_over() -> None:
    fields = RequestFields("GET", "query=ASK{}&format=csv", accept="text/html;q=0.5")
    assert parse_request(fields, GRAPHS) == ProtocolRequest("ASK{}", "text/html;q=0.5", "csv")


def test_a_form_may_leave_the_format_to_the_address() -> None:
    fields = RequestFields("POST", "format=csv", content_type=FORM, body=form(query="ASK{}"))
    assert parse_request(fields, GRAPHS).format_name == "csv"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_known_graphs_may_be_named(method: str) -> None:
    values = [
        ("query", "ASK{}"),
        ("default-graph-uri", GRAPHS[0]),
        ("default-graph-uri", GRAPHS[1]),
        ("named-graph-uri", GRAPHS[1]),
    ]
    encoded = urlencode(values)
    asked = parse_request(
        RequestFields("GET", encoded) if method == "GET" else RequestFields("POST", content_type=FORM, body=encoded.encode()),
        GRAPHS,
    )
    assert asked.default_graphs == GRAPHS
    assert asked.named_graphs == GRAPHS[1:]
    assert asked.has_dataset


def test_without_graphs_the_query_has_its_own_dataset() -> None:
    assert not parse_request(RequestFields("GET", "query=ASK{}"), GRAPHS).has_dataset


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("graph", ["http://127.0.0.1/", "file:///etc/passwd", "", "graph/texts"])
def test_other_graphs_are_refused(name: str, graph: str) -> None:
    fields = RequestFields("GET", urlencode({"query": "ASK{}", name: graph}))
    with pytest.raises(QueryForbiddenError, match="there is no such graph here; the named graphs are: https://filmgraph"):
        parse_request(fields, GRAPHS)


@pytest.mark.parametrize(
    "fields",
    [
        RequestFields("GET", urlencode({"update": "DROP ALL"})),
        RequestFields("GET", urlencode({"query": "ASK{}", "update": ""})),
        RequestFields("POST", content_type=FORM, body=form(update="DROP ALL")),
        RequestFields("POST", content_type="application/sparql-update", body=b"DROP ALL"),
        RequestFields("POST", "using-graph-uri=x", content_type=FORM, body=form(query="ASK{}")),
        RequestFields("POST", "using-named-graph-uri=x", content_type="application/sparql-query", body=b"ASK{}"),
    ],
)
def test_updates_are_refused(fields: RequestFields) -> None:
    with pytest.raises(QueryForbiddenError, match="only answers queries"):
        parse_request(fields, GRAPHS)


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        (RequestFields("PUT", "query=ASK{}"), 405, "PUT is not one of GET, HEAD, POST"),
        (RequestFields("DELETE"), 405, "DELETE"),
        (RequestFields("GET", "query=ASK{}&query=ASK{}"), 400, "given 2 times"),
        (RequestFields("GET", "query=ASK{}&format=csv&format=json"), 400, "format= is given 2 times"),
        (RequestFields("POST", "query=ASK{}", content_type=FORM, body=form(query="ASK{}")), 400, "given 2 times"),
        (RequestFields("POST", "query=ASK{}", content_type="application/sparql-query", body=b"ASK{}"), 400, "given 2 times"),
        (RequestFields("GET", "query=%FF%FE"), 400, "the address is not UTF-8"),
        (RequestFields("GET", "&".join(f"a{n}=1" for n in range(65))), 400, "more than 64 fields"),
        (RequestFields("GET", "query=ASK{}&x=" + "x" * ADDRESS_BYTES), 414, "send the query by POST"),
        (RequestFields("HEAD", "x" * (ADDRESS_BYTES + 1)), 414, f"{ADDRESS_BYTES + 1} bytes"),
        (RequestFields("POST", content_type=FORM, body=b"query=%C3"), 400, "the form is not UTF-8"),
        (RequestFields("POST", content_type=FORM, body=b"query=\xff"), 400, r"not UTF-8 \(at byte 6\)"),
        (RequestFields("POST", content_type="application/sparql-query", body=b"ASK{} #\xff"), 400, "at byte 7"),
        (RequestFields("POST", content_type="application/sparql-query; charset=latin-1", body=b"ASK{}"), 415, "charset latin-1"),
        (RequestFields("POST", content_type=FORM, content_encoding="gzip", body=b"\x1f\x8b"), 415, "Content-Encoding gzip"),
        (RequestFields("POST", content_type="text/plain", body=b"ASK{}"), 415, "Content-Type text/plain"),
        (RequestFields("POST", content_type="application/json", body=b"{}"), 415, "application/json"),
        (RequestFields("POST", content_type="multipart/form-data; boundary=x"), 415, "multipart/form-data"),
        (RequestFields("POST", body=b"query=ASK{}"), 415, r"Content-Type \(none\)"),
    ],
)
def test_what_is_no_protocol_request_has_its_status(fields: RequestFields, status: int, message: str) -> None:
    with pytest.raises(QueryRequestError, match=message) as caught:
        parse_request(fields, GRAPHS)
    assert caught.value.status == status


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
WRAPPER = "application/sparql-results+json,application/json,text/javascript,application/javascript"


@pytest.mark.parametrize(
    ("query_form", "accept", "expected"),
    [
        (QueryForm.SELECT, None, ResultsFormat.JSON),
        (QueryForm.SELECT, "", ResultsFormat.JSON),
        (QueryForm.ASK, "*/*", ResultsFormat.JSON),
        (QueryForm.SELECT, "application/json", ResultsFormat.JSON),
        (QueryForm.SELECT, WRAPPER, ResultsFormat.JSON),
        (QueryForm.SELECT, "application/sparql-results+xml", ResultsFormat.XML),
        (QueryForm.SELECT, "application/xml", ResultsFormat.XML),
        (QueryForm.SELECT, "text/csv", ResultsFormat.CSV),
        (QueryForm.SELECT, "text/csv;q=0.5, text/tab-separated-values", ResultsFormat.TSV),
        (QueryForm.SELECT, BROWSER, DocumentFormat.HTML),
        (QueryForm.CONSTRUCT, BROWSER, DocumentFormat.HTML),
        (QueryForm.CONSTRUCT, None, DocumentFormat.TURTLE),
        (QueryForm.DESCRIBE, "*/*", DocumentFormat.TURTLE),
        (QueryForm.CONSTRUCT, "application/n-triples", DocumentFormat.N_TRIPLES),
        (QueryForm.CONSTRUCT, "application/ld+json", DocumentFormat.JSON_LD),
        (QueryForm.DESCRIBE, "application/n-quads", DocumentFormat.N_QUADS),
        (QueryForm.CONSTRUCT, "application/trig", DocumentFormat.TRIG),
        (QueryForm.DESCRIBE, "application/rdf+xml, text/turtle;q=0.9", DocumentFormat.RDF_XML),
    ],
)
def test_accept_chooses_the_format(query_form: QueryForm, accept: str | None, expected: AnswerFormat) -> None:
    assert choose_answer_format(query_form, ProtocolRequest("…", accept)) is expected


@pytest.mark.parametrize(
    ("query_form", "accept"),
    [
        (QueryForm.SELECT, "text/turtle"),
        (QueryForm.ASK, "image/png"),
        (QueryForm.SELECT, "application/json;q=0"),
        (QueryForm.CONSTRUCT, "text/csv"),
        (QueryForm.DESCRIBE, "application/sparql-results+json"),
    ],
)
def test_unacceptable_type_is_406_and_lists_what_there_is(query_form: QueryForm, accept: str) -> None:
    with pytest.raises(QueryRequestError, match=f"a {query_form.value} query cannot be answered as") as caught:
        choose_answer_format(query_form, ProtocolRequest("…", accept))
    assert caught.value.status == 406
    for each in offered_formats(query_form):
        assert each.media_type in str(caught.value)


@pytest.mark.parametrize(
    ("query_form", "name", "expected"),
    [
        (QueryForm.SELECT, "json", ResultsFormat.JSON),
        (QueryForm.SELECT, "srj", ResultsFormat.JSON),
        (QueryForm.SELECT, "XML", ResultsFormat.XML),
        (QueryForm.ASK, "csv", ResultsFormat.CSV),
        (QueryForm.ASK, "tsv", ResultsFormat.TSV),
        (QueryForm.SELECT, "application/sparql-results+json", ResultsFormat.JSON),
        (QueryForm.SELECT, "html", DocumentFormat.HTML),
        (QueryForm.CONSTRUCT, "turtle", DocumentFormat.TURTLE),
        (QueryForm.CONSTRUCT, "ttl", DocumentFormat.TURTLE),
        (QueryForm.DESCRIBE, "nt", DocumentFormat.N_TRIPLES),
        (QueryForm.DESCRIBE, "jsonld", DocumentFormat.JSON_LD),
        (QueryForm.CONSTRUCT, "rdf", DocumentFormat.RDF_XML),
        (QueryForm.DESCRIBE, "trig", DocumentFormat.TRIG),
    ],
)
def test_the_format_parameter_goes_before_accept(query_form: QueryForm, name: str, expected: AnswerFormat) -> None:
    assert choose_answer_format(query_form, ProtocolRequest("…", "text/nothing", name)) is expected


@pytest.mark.parametrize(
    ("query_form", "name", "offer"),
    [
        (QueryForm.SELECT, "ttl", "srj, srx, csv, tsv, html"),
        (QueryForm.CONSTRUCT, "csv", "ttl, jsonld, nt, nq, trig, rdf, html"),
        (QueryForm.ASK, "pdf", "srj"),
    ],
)
def test_an_unknown_format_parameter_is_400(query_form: QueryForm, name: str, offer: str) -> None:
    with pytest.raises(QueryRequestError, match=offer) as caught:
        choose_answer_format(query_form, ProtocolRequest("…", None, name))
    assert caught.value.status == 400


def test_the_limit_of_an_address_is_the_callers() -> None:
    fields = RequestFields("GET", "query=ASK{}&x=" + "x" * 50)
    with pytest.raises(QueryRequestError, match="has 64 bytes after its question mark and the limit is 63") as caught:
        parse_request(fields, GRAPHS, 63)
    assert caught.value.status == 414
    assert parse_request(fields, GRAPHS, 64).query == "ASK{}"


def test_an_address_at_its_limit_is_read() -> None:
    text = "query=ASK{}&x="
    fields = RequestFields("GET", text + "x" * (ADDRESS_BYTES - len(text)))
    assert parse_request(fields, GRAPHS).query == "ASK{}"


def test_the_dataset_of_a_request_can_be_written_again() -> None:
    encoded = urlencode([("query", "ASK{}"), ("default-graph-uri", GRAPHS[0]), ("named-graph-uri", GRAPHS[1])])
    asked = parse_request(RequestFields("GET", encoded), GRAPHS)
    assert asked.dataset_fields == (("default-graph-uri", GRAPHS[0]), ("named-graph-uri", GRAPHS[1]))


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, DocumentFormat.TURTLE),
        ("*/*", DocumentFormat.TURTLE),
        ("text/turtle", DocumentFormat.TURTLE),
        ("application/json", DocumentFormat.JSON_LD),
        ("application/rdf+xml", DocumentFormat.RDF_XML),
        ("application/n-triples", DocumentFormat.N_TRIPLES),
        (BROWSER, DocumentFormat.HTML),
        ("text/html", DocumentFormat.HTML),
    ],
)
def test_without_a_query_programs_get_rdf_and_browsers_a_page(accept: str | None, expected: DocumentFormat) -> None:
    assert choose_service_format(ProtocolRequest(None, accept)) is expected


@pytest.mark.parametrize("each", [*GRAPH_FORMATS, DocumentFormat.HTML])
def test_the_service_description_has_a_format_parameter(each: DocumentFormat) -> None:
    assert choose_service_format(ProtocolRequest(None, "text/nothing", each.suffix.removeprefix("."))) is each


@pytest.mark.parametrize("request_", [ProtocolRequest(None, "text/csv"), ProtocolRequest(None, None, "pdf")])
def test_a_request_that_wants_results_and_has_no_query_is_400(request_: ProtocolRequest) -> None:
    with pytest.raises(QueryRequestError, match=r"there is no query|there are ttl") as caught:
        choose_service_format(request_)
    assert caught.value.status == 400


URL = "https://films.example/sparql?query=ASK%7B%7D&named-graph-uri=%22"


@pytest.mark.parametrize(
    ("body", "each", "expected"),
    [
        (b'{"head":{"vars":["a"]},"results":', ResultsFormat.JSON, {"link": [URL], "vars": ["a"]}),
        (b'{"head":{"vars":[]},"results":', ResultsFormat.JSON, {"link": [URL], "vars": []}),
        (b'{"head":{},"boolean":', ResultsFormat.JSON, {"link": [URL]}),
    ],
)
def test_the_head_of_a_json_result_gets_its_link(body: bytes, each: ResultsFormat, expected: dict[str, object]) -> None:
    linked = json.loads(add_link(body + b'"the rest"}', each, URL))
    assert linked["head"] == expected
    assert "the rest" in linked.values()


@pytest.mark.parametrize("head", ["<head></head>", '<head><variable name="a"/></head>'])
def test_the_head_of_an_xml_result_gets_its_link_after_the_variables(head: str) -> None:
    body = f'<sparql xmlns="http://www.w3.org/2005/sparql-results#">{head}<results>&lt;/head></results></sparql>'
    linked = ElementTree.fromstring(add_link(body.encode(), ResultsFormat.XML, URL))
    assert linked[0][-1].attrib == {"href": URL}
    assert len(linked[0]) == head.count("variable") + 1


@pytest.mark.parametrize("each", [ResultsFormat.CSV, ResultsFormat.TSV, DocumentFormat.TURTLE, DocumentFormat.JSON_LD])
def test_other_formats_stay_as_they_are(each: AnswerFormat) -> None:
    body = b'{"head":{},"boolean":true}</head>'
    assert add_link(body, each, URL) == body


def test_a_body_that_begins_otherwise_stays_as_it_is() -> None:
    for body in (b"", b'{"results":{}, "head":{"x":1}}', b' {"head":{}}'):
        assert add_link(body, ResultsFormat.JSON, URL) == body
    assert add_link(b"<sparql/>", ResultsFormat.XML, URL) == b"<sparql/>"
