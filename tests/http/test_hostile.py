"""Hostile data and hostile requests do no harm: nothing runs, nothing leaks, no header is made by a stranger."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import quote, unquote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from filmgraph.iris import IriScheme
from filmgraph.namespaces import RDF, SCHEMA
from filmgraph.settings import EndpointSettings, Settings
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app
from filmgraph.web.links import Links, safe_href, to_uri
from tests.http.sparql_pool import DirectPool

PAGES = ["/film/script-1999", "/film/", "/", "/source/page", "/film/script-1999.html"]
SAFE_LINK = re.compile(r"(?:/(?![/\\])|https?://|mailto:|#)", re.IGNORECASE)


@pytest.mark.parametrize("path", PAGES)
def test_page_holds_no_script_but_the_data_block(client: FlaskClient, path: str) -> None:
    html = HTMLParser(client.get(path).text)
    assert all(each.attributes.get("type") == "application/ld+json" for each in html.css("script"))
    assert not html.css("iframe, object, embed, b, svg, style, base, meta[http-equiv]")
    assert {each.attributes.get("src") for each in html.css("img")} <= {"/film/script-1999/poster.svg"}
    handlers = [name for node in html.css("*") for name in node.attributes if name.startswith("on") or name == "style"]
    assert handlers == []


@pytest.mark.parametrize("path", PAGES)
def test_page_links_only_to_what_may_be_followed(client: FlaskClient, path: str) -> None:
    targets = [each.attributes["href"] or "" for each in HTMLParser(client.get(path).text).css("[href]")]
    assert targets
    assert [each for each in targets if not SAFE_LINK.match(each)] == []


def test_hostile_title_is_text_and_the_block_reads_back_the_same(client: FlaskClient) -> None:
    text = client.get("/film/script-1999").text
    html = HTMLParser(text)
    heading, script = html.css_first("h1"), html.css_first("script")
    assert heading is not None
    assert script is not None
    title = '</script><img src=x onerror=alert(1)> & "quotes" \u2028 ü'
    assert heading.text() == title
    assert json.loads(script.text())["name"] == title
    facts = HTMLParser(client.get("/film/script-1999/facts").text)
    assert "javascript:alert(1)" in facts.css_first("table.triples").text()  # type: ignore[union-attr]


def test_text_that_xml_cannot_hold_is_offered_in_the_other_formats(
    settings: Settings, store: Store, vocabulary: Vocabulary
) -> None:
    film = NamedNode("https://films.example/id/film/odd")
    quads = [Quad(film, NamedNode(RDF.type), NamedNode(SCHEMA.Movie)), Quad(film, NamedNode(SCHEMA.name), Literal("bell \x07"))]
    client = create_app(settings, type(store)(store.manifest, quads), vocabulary).test_client()  # type: ignore[call-arg]
    refused = client.get("/film/odd.rdf")
    assert refused.status_code == 406
    assert "application/rdf+xml" not in refused.text
    for suffix in (".ttl", ".jsonld", ".nt", ".nq", ".trig"):
        assert client.get(f"/film/odd{suffix}").status_code == 200
    assert client.get("/film/odd", headers={"Accept": "application/rdf+xml, text/turtle;q=0.1"}).mimetype == "text/turtle"


def test_policy_forbids_scripts_frames_and_strangers(client: FlaskClient) -> None:
    for path in (
        "/",
        "/film/here-2023.ttl",
        "/film/nope",
        "/id/film/here-2023",
        "/static/filmgraph.css",
        "/dumps/2026-11-22.1/films.nt.gz",
    ):
        headers = client.get(path).headers
        policy = dict(each.strip().partition(" ")[::2] for each in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == policy["script-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert policy["style-src"] == policy["img-src"] == policy["form-action"] == "'self'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"]
        assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", ["/", "/film/", "/film", "/id/film/here-2023", "/film/here-2023", "/film//here-2023", "/nope"])
@pytest.mark.parametrize(
    "name", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-URL", "X-Forwarded-Prefix"]
)
def test_host_of_the_request_is_never_repeated(client: FlaskClient, path: str, name: str) -> None:
    answer = client.get(path, headers={name: "attacker.test", "Accept": "text/html"})
    assert "attacker" not in answer.text
    assert "attacker" not in str(answer.headers)


@pytest.mark.parametrize(
    "name",
    [
        "../manifest.json",
        "..%2fmanifest.json",
        "%2e%2e/manifest.json",
        "..\\manifest.json",
        "../store/secret",
        "store/secret",
        "/etc/passwd",
        "//etc/passwd",
        "....//manifest.json",
        "films.nt.gz/../../manifest.json",
        "./films.nt.gz",
        "films.nt.gz/",
        "films.nt.gz%00",
        "films.nt.gz ",
        "FILMS.NT.GZ",
        "unlisted.txt",
        "lost.nt.gz",
        "%252e%252e/manifest.json",
        "..;/manifest.json",
        "C:\\secret",
        "\uff0e\uff0e/manifest.json",
        "",
        ".",
        "..",
        "%c0%ae%c0%ae/manifest.json",
        "CON",
        "films.nt.gz::$DATA",
    ],
)
def test_only_listed_dumps_are_given(client: FlaskClient, name: str) -> None:
    assert client.get(f"/dumps/2026-11-22.1/{name}").status_code == 404
    if name not in ("", "lost.nt.gz"):
        assert client.get(f"/dumps/{name}").status_code == 404
        assert client.get(f"/dumps/latest/{name}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "//attacker.test",
        "/\\attacker.test",
        "/%2f%2fattacker.test",
        "/id//attacker.test/x",
        "/id/film/%2f%2fattacker.test",
        "/id/film/https:%2f%2fattacker.test",
        "/id/film/@attacker.test",
        "/id/film/x%0d%0aSet-Cookie:a=b",
        "/graph//attacker.test",
    ],
)
def test_no_redirect_leads_to_a_stranger(client: FlaskClient, path: str) -> None:
    # Given as a path, or else the client takes the name after two slashes for the host.
    answer = client.get("/", environ_overrides={"PATH_INFO": unquote(path)})
    assert answer.status_code == 404
    assert "Location" not in answer.headers
    assert "Set-Cookie" not in answer.headers


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=60),
    place=st.sampled_from(["/{}", "/film/{}", "/id/film/{}", "/id/{}/x", "/dumps/{}", "/ns{}", "/film/?page={}"]),
)
def test_no_path_breaks_the_server(client: FlaskClient, text: str, place: str) -> None:
    answer = client.get(place.format(quote(text, safe="", errors="replace")), headers={"Accept": "text/html"})
    assert answer.status_code < 500


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(
        ["Accept", "If-None-Match", "Range", "If-Range", "If-Modified-Since", "Accept-Encoding", "Origin", "Cookie"]
    ),
    value=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\x00"), max_size=60),
    path=st.sampled_from(["/film/here-2023", "/id/film/here-2023", "/dumps/2026-11-22.1/films.nt.gz", "/film/nope"]),
)
def test_no_header_breaks_the_server(client: FlaskClient, name: str, value: str, path: str) -> None:
    assert client.get(path, headers={name: value}).status_code < 500


@given(st.text(max_size=60))
def test_any_iri_may_stand_in_a_header(text: str) -> None:
    uri = to_uri("http://x/" + text)
    assert uri.isascii()
    assert not set(uri) & set('<>"{}|\\^` \r\n\x00')
    assert uri.isprintable()


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("\x01javascript:alert(1)", None),
        (" javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("vbscript:x", None),
        ("file:///etc/passwd", None),
        ("//attacker.test", None),
        ("http:/x", None),
        ("http:///x", None),
        ("urn:isbn:1", None),
        ("https://ok.example/a b", "https://ok.example/a%20b"),
        ("HTTPS://ok.example/é", "HTTPS://ok.example/%C3%A9"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ],
)
def test_only_harmless_schemes_are_linked(iri: str, expected: str | None) -> None:
    assert safe_href(iri) == expected


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        ("https://films.example/id/film/here-2023", "/film/here-2023"),
        ("https://films.example/id/film/here-2023#imdb", "/film/here-2023#imdb"),
        ("https://films.example/id/source/page#line=6,7", "/source/page#line=6,7"),
        ("https://filmgraph.example/id/role/director", "/role/director"),
        ("https://filmgraph.example/ns#credit", "/ns#credit"),
        ("https://films.example/film/here-2023#fact-1", "/film/here-2023#fact-1"),
        ("https://films.example/", "/"),
        ("https://films.example//attacker.test", "https://films.example//attacker.test"),
        ("https://films.example/\\attacker.test", "https://films.example/%5Cattacker.test"),
        ('https://films.example/"><script>', "/%22%3E%3Cscript%3E"),
        ("https://elsewhere.example/id/film/x", "https://elsewhere.example/id/film/x"),
        ("javascript:alert(1)", None),
    ],
)
def test_own_iris_are_linked_by_local_paths(iri: str, path: str | None) -> None:
    assert Links(IriScheme("https://films.example/")).href(iri) == path


def test_large_request_is_refused(client: FlaskClient) -> None:
    assert client.post("/film/here-2023", data=b"x" * 100_000).status_code in (405, 413)


def test_the_limit_of_a_body_is_a_setting_and_is_named(
    settings: Settings, store: Store, vocabulary: Vocabulary, pool: DirectPool
) -> None:
    endpoint = EndpointSettings(query_bytes=100, body_bytes=200)
    client = create_app(replace(settings, endpoint=endpoint), store, vocabulary, pool).test_client()
    for size, status in ((200, 200), (201, 413)):
        answer = client.post("/sparql", data=("ASK {} #" + " " * 500)[:size], content_type="application/sparql-query")
        assert answer.status_code == status
    assert "larger than 200 bytes, which is the limit" in answer.text
