"""The exported site under Debian's nginx: it answers what our own server would."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from filmgraph.formats import DocumentFormat
from filmgraph.languages import FIRST_LANGUAGE, LANGUAGES, to_prefix
from filmgraph.negotiation import choose_format, choose_language
from tests.export.conftest import Exported, Nginx, make_app
from tests.http.conftest import DUMP

FILM = "/film/here-2023"
FORMATS = (DocumentFormat.HTML, DocumentFormat.TURTLE, DocumentFormat.JSON_LD)
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
ACCEPTS = [
    "", "*/*", "*", "text/html", CHROME, "application/xhtml+xml", "text/turtle", "TEXT/Turtle", "text/turtle;charset=utf-8",
    "text/turtle; q=0.9, text/html", "text/turtle, text/html;q=0.5", "text/html;q=0.2,text/turtle;q=0.3",
    "application/ld+json", 'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "application/json",
    "application/ld+json;q=0.8, text/turtle;q=0.8", "text/turtle;q=0.81, application/ld+json;q=0.9, */*;q=0.1",
    "application/rdf+xml, text/turtle;q=0.9, */*;q=0.1", "application/n-triples, text/turtle;q=0.4", "text/*", "application/*",
    "text/html;q=0, */*", "text/html;q=0.3, */*;q=0.8", "text/turtle;q=0.2, text/*;q=0.5", "text/n3", "text/rdf+n3;q=1.0",
    "application/pdf", "application/rdf+xml", "image/png, audio/*", "text/html;q=0", "text/html ; q=0.7 , text/turtle ; q=0.8",
    "application/n-triples,application/ld+json;q=0.9,application/rdf+xml;q=0.8,text/turtle;q=0.7,*/*;q=0.1",
]  # fmt: skip


@pytest.fixture(scope="module")
def own(static_release: Path) -> FlaskClient:
    return make_app(static_release, is_static=True).test_client()


def suffix_for(accept: str) -> str | None:
    chosen = choose_format(accept, [each.format for each in FORMATS])
    return chosen.suffix if chosen else None


@pytest.mark.parametrize("accept", ACCEPTS)
def test_accept_chooses_as_our_own_server_does(nginx: Nginx, exported: Exported, accept: str) -> None:
    suffix = suffix_for(accept)
    document, thing = nginx.ask(FILM, Accept=accept), nginx.ask(f"/id{FILM}", Accept=accept)
    if suffix is None:
        assert (document.status, thing.status) == (406, 406)
        return
    assert document.status == 200
    assert document.body == (exported.path / f"{FILM[1:]}{suffix}").read_bytes()
    assert document.headers["content-location"] == FILM + suffix
    assert document.headers["vary"].replace(" ", "") in ("Accept-Encoding,Accept", "Accept")
    assert (thing.status, thing.headers["location"]) == (303, FILM + ("" if suffix == ".html" else suffix))


TONGUES = [
    "", "nl", "NL-BE", "fr-BE, nl;q=0.5", "fr;q=0.3, nl;q=0.8", "en, nl", "nl, en", "de, fr;q=0.9", "de", "*",
    "nl;q=0.2, *;q=0.9", "*;q=0.1, fr;q=0.2", "nl;q=0", "nl;q=0, fr;q=0.001, de", "fr;q=1.0,nl;q=1.0", "nl;q=0.75, fr;q=0.8",
    "xnl, nlx",
    "nl ; q=0.4 , fr ; q=0.6",
    "de-nl", "nld, fr", "en-GB,en;q=0.9,nl;q=0.8", "zh-Hant-TW, fr-CA;q=0.4", ",,nl", "nl;level=1;q=0.6, fr;q=0.5",
]  # fmt: skip


@pytest.mark.parametrize("tongues", TONGUES)
def test_a_thing_leads_to_the_page_in_the_language_of_its_reader(nginx: Nginx, tongues: str) -> None:
    page, data = (nginx.ask(f"/id{FILM}", Accept=accept, Accept_Language=tongues) for accept in ("text/html", "text/turtle"))
    # A weight below a tenth is none here.
    language = FIRST_LANGUAGE if "0.001" in tongues else choose_language(tongues, LANGUAGES, FIRST_LANGUAGE)
    assert (page.status, page.headers["location"]) == (303, f"{to_prefix(language)}{FILM}")
    assert data.headers["location"] == f"{FILM}.ttl"
    assert page.headers["vary"] == "Accept, Accept-Language"
    assert "content-location" not in page.headers


@pytest.mark.parametrize(
    "path",
    ["/", "/nl/", "/film/", "/fr/film/", FILM, f"/nl{FILM}", f"{FILM}.ttl", f"{FILM}.jsonld", f"{FILM}/facts", "/ns", "/ns.ttl",
     "/shapes", "/datasets/", "/datasets/dictionary", "/fr/datasets/dictionary", "/datasets/dictionary.jsonld",
     "/robots.txt", "/sitemap.xml", "/share.png", f"/linkset{FILM}", f"{FILM}.ics",
     "/film/script-1999/poster.svg", "/static/filmgraph.css", "/static/filmgraph.svg"],
)  # fmt: skip
def test_types_headers_and_bytes_are_those_of_our_own_server(nginx: Nginx, own: FlaskClient, path: str) -> None:
    ours, theirs = own.get(path, headers={"Accept": "text/html, */*;q=0.1"}), nginx.ask(path, Accept="text/html, */*;q=0.1")
    assert theirs.status == ours.status_code == 200
    assert theirs.body == ours.data
    # An SVG says itself that it is UTF-8.
    types = [
        each.replace("image/svg+xml; charset=utf-8", "image/svg+xml")
        for each in (theirs.headers["content-type"], ours.content_type)
    ]
    assert types[0] == types[1]
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Access-Control-Allow-Origin", "Referrer-Policy"):
        assert theirs.headers[name.lower()] == ours.headers[name], name
    assert "etag" in theirs.headers
    assert theirs.headers["cache-control"].startswith("public")


def test_what_the_client_has_is_not_sent_again(nginx: Nginx) -> None:
    first = nginx.ask(FILM)
    again = nginx.ask(FILM, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert nginx.ask(FILM, If_None_Match='"other"').status == 200


def test_pages_are_sent_packed_as_they_lie_there(nginx: Nginx, exported: Exported) -> None:
    plain, packed = nginx.ask(FILM), nginx.ask(FILM, Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.body == (exported.path / f"{FILM[1:]}.html.gz").read_bytes()
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["content-type"] == plain.headers["content-type"]
    assert packed.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize(("asked", "status"), [("bytes=0-9", 206), ("bytes=-5", 206), ("bytes=99999999-", 416)])
def test_parts_of_a_file_can_be_had(nginx: Nginx, asked: str, status: int) -> None:
    whole, part = nginx.ask(f"{FILM}.ttl"), nginx.ask(f"{FILM}.ttl", Range=asked)
    assert part.status == status
    if status == 206:
        assert part.body == (whole.body[:10] if asked == "bytes=0-9" else whole.body[-5:])


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/film/here-2024", 301, "/film/here-2023"),
        ("/film/here-2024.ttl", 301, "/film/here-2023.ttl"),
        ("/id/film/here-2024", 301, "/id/film/here-2023"),
        ("/nl/film/here-2024", 301, "/nl/film/here-2023"),
        ("/film/gone-1950", 410, None),
        ("/id/film/gone-1950", 410, None),
        ("/film/gone-1950.jsonld", 410, None),
        ("/film/here-2024/facts", 301, "/film/here-2023/facts"),
        ("/film/here-2024/poster.svg", 301, "/film/here-2023/poster.svg"),
        ("/film/here-2024.ics", 301, "/film/here-2023.ics"),
        ("/linkset/film/here-2024", 301, "/linkset/film/here-2023"),
        ("/share/film/here-2024.png", 301, "/share/film/here-2023.png"),
        ("/linkset/film/gone-1950", 410, None),
        ("/share/film/gone-1950.png", 410, None),
        ("/film/gone-1950/poster.svg", 410, None),
        ("/film/gone-1950.png", 404, None),
        ("/share/film/gone-1950", 404, None),
        ("/film/nope", 404, None),
        ("/id/film/nope", 404, None),
        ("/id/nothing/here-2023", 404, None),
        ("/nope", 404, None),
        ("/search", 404, None),
        ("/sparql", 404, None),
        ("/.server/nginx-http.conf", 404, None),
        ("/.filmgraph-export.json", 404, None),
        ("/../etc/passwd", 400, None),
        ("/dumps/latest/films.nt.gz", 307, "/dumps/2026-11-22.1/films.nt.gz"),
        ("/dumps/2026-11-22.1/x.nt.gz", 404, None),
        ("/.well-known/void", 302, "/datasets/"),
    ],
)
def test_what_moved_is_gone_or_never_was(nginx: Nginx, path: str, status: int, location: str | None) -> None:
    answer = nginx.ask(path, Accept="text/html", Host="attacker.test")
    assert (answer.status, answer.headers.get("location")) == (status, location)
    assert b"attacker" not in answer.body
    assert "attacker" not in str(answer.headers)


def test_refusals_have_our_own_pages(nginx: Nginx, exported: Exported) -> None:
    assert nginx.ask("/film/gone-1950").body == (exported.path / "gone/film/gone-1950.html").read_bytes()
    assert nginx.ask("/film/nope").body == (exported.path / "404.html").read_bytes()
    assert nginx.ask("/nl/film/nope").body == (exported.path / "nl/404.html").read_bytes()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_reading_is_answered(nginx: Nginx, method: str) -> None:
    assert nginx.ask("/", method).status == 405


def test_links_are_signposted(nginx: Nginx) -> None:
    links = nginx.ask(FILM).headers["link"]
    assert f'<{FILM}.ttl>; rel="alternate"; type="text/turtle"' in links
    assert '<https://films.example/film/here-2023>; rel="canonical"' in links


def test_the_head_of_an_answer_has_no_body(nginx: Nginx) -> None:
    head = nginx.ask(FILM, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) == len(nginx.ask(FILM).body)


def test_a_download_is_its_own_bytes_and_lasts_for_ever(nginx: Nginx) -> None:
    answer = nginx.ask("/dumps/2026-11-22.1/films.nt.gz", Accept_Encoding="gzip")
    assert answer.body == DUMP
    assert answer.headers["content-type"] == "application/gzip"
    assert "content-encoding" not in answer.headers
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-disposition"] == "attachment"
