"""The first page, the lists, the vocabulary, the dumps, the state of the server and the style sheet."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser as HTMLParser

import filmgraph.web
from filmgraph.iris import Kind
from filmgraph.settings import Settings
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app
from filmgraph.web import lists as lists_module

STATIC = Path(filmgraph.web.__file__).parent / "static"


def test_first_page_says_what_this_is_and_what_is_made_up(client: FlaskClient) -> None:
    html = HTMLParser(client.get("/").text)
    main = html.css_first("main")
    assert main is not None
    text = " ".join(main.text().split())
    assert "Fictional: Demo Fest 2026. It was made up" in text
    assert "3 films" in text
    assert "99 facts" in text
    assert "release 2026-11-22.1" in text
    assert "films.nt.gz" in text
    assert html.css_first("a[href='/person/']") is not None


def test_first_page_offers_the_query_page_only_where_there_is_one(client: FlaskClient) -> None:
    assert "/sparql" not in client.get("/").text
    assert client.get("/sparql").status_code == 404


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_list(client: FlaskClient, kind: Kind) -> None:
    answer = client.get(f"/{kind.segment}/")
    html = HTMLParser(answer.text)
    script = html.css_first("script")
    assert script is not None
    links = [each.attributes["href"] for each in html.css("ol.index a")]
    items = [each["url"] for each in json.loads(script.text())["itemListElement"]]
    assert items == [f"https://films.example{path}" for path in links]
    assert links


def test_list_is_in_the_order_of_names_and_shows_years(client: FlaskClient) -> None:
    rows = [" ".join(each.text().split()) for each in HTMLParser(client.get("/film/").text).css("ol.index li")]
    assert [row[-8:] for row in rows] == ["May 1999", "ere 2023", "let 2013"]


def test_concept_list_shows_labels(client: FlaskClient) -> None:
    assert "Director of Photography" in client.get("/role/").text


def test_long_list_has_pages(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists_module, "PAGE_SIZE", 2)
    second = HTMLParser(client.get("/film/?page=2").text)
    assert [each.attributes["href"] for each in second.css("ol.index a")] == ["/film/violet-2013"]
    assert [each.text() for each in second.css("nav.pager a")] == ["1", "2"]
    script, ordered = second.css_first("script"), second.css_first("ol.index")
    assert script is not None
    assert ordered is not None
    assert json.loads(script.text())["itemListElement"][0]["position"] == 3
    assert ordered.attributes["start"] == "3"
    assert client.get("/film/?page=3").status_code == 404


def test_vocabulary_shows_every_own_term(client: FlaskClient) -> None:
    html = HTMLParser(client.get("/ns").text)
    assert [each.attributes["id"] for each in html.css("section.term")] == [
        "Character",
        "credit",
        "external",
        "inferred",
        "stated",
    ]
    assert "A fictional person." in html.text()


def test_vocabulary_as_data_holds_terms_and_no_concepts(client: FlaskClient) -> None:
    turtle = client.get("/ns", headers={"Accept": "text/turtle"})
    assert turtle.headers["Content-Location"] == "/ns.ttl"
    assert "fg:Character" in turtle.text
    assert "Réalisateur" not in turtle.text


def test_shapes_are_served_as_turtle(client: FlaskClient) -> None:
    answer = client.get("/shapes.ttl")
    assert (answer.status_code, answer.mimetype) == (200, "text/turtle")
    assert "sh:NodeShape" in answer.text


def test_dump_is_given_with_its_checksum_as_tag(client: FlaskClient, release_path: Path) -> None:
    answer = client.get("/dumps/2026-11-22.1/films.nt.gz", headers={"Accept-Encoding": "gzip, br"})
    data = (release_path / "dumps" / "films.nt.gz").read_bytes()
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/gzip", data)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="films.nt.gz"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    tag = answer.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{64}"', tag)
    assert client.get("/dumps/2026-11-22.1/films.nt.gz", headers={"If-None-Match": tag}).status_code == 304
    assert gzip.decompress(answer.data).startswith(b"<http://a/s>")


def test_part_of_a_dump_may_be_asked_for(client: FlaskClient, release_path: Path) -> None:
    data = (release_path / "dumps" / "films.nt.gz").read_bytes()
    answer = client.get("/dumps/2026-11-22.1/films.nt.gz", headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.data) == (206, data[10:20])
    assert answer.headers["Content-Range"] == f"bytes 10-19/{len(data)}"
    beyond = client.get("/dumps/2026-11-22.1/films.nt.gz", headers={"Range": "bytes=99999-"})
    assert beyond.status_code == 416


def test_server_tells_that_it_runs_and_is_ready(client: FlaskClient) -> None:
    assert json.loads(client.get("/healthz").data) == {"status": "ok"}
    assert json.loads(client.get("/readyz").data) == {"status": "ready", "release": "2026-11-22.1", "triples": 99}
    assert client.get("/readyz").headers["Cache-Control"] == "no-store"


def test_server_without_a_store_runs_and_is_not_ready(client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "answers", False)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_site_under_a_prefix_links_within_it(settings: Settings, store: Store, vocabulary: Vocabulary) -> None:
    client = create_app(settings, store, vocabulary).test_client()
    answer = client.get("/film/here-2023", base_url="http://localhost/catalogue")
    html = HTMLParser(answer.text)
    targets = [each.attributes["href"] or "" for each in html.css("a[href], link[href]")]
    assert [each for each in targets if each.startswith("/") and not each.startswith("/catalogue/")] == []
    canonical = html.css_first("link[rel=canonical]")
    assert canonical is not None
    assert canonical.attributes["href"] == "https://films.example/film/here-2023"


def test_licence_in_words_makes_no_link(settings: Settings, store: Store, vocabulary: Vocabulary) -> None:
    client = create_app(replace(settings, licence="CC0"), store, vocabulary).test_client()
    assert 'rel="license"' not in client.get("/film/here-2023.ttl").headers["Link"]


@pytest.mark.parametrize(
    "path", ["/", "/film/", "/film/here-2023", "/screening/here-1", "/role/director", "/source/page", "/ns", "/nope"]
)
def test_page_has_the_bones_of_an_accessible_one(client: FlaskClient, path: str) -> None:
    html = HTMLParser(client.get(path, headers={"Accept": "text/html"}).text)
    root = html.css_first("html")
    assert root is not None
    assert root.attributes["lang"] == "en"
    assert len(html.css("h1")) == 1
    assert html.css_first("title").text().strip()  # type: ignore[union-attr]
    assert html.css_first("a.skip[href='#main']") is not None
    assert html.css_first("main#main") is not None
    assert html.css_first("meta[name=viewport]") is not None
    identifiers = [each.attributes["id"] or "" for each in html.css("[id]")]
    assert sorted(set(identifiers)) == sorted(identifiers)
    assert all(each.attributes.get("scope") for each in html.css("th"))


def test_foreign_titles_carry_their_language(client: FlaskClient) -> None:
    html = HTMLParser(client.get("/film/here-2023").text)
    assert {(each.text(), each.attributes["lang"]) for each in html.css(".hero .subtitle")} == {("Ici", "fr"), ("Hier", "nl-be")}


def test_times_are_for_machines_and_people(client: FlaskClient) -> None:
    html = HTMLParser(client.get("/film/here-2023").text)
    assert ("2026-10-17T19:30:00+02:00", "Sat 17 Oct 2026, 19:30") in {
        (each.attributes["datetime"], each.text(strip=True)) for each in html.css("time")
    }


@dataclass(frozen=True)
class Theme:
    """The colours of the style sheet in one scheme."""

    colours: dict[str, str]

    def contrast(self, front: str, back: str) -> float:
        """The ratio of https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
        lighter, darker = sorted((luminance(self.colours[front]), luminance(self.colours[back])), reverse=True)
        return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def read_themes() -> list[Theme]:
    blocks = re.findall(r":root \{(.*?)\}", (STATIC / "filmgraph.css").read_text(), re.DOTALL)
    themes = [Theme(dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))) for block in blocks]
    return [each for each in themes if each.colours]


@pytest.mark.parametrize("theme", read_themes(), ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("ink", "paper"),
        ("soft", "paper"),
        ("link", "paper"),
        ("ink", "sheet"),
        ("soft", "sheet"),
        ("link", "sheet"),
        ("ink", "code"),
        ("mark-ink", "mark"),
        ("paper", "accent"),
    ],
)
def test_colours_contrast_enough(theme: Theme, front: str, back: str) -> None:
    assert theme.contrast(front, back) >= 4.5


def test_style_sheet_is_small_and_fetches_nothing() -> None:
    text = (STATIC / "filmgraph.css").read_text()
    assert len(text) <= 12_000
    assert "url(" not in text
    assert "@import" not in text
