"""What the head of a page tells: title, description, canonical address, Open Graph; how heavy a page is; what is not indexed."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from filmgraph.pages.leads import LEAD_LENGTH, join_words

BASE = "https://filmgraph.example/"
STRANGER = "evil.example"


def head_of(html: str) -> dict[str, str]:
    tree = HTMLParser(html)
    found = {
        each.attributes.get("property") or each.attributes.get("name") or "": each.attributes.get("content") or ""
        for each in tree.css("meta")
    }
    canonical, title = tree.css_first("link[rel=canonical]"), tree.css_first("title")
    assert title is not None
    found["canonical"] = (canonical.attributes["href"] or "") if canonical else ""
    return found | {"title": " ".join(title.text().split())}


def test_every_page_has_its_own_title_and_address(pages: dict[str, str]) -> None:
    heads = {url: head_of(html) for url, html in pages.items()}
    for url, head in heads.items():
        assert head["canonical"] == url
        assert head["title"].endswith("The filmgraph demo catalogue"), url
        assert "noindex" not in head.get("robots", ""), url


def test_every_page_about_a_thing_has_a_description_that_fits(pages: dict[str, str], thing_urls: dict[str, str]) -> None:
    for url in thing_urls.values():
        head = head_of(pages[url])
        text, made_up = (
            head["description"],
            re.search(r" This [a-z ]+ is (?:fictional|known only from a fictional).*$", head["description"]),
        )
        assert len(text) >= 20, url
        assert len(text[: made_up.start()] if made_up else text) <= LEAD_LENGTH or text.count(". ") == 0, url
        assert text == head["og:description"], url


@pytest.mark.parametrize(
    ("path", "title", "words"),
    [
        ("film/here-2023", "Here (2023) – Bas Devos –", ["a film by Bas Devos", "1 h 22 min", "With Stefan Gota and Liyo Gong"]),
        ("person/bas-devos", "Bas Devos – director and screenwriter –", ["Known here for Here (2023)"]),
        (
            "festival/demo-film-festival-2026",
            "Demo Film Festival 2026 – programme, Fri 16 Oct 2026",
            ["screenings of", "fictional"],
        ),
        (
            "screening/demo-2026-001",
            "Gisaengchung – Fri 16 Oct 2026, 19:30",
            ["at The Tram Depot", "Part of Demo Film Festival 2026"],
        ),
        ("venue/lantern", "Lantern Cinema", ["Imaginary Street 1", "halls", "fictional"]),
        ("country/BE", "Belgium – country", ["films from this country"]),
        ("source/films", "Films – source", ["statements"]),
    ],
)
def test_description_tells_what_people_look_for(path: str, title: str, words: list[str], pages: dict[str, str]) -> None:
    head = head_of(pages[BASE + path])
    assert head["title"].startswith(title)
    assert [each for each in words if each not in head["description"]] == []


def test_open_graph_names_picture_and_page(pages: dict[str, str], demo_client: FlaskClient) -> None:
    for url in [BASE, f"{BASE}film/", f"{BASE}film/here-2023", f"{BASE}person/bas-devos", f"{BASE}datasets/"]:
        head = head_of(pages[url])
        assert head["og:url"] == url
        assert head["og:title"]
        assert head["og:site_name"] == "The filmgraph demo catalogue"
        assert (head["og:image:width"], head["og:image:height"], head["twitter:card"]) == ("1200", "630", "summary_large_image")
        assert head["og:image:alt"]
        picture = demo_client.get("/" + head["og:image"].removeprefix(BASE))
        assert (picture.status_code, picture.mimetype) == (200, "image/png")
        assert "X-Robots-Tag" not in picture.headers
    assert head_of(pages[f"{BASE}film/here-2023"])["og:type"] == "video.movie"
    assert head_of(pages[f"{BASE}film/here-2023"])["og:title"] == "Here (2023)"
    assert head_of(pages[f"{BASE}person/bas-devos"])["og:type"] == "profile"


def test_first_page_says_what_the_site_is(pages: dict[str, str], demo_client: FlaskClient) -> None:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', pages[BASE], re.DOTALL)
    assert '"@type":"WebSite"' in block
    assert f"{BASE}search?q={{search_term_string}}" in block
    assert demo_client.get("/search?q=here").status_code == 200


def test_film_page_is_light_and_its_facts_are_a_page_away(pages: dict[str, str], demo_client: FlaskClient) -> None:
    films = {url: html for url, html in pages.items() if url.startswith(f"{BASE}film/")}
    assert len(films) > 60
    assert {url: size for url, html in films.items() if (size := len(html.encode())) > 60_000} == {}
    facts = demo_client.get("/film/here-2023/facts")
    assert (facts.status_code, facts.headers["X-Robots-Tag"]) == (200, "noindex")
    triples = demo_client.get("/film/here-2023.nt").data.count(b" .\n")
    assert len(HTMLParser(facts.text).css("table.triples tbody tr")) == triples


@pytest.mark.parametrize("path", ["/film/nothing/facts", "/nothing/here-2023/facts", "/film/no%2Fkey/facts", "/film/-/facts"])
def test_facts_of_what_is_not_there_are_404(path: str, demo_client: FlaskClient) -> None:
    assert demo_client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/sparql", "/limits", "/film/here-2023.ttl", "/film/here-2023/facts", "/linkset/film/here-2023"]
)
def test_page_for_programs_is_not_indexed(path: str, demo_client: FlaskClient) -> None:
    assert demo_client.get(path, headers={"Accept": "*/*"}).headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    "path", ["/", "/film/", "/film/here-2023", "/sitemap.xml", "/sitemap/film-1.xml", "/robots.txt", "/linkset/film/here-2023"]
)
def test_no_answer_echoes_the_host_of_the_request(path: str, demo_client: FlaskClient) -> None:
    answer = demo_client.get(path, base_url=f"https://{STRANGER}/", headers={"X-Forwarded-Host": STRANGER})
    assert STRANGER not in answer.text + str(answer.headers)
    assert "http://localhost" not in answer.text


def test_words_are_joined_and_none_is_left_out_in_silence() -> None:
    assert join_words([]) == ""
    assert join_words(["a", "", "a", "b"]) == "a and b"
    assert join_words("abcdef", 2) == "a, b and 4 more"
