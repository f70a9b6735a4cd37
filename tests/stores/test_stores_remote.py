"""A SPARQL endpoint of somebody else: a small server that answers as it is told, and the whole truth about what came back."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from filmgraph import __version__
from filmgraph.errors import (
    FilmgraphError,
    QueryError,
    QueryForbiddenError,
    QuerySyntaxError,
    QueryTimeoutError,
    QueryTooLargeError,
    SettingsError,
    StoreBusyError,
    StoreError,
)
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.stores.remote import RemoteEndpoint

JSON_TYPE = "application/sparql-results+json"
RESULT = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"Here"}}]}}'


@dataclass
class Script:
    """What the server answers next, and what it was asked."""

    status: int = 200
    content_type: str | None = JSON_TYPE
    body: bytes = RESULT
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    asked: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    hold: threading.Event | None = None
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    script: Script

    def do_GET(self) -> None:
        script = self.script
        size = int(self.headers.get("Content-Length") or 0)
        script.asked.append((self.command, self.path, dict(self.headers), self.rfile.read(size).decode()))
        if script.hold is not None:
            script.hold.wait(30)
        self.send_response(script.status)
        for name, value in script.headers.items():
            self.send_header(name, value)
        if script.content_type is not None:
            self.send_header("Content-Type", script.content_type)
        self.send_header("Content-Length", str(len(script.body) if script.announced is None else script.announced))
        self.end_headers()
        self.wfile.write(script.body)

    do_POST = do_GET  # noqa: N815  (the library's name)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def script() -> Iterator[Script]:
    made = Script()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Scripted", (Handler,), {"script": made}))
    server.daemon_threads = False
    made.url = f"http://127.0.0.1:{server.server_address[1]}/sparql"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    if made.hold is not None:
        made.hold.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def endpoint(script: Script) -> RemoteEndpoint:
    return RemoteEndpoint(script.url, timeout_seconds=20.0)


def test_a_short_query_goes_by_get_with_our_name(script: Script, endpoint: RemoteEndpoint) -> None:
    answer = endpoint.query("SELECT ?x { ?s ?p ?x } # é")
    assert answer.body == RESULT
    assert answer.content_type == JSON_TYPE
    ((method, path, headers, _),) = script.asked
    assert method == "GET"
    assert parse_qs(urlsplit(path).query) == {"query": ["SELECT ?x { ?s ?p ?x } # é"]}
    assert headers["User-Agent"] == f"filmgraph/{__version__}"
    assert headers["Accept"] == JSON_TYPE


def test_a_long_query_goes_by_post(script: Script, endpoint: RemoteEndpoint) -> None:
    query = "SELECT ?x { ?s ?p ?x } #" + "é" * 1_500
    endpoint.query(query)
    ((method, path, headers, body),) = script.asked
    assert (method, path) == ("POST", "/sparql")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(body) == {"query": [query]}


@pytest.mark.parametrize(
    ("result_format", "body"),
    [
        (ResultsFormat.CSV, b"x\r\nHere\r\n"),
        (ResultsFormat.TSV, b"?x\n1\n"),
        (ResultsFormat.XML, b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>true</boolean></sparql>'),
        (DocumentFormat.TURTLE, b"<a:a> <a:b> 1 ."),
        (DocumentFormat.N_TRIPLES, b'<a:a> <a:b> "1" .\n'),
    ],
)
def test_every_format_is_asked_for_by_its_own_name(
    script: Script, endpoint: RemoteEndpoint, result_format: ResultsFormat | DocumentFormat, body: bytes
) -> None:
    script.content_type, script.body = result_format.format.content_type, body
    assert endpoint.query("ASK {}", result_format).body == body
    assert script.asked[0][2]["Accept"] == result_format.media_type


def test_an_alias_of_the_type_is_good_enough(script: Script, endpoint: RemoteEndpoint) -> None:
    script.content_type = "application/json; charset=utf-8"
    assert endpoint.query("ASK {}").content_type == "application/json; charset=utf-8"


PROBLEM = json.dumps(
    {"title": "Bad Request", "status": 400, "detail": "line 2, column 5: the query does not parse here"}
).encode()


@pytest.mark.parametrize(
    ("status", "content_type", "body", "error", "message"),
    [
        (
            400,
            "application/problem+json",
            PROBLEM,
            QuerySyntaxError,
            "answered 400: line 2, column 5: the query does not parse here",
        ),
        (400, "text/plain; charset=utf-8", b"Parse error: \xc3\xa9", QuerySyntaxError, "answered 400: Parse error: é"),
        (400, "application/json", b"{broken", QuerySyntaxError, "answered 400: Bad Request"),
        (400, "application/json", b"[]", QuerySyntaxError, "answered 400: Bad Request"),
        (400, "text/html", b"<h1>Nope</h1>", QuerySyntaxError, "answered 400: Bad Request"),
        (403, "application/problem+json", b'{"title":"Forbidden"}', QueryForbiddenError, "answered 403: Forbidden"),
        (404, "text/html", b"", StoreError, "answered 404: Not Found"),
        (406, "text/plain", b"", QueryError, "answered 406"),
        (408, "text/plain", b"slow", QueryTimeoutError, "answered 408: slow"),
        (413, "text/plain", b"big", QueryTooLargeError, "answered 413: big"),
        (414, "text/plain", b"", QueryTooLargeError, "answered 414"),
        (429, "text/plain", b"wait", StoreBusyError, "answered 429: wait"),
        (500, "text/plain", b"oops", StoreError, "answered 500: oops"),
        (503, None, b"", StoreBusyError, "answered 503: Service Unavailable"),
        (504, "text/plain", b"late", QueryTimeoutError, "answered 504: late"),
    ],
)
def test_an_error_status_is_an_error_with_the_servers_own_words(
    script: Script,
    endpoint: RemoteEndpoint,
    status: int,
    content_type: str | None,
    body: bytes,
    error: type[FilmgraphError],
    message: str,
) -> None:
    script.status, script.content_type, script.body = status, content_type, body
    with pytest.raises(error, match=message) as caught:
        endpoint.query("ASK {}")
    assert type(caught.value) is error
    assert script.url in str(caught.value)


@pytest.mark.parametrize(
    ("content_type", "body", "message"),
    [
        ("text/html; charset=utf-8", b"<html></html>", "sent text/html; is it a web page and not an endpoint"),
        ("text/csv", b"x\r\n", "was asked for application/sparql-results.json and sent text/csv"),
        (None, RESULT, "sent no type at all"),
        (JSON_TYPE, RESULT[:-1], "cut short"),
        (JSON_TYPE, b"", "cut short"),
        (JSON_TYPE, b"<html></html>", "no SPARQL JSON result"),
        (JSON_TYPE, b'{"head":{}}', "no SPARQL JSON result"),
    ],
)
def test_an_answer_that_is_no_result_is_an_error(
    script: Script, endpoint: RemoteEndpoint, content_type: str | None, body: bytes, message: str
) -> None:
    script.content_type, script.body = content_type, body
    with pytest.raises(StoreError, match=message):
        endpoint.query("ASK {}")


def test_xml_that_is_cut_short_is_an_error(script: Script, endpoint: RemoteEndpoint) -> None:
    script.content_type, script.body = "application/sparql-results+xml", b"<sparql><head/>"
    with pytest.raises(StoreError, match="XML that is cut short"):
        endpoint.query("ASK {}", ResultsFormat.XML)


def test_xml_with_entities_is_not_read(script: Script, endpoint: RemoteEndpoint) -> None:
    script.content_type = "application/sparql-results+xml"
    script.body = b'<!DOCTYPE sparql [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><sparql>&b;</sparql>'
    with pytest.raises(StoreError, match="document type"):
        endpoint.query("ASK {}", ResultsFormat.XML)


def test_a_connection_that_is_cut_is_an_error_even_where_the_part_reads_well(script: Script, endpoint: RemoteEndpoint) -> None:
    script.content_type, script.body, script.announced = "text/csv", b"x\r\n1\r\n", 100
    with pytest.raises(StoreError, match="sent 6 of 100 bytes"):
        endpoint.query("SELECT * {}", ResultsFormat.CSV)


def test_a_redirect_is_told_and_not_followed(script: Script, endpoint: RemoteEndpoint) -> None:
    script.status, script.headers = 302, {"Location": "http://127.0.0.1:1/elsewhere"}
    with pytest.raises(StoreError, match=r"redirects to http://127\.0\.0\.1:1/elsewhere"):
        endpoint.query("ASK {}")
    assert len(script.asked) == 1


def test_an_answer_over_the_limit_is_an_error(script: Script) -> None:
    script.body = RESULT + b" " * 100_000
    with pytest.raises(QueryTooLargeError, match="more than 50000 bytes"):
        RemoteEndpoint(script.url, result_bytes=50_000).query("ASK {}")


def test_a_server_that_says_nothing_is_late(script: Script) -> None:
    script.hold = threading.Event()
    with pytest.raises(QueryTimeoutError, match=r"did not answer within 0\.2 seconds"):
        RemoteEndpoint(script.url, timeout_seconds=0.2).query("ASK {}")


def test_nobody_there_is_said_plainly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(StoreError, match=r"cannot be reached: .*refused.*; check the address"):
        RemoteEndpoint(f"http://127.0.0.1:{port}/sparql").query("ASK {}")


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "ftp://example.org/", "example.org/sparql", "http://", "data:text/csv,x"]
)
def test_only_http_addresses_are_endpoints(url: str) -> None:
    with pytest.raises(SettingsError, match="should be an http"):
        RemoteEndpoint(url)
