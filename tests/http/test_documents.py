"""Every thing over HTTP: 303 to its documents, which agree with each other; caching; links from one to the other."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, Triple, parse
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from filmgraph.describe import find_things
from filmgraph.formats import DocumentFormat
from filmgraph.iris import IriScheme
from filmgraph.namespaces import FG_BASE, shorten
from filmgraph.settings import Settings
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app

BASE = "https://films.example/"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
READERS = {
    DocumentFormat.TURTLE: RdfFormat.TURTLE,
    DocumentFormat.JSON_LD: RdfFormat.JSON_LD,
    DocumentFormat.N_TRIPLES: RdfFormat.N_TRIPLES,
    DocumentFormat.N_QUADS: RdfFormat.N_QUADS,
    DocumentFormat.TRIG: RdfFormat.TRIG,
    DocumentFormat.RDF_XML: RdfFormat.RDF_XML,
}


def iter_own_iris(store: Store, iris: IriScheme) -> Iterator[str]:
    """Every IRI of the published graph under the base, the vocabulary's included, and of all texts and concepts."""
    found = {node.value for quad in store.quads() for node in quad.triple if isinstance(node, NamedNode)}
    found |= {iri for each in find_things(store, iris).values() for iri in each}
    yield from sorted(iri for iri in found if iri.startswith((BASE, FG_BASE)))


def to_path(iri: str) -> str:
    return "/" + iri.removeprefix(BASE).removeprefix(FG_BASE).partition("#")[0]


def read(body: bytes, document_format: DocumentFormat) -> set[Triple]:
    return {quad.triple for quad in parse(body, format=READERS[document_format])}


def read_html_table(html: str) -> set[tuple[str, str, str]]:
    rows = HTMLParser(html).css("table.triples tbody tr")
    return {(cells[0], cells[1], cells[2]) for row in rows if (cells := [cell.text(strip=True) for cell in row.css("td")])}


def test_every_own_iri_dereferences_in_every_format(client: FlaskClient, store: Store, iris: IriScheme) -> None:
    own = list(iter_own_iris(store, iris))
    assert len(own) > 60
    for iri in own:
        for each in DocumentFormat:
            answer = client.get(to_path(iri), headers={"Accept": each.media_type})
            if answer.status_code == 303:
                answer = client.get(answer.headers["Location"], headers={"Accept": each.media_type})
            assert answer.status_code == 200, (iri, each)
            if iri.partition("#")[0] not in (BASE, f"{BASE}dumps/2026-11-22.1/films.nt.gz"):
                assert answer.mimetype == each.media_type, (iri, each)


def test_all_formats_of_every_thing_agree(client: FlaskClient, store: Store, iris: IriScheme) -> None:
    for iri in (each for found in find_things(store, iris).values() for each in found):
        path = to_path(iri).replace("/id/", "/")
        bodies = {each: client.get(path + each.suffix).data for each in DocumentFormat}
        turtle = read(bodies[DocumentFormat.TURTLE], DocumentFormat.TURTLE)
        assert turtle, iri
        for each in (DocumentFormat.JSON_LD, DocumentFormat.N_TRIPLES, DocumentFormat.RDF_XML):
            assert read(bodies[each], each) == turtle, (iri, each)
        assert read(bodies[DocumentFormat.N_QUADS], DocumentFormat.N_QUADS) >= turtle, iri
        facts = client.get(f"{path}/facts").text
        rows = read_html_table(facts)
        shown = {(predicate, value) for _, predicate, value in rows}
        for triple in turtle:
            assert isinstance(triple.predicate, NamedNode)
            assert (shorten(triple.predicate.value), cell_text(triple)) in shown, (iri, triple)
        assert len(HTMLParser(facts).css("table.triples tbody tr")) == len(turtle)
        assert f'href="{path}/facts"' in bodies[DocumentFormat.HTML].decode()


def cell_text(triple: Triple) -> str:
    if isinstance(triple.object, NamedNode):
        return triple.object.value
    value, language, datatype = triple.object.value, triple.object.language, triple.object.datatype.value  # type: ignore[union-attr]
    tag = f"@{language}" if language else "" if datatype.endswith("#string") else shorten(datatype)
    return value.strip() + tag


@pytest.mark.parametrize(
    ("accept", "location"),
    [
        (FIREFOX, "/film/here-2023"),
        ("*/*", "/film/here-2023"),
        (None, "/film/here-2023"),
        ("text/turtle", "/film/here-2023.ttl"),
        ("text/turtle;charset=utf-8", "/film/here-2023.ttl"),
        ('application/ld+json;profile="x"', "/film/here-2023.jsonld"),
        ("application/json", "/film/here-2023.jsonld"),
        ("text/turtle, application/rdf+xml;q=0.9, */*;q=0.1", "/film/here-2023.ttl"),
        ("application/rdf+xml", "/film/here-2023.rdf"),
        ("application/n-quads", "/film/here-2023.nq"),
        ("application/trig", "/film/here-2023.trig"),
        ("text/plain", "/film/here-2023.nt"),
    ],
)
def test_thing_sees_other_by_accept(client: FlaskClient, accept: str | None, location: str) -> None:
    answer = client.get("/id/film/here-2023", headers={} if accept is None else {"Accept": accept})
    assert (answer.status_code, answer.headers["Location"]) == (303, location)
    assert "Accept" in answer.vary


@pytest.mark.parametrize(
    ("accept", "media_type", "location"),
    [
        (FIREFOX, "text/html", "/film/here-2023.html"),
        ("*/*", "text/html", "/film/here-2023.html"),
        ("text/turtle", "text/turtle", "/film/here-2023.ttl"),
        ("application/ld+json", "application/ld+json", "/film/here-2023.jsonld"),
        ("application/rdf+xml;q=0.9,text/turtle;q=0.8", "application/rdf+xml", "/film/here-2023.rdf"),
    ],
)
def test_document_is_negotiated_and_says_which_it_is(client: FlaskClient, accept: str, media_type: str, location: str) -> None:
    answer = client.get("/film/here-2023", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype, answer.headers["Content-Location"]) == (200, media_type, location)
    assert "Accept" in answer.vary
    assert client.get(location).data == answer.data


def test_suffix_outdoes_the_accept_header(client: FlaskClient) -> None:
    answer = client.get("/film/here-2023.ttl", headers={"Accept": "text/html"})
    assert (answer.mimetype, "Accept" in answer.vary, "Content-Location" in answer.headers) == ("text/turtle", False, False)
    assert client.get("/film/here-2023.ttl", headers={"Accept": "image/png"}).status_code == 200


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
@pytest.mark.parametrize(
    "path",
    ["/", "/film/", "/film/here-2023", *(f"/film/here-2023{each.suffix}" for each in DocumentFormat), "/ns", "/shapes.ttl"],
)
def test_known_tag_is_304_without_body(client: FlaskClient, path: str, encoding: str) -> None:
    headers = {"Accept": "*/*", "Accept-Encoding": encoding}
    first = client.get(path, headers=headers)
    tag = first.headers["ETag"]
    assert first.status_code == 200
    assert tag.startswith('"2026-11-22.1-')
    second = client.get(path, headers=headers | {"If-None-Match": tag})
    assert (second.status_code, second.data) == (304, b"")
    assert {name: second.headers.get(name) for name in ("Vary", "Cache-Control", "Content-Location")} == {
        name: first.headers.get(name) for name in ("Vary", "Cache-Control", "Content-Location")
    }
    assert client.get(path, headers=headers | {"If-None-Match": '"another"'}).status_code == 200


def test_tag_changes_with_the_words_on_every_page(settings: Settings, store: Store, vocabulary: Vocabulary) -> None:
    apps = [create_app(replace(settings, title=title), store, vocabulary) for title in ("Films", "Pictures")]
    first, second = (app.test_client().get("/film/here-2023").headers["ETag"] for app in apps)
    assert first != second


def test_every_format_has_a_tag_of_its_own(client: FlaskClient) -> None:
    negotiated = [client.get("/film/here-2023", headers={"Accept": each.media_type}).headers["ETag"] for each in DocumentFormat]
    by_suffix = [client.get(f"/film/here-2023{each.suffix}").headers["ETag"] for each in DocumentFormat]
    others = [client.get(f"/film/violet-2013{each.suffix}").headers["ETag"] for each in DocumentFormat]
    tags = [*negotiated, *by_suffix, *others]
    assert len(set(tags)) == len(tags)
    assert not any(each.startswith("W/") for each in tags)


@pytest.mark.parametrize("document_format", DocumentFormat)
def test_same_release_gives_the_same_bytes(client: FlaskClient, document_format: DocumentFormat) -> None:
    assert len({client.get(f"/festival/fest-2026{document_format.suffix}").data for _ in range(4)}) == 1


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/film/",
        "/id/film/here-2023",
        "/film/here-2023",
        "/film/here-2023.nq",
        "/ns",
        "/healthz",
        "/readyz",
        "/dumps/2026-11-22.1/films.nt.gz",
        "/static/filmgraph.css",
        "/film/nope",
        "/id/film/gone-1950",
    ],
)
def test_head_has_the_headers_of_get_and_no_body(client: FlaskClient, path: str, encoding: str) -> None:
    got, head = (client.open(path, method=method, headers={"Accept-Encoding": encoding}) for method in ("GET", "HEAD"))
    assert (head.status_code, head.data) == (got.status_code, b"")
    assert dict(head.headers) | {"Date": ""} == dict(got.headers) | {"Date": ""}


@pytest.mark.parametrize(
    "path", ["/", "/film/", "/id/film/here-2023", "/film/here-2023", "/dumps/2026-11-22.1/films.nt.gz", "/ns", "/healthz"]
)
def test_options_tells_the_methods_to_any_origin(client: FlaskClient, path: str) -> None:
    answer = client.options(path, headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"})
    assert answer.status_code == 200
    assert set(answer.headers["Access-Control-Allow-Methods"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("document_format", DocumentFormat)
def test_text_formats_are_packed_when_asked(client: FlaskClient, document_format: DocumentFormat) -> None:
    path = f"/film/here-2023{document_format.suffix}"
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.vary
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_page_links_to_its_formats_in_headers_and_html(client: FlaskClient) -> None:
    answer = client.get("/film/here-2023", headers={"Accept": FIREFOX})
    link = answer.headers["Link"]
    html = HTMLParser(answer.text)
    in_html = {(each.attributes["type"], each.attributes["href"]) for each in html.css("link[rel=alternate][type]")}
    for each in set(DocumentFormat) - {DocumentFormat.HTML}:
        path = f"/film/here-2023{each.suffix}"
        assert f'<{path}>; rel="alternate"; type="{each.media_type}"' in link
        assert (each.media_type, path) in in_html
    assert f'<{BASE}film/here-2023>; rel="canonical"' in link
    assert '<http://schema.org/Movie>; rel="type"' in link
    assert '<https://creativecommons.org/publicdomain/zero/1.0/>; rel="license"' in link
    assert '</film/here-2023.ttl>; rel="describedby"; type="text/turtle"' in link
    canonical = html.css_first("link[rel=canonical]")
    assert canonical is not None
    assert canonical.attributes["href"] == f"{BASE}film/here-2023"


def test_data_document_tells_what_it_describes_and_stays_out_of_search(client: FlaskClient) -> None:
    answer = client.get("/film/here-2023.ttl")
    assert f'<{BASE}id/film/here-2023>; rel="describes"' in answer.headers["Link"]
    assert '</film/here-2023.html>; rel="alternate"; type="text/html"' in answer.headers["Link"]
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in client.get("/film/here-2023").headers


def test_text_is_not_offered_under_the_licence_of_the_facts(client: FlaskClient) -> None:
    assert 'rel="license"' not in client.get("/text/here-intro.ttl").headers["Link"]


def test_n_quads_tell_what_each_source_says(client: FlaskClient) -> None:
    body = client.get("/film/here-2023.nq").text
    assert f'"2024"^^<http://www.w3.org/2001/XMLSchema#gYear> <{BASE}graph/source/table> .' in body
    assert f"<{BASE}graph/provenance> ." in body
    assert "Flush with pleasures" not in body


def test_trig_says_what_n_quads_say_one_block_for_each_graph(client: FlaskClient) -> None:
    trig, quads = client.get("/film/here-2023.trig"), client.get("/film/here-2023.nq")
    assert trig.content_type == "application/trig; charset=utf-8"
    assert set(parse(trig.data, format=RdfFormat.TRIG)) == set(parse(quads.data, format=RdfFormat.N_QUADS))
    prefixes = [line for line in trig.text.splitlines() if line.startswith("@prefix")]
    assert prefixes == sorted(prefixes)
    assert "@prefix schema: <http://schema.org/> ." in prefixes
    graphs = re.findall(r"^(<\S+>) {$", trig.text, re.MULTILINE)
    assert f"<{BASE}graph/source/table>" in graphs
    assert graphs == sorted(set(graphs))
    assert trig.text.index("\nfilm:here-2023 a schema:Movie") < trig.text.index(graphs[0])


@pytest.mark.parametrize("path", ["/film/here-2023", "/person/bas-devos", "/screening/here-1", "/role/director", "/film/"])
def test_page_holds_a_block_about_itself_and_one_about_the_way_to_it(client: FlaskClient, path: str) -> None:
    scripts = HTMLParser(client.get(path).text).css("script")
    assert [each.attributes["type"] for each in scripts] == ["application/ld+json"] * 2
    own, way = (json.loads(each.text()) for each in scripts)
    assert own["@context"] == way["@context"] == "https://schema.org"
    assert way["@type"] == "BreadcrumbList"


def test_every_link_of_every_page_leads_somewhere(client: FlaskClient, store: Store, iris: IriScheme) -> None:
    paths = {"/", "/ns", *(to_path(iri).replace("/id/", "/") for found in find_things(store, iris).values() for iri in found)}
    targets: set[str] = set()
    for path in sorted(paths):
        answer = client.get(path)
        assert answer.status_code == 200, path
        targets |= {each.attributes["href"] or "" for each in HTMLParser(answer.text).css("a[href], link[href]")}
    for target in sorted(each for each in targets if each.startswith("/")):
        if target != "/dumps/2026-11-22.1/lost.nt.gz":
            assert client.get(target.partition("#")[0], headers={"Accept": "text/html"}).status_code in (200, 303), target


def test_anchor_of_every_statement_is_on_its_page(client: FlaskClient, store: Store, iris: IriScheme) -> None:
    statements = {quad.subject.value for quad in store.quads(graph=iris.provenance_graph) if isinstance(quad.subject, NamedNode)}
    assert len(statements) == 4
    for each in statements:
        page, _, anchor = each.partition("#")
        assert HTMLParser(client.get(to_path(page)).text).css(f"#{anchor}"), each


@pytest.mark.parametrize("suffix", ["", ".ttl", ".html"])
def test_merged_thing_moves_to_the_survivor(client: FlaskClient, suffix: str) -> None:
    answer = client.get(f"/film/here-2024{suffix}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/film/here-2023{suffix}")
    thing = client.get("/id/film/here-2024")
    assert (thing.status_code, thing.headers["Location"]) == (301, "/id/film/here-2023")


@pytest.mark.parametrize(
    "path", ["/linkset/film/{}", "/share/film/{}.png", "/film/{}/facts", "/film/{}/poster.svg", "/film/{}.ics"]
)
def test_what_belongs_to_a_thing_goes_with_it(client: FlaskClient, path: str) -> None:
    moved, gone = client.get(path.format("here-2024")), client.get(path.format("gone-1950"))
    assert (moved.status_code, moved.headers["Location"]) == (301, path.format("here-2023"))
    assert gone.status_code == 410
    assert client.get(path.format("nope-1900")).status_code == 404


def test_graph_names_lead_to_what_explains_them(client: FlaskClient) -> None:
    assert client.get("/graph/source/page").headers["Location"] == "/source/page"
    assert client.get("/graph/texts").headers["Location"] == "/#data"
    assert client.get("/graph/nope").status_code == 404
