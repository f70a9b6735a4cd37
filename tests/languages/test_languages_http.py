"""Pages in each language: their addresses, links, headers and facts. All pages are asked for once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.test import TestResponse

from filmgraph.languages import LANGUAGES, to_prefix

BASE = "https://films.example/"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PATHS = (
    "/", "/film/", "/film/here-2023", "/film/here-2023/facts", "/person/bas-devos", "/org/fest", "/festival/fest-2026",
    "/screening/here-1", "/venue/lumen", "/role/director", "/country/BE", "/work/gathering-moss", "/programme/",
    "/programme/fest-2026", "/datasets/", "/ns", "/film/absent",
)  # fmt: skip
OTHERS = [each for each in LANGUAGES if each != "en"]
#: What English text has, and Dutch and French text has not.
ENGLISH_WORDS = re.compile(r"\b(the|and|with|this|from|by|which|their|are|has|not|screenings?|film by)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    path: str
    language: str
    answer: TestResponse
    html: LexborHTMLParser

    @property
    def own_path(self) -> str:
        return to_prefix(self.language) + self.path


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def pages(client: FlaskClient) -> list[Page]:
    found = []
    for path in PATHS:
        for language in LANGUAGES:
            answer = client.get(to_prefix(language) + path, headers=BROWSER)
            found.append(Page(path, language, answer, LexborHTMLParser(answer.text)))
    return found


def first(html: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    found = html.css_first(selector)
    assert found is not None, selector
    return found


def blocks_of(page: Page) -> list[dict[str, object]]:
    return [json.loads(each.text()) for each in page.html.css('script[type="application/ld+json"]')]


def test_a_page_says_which_language_it_is_in(pages: list[Page]) -> None:
    for page in pages:
        assert page.answer.status_code == (404 if "absent" in page.path else 200), page.own_path
        assert page.answer.headers["Content-Language"] == page.language
        assert first(page.html, "html").attributes["lang"] == page.language


def test_links_stay_in_the_language_of_the_page(pages: list[Page]) -> None:
    for page in pages:
        switch = {each.attributes["href"] for each in page.html.css("nav.languages a")}
        hrefs = {each.attributes["href"] or "" for each in page.html.css("a, form") for _ in [0] if "href" in each.attributes}
        for href in hrefs - switch:
            is_page = href.startswith("/") and "." not in urlsplit(href).path
            if is_page:
                own = next((each for each in OTHERS if href.startswith(f"/{each}/")), "en")
                assert own == page.language, f"{page.own_path} leads to {href}"


def test_the_switch_leads_to_the_same_page_in_each_language(pages: list[Page], client: FlaskClient) -> None:
    for page in pages:
        links = {each.attributes["hreflang"]: each.attributes["href"] for each in page.html.css("nav.languages a")}
        assert links == {each: to_prefix(each) + page.path for each in LANGUAGES}
        current = page.html.css("nav.languages a[aria-current]")
        assert [each.attributes["hreflang"] for each in current] == [page.language]
    asked = LexborHTMLParser(client.get("/nl/film/?page=1&x=%C3%A9", headers=BROWSER).text)
    assert [each.attributes["href"] for each in asked.css("nav.languages a")] == [
        "/film/?page=1&x=%C3%A9", "/nl/film/?page=1&x=%C3%A9", "/fr/film/?page=1&x=%C3%A9",
    ]  # fmt: skip


def test_each_language_is_canonical_for_itself_and_names_the_others(pages: list[Page]) -> None:
    for page in (each for each in pages if each.answer.status_code == 200):
        canonical = first(page.html, "link[rel=canonical]").attributes["href"] or ""
        alternates = {each.attributes["hreflang"]: each.attributes["href"] for each in page.html.css("link[hreflang]")}
        assert alternates[page.language] == canonical
        assert f'<{canonical}>; rel="canonical"' in page.answer.headers["Link"]
        assert alternates["x-default"] == alternates["en"]
        assert urlsplit(canonical).path == page.own_path
        assert set(alternates) == {*LANGUAGES, "x-default"}


@pytest.mark.parametrize("language", OTHERS)
def test_no_english_is_left_on_a_page_but_what_says_that_it_is(pages: list[Page], language: str) -> None:
    for page in (each for each in pages if each.language == language and each.answer.status_code == 200):
        html = LexborHTMLParser(page.answer.text)
        for each in html.css("script, code, pre, .origin, .facts dt, .triples, cite, [lang]"):
            if each.tag != "html":
                each.decompose()
        spoken = [each.attributes.get(name) or "" for each in html.css("*") for name in ("aria-label", "alt", "placeholder")]
        left = [each for each in (*first(html, "body").text(separator="\n").splitlines(), *spoken) if ENGLISH_WORDS.search(each)]
        assert left == [], page.own_path


def test_what_is_said_of_a_thing_is_the_same_in_each_language(pages: list[Page]) -> None:
    for path in ("/film/here-2023", "/screening/here-1", "/person/bas-devos"):
        main = {each.language: blocks_of(each)[0] for each in pages if each.path == path}
        assert main["nl"]["mainEntityOfPage"] == {
            "@type": "WebPage", "@id": f"{BASE}nl{path}", "url": f"{BASE}nl{path}", "inLanguage": "nl",
        }  # fmt: skip
        facts = [{name: each[name] for name in each if name not in ("mainEntityOfPage", "description")} for each in main.values()]
        assert facts[0] == facts[1] == facts[2]
    home = [blocks_of(each)[0]["inLanguage"] for each in pages if each.path == "/"]
    assert home == list(LANGUAGES)


def test_entity_tags_tell_languages_apart(pages: list[Page]) -> None:
    tags = [each.answer.headers["ETag"] for each in pages if each.path == "/film/here-2023"]
    assert len(set(tags)) == len(LANGUAGES)


def test_a_page_asked_for_again_is_in_its_own_language(client: FlaskClient, pages: list[Page]) -> None:
    for page in pages:
        assert client.get(page.own_path, headers=BROWSER).text == page.answer.text


@pytest.mark.parametrize(
    ("spoken", "location"),
    [
        ("", "/film/here-2023"),
        ("de", "/film/here-2023"),
        ("nl-BE,nl;q=0.9,en;q=0.5", "/nl/film/here-2023"),
        ("de, fr;q=0.8, en;q=0.3", "/fr/film/here-2023"),
        ("en-GB,nl;q=0.9", "/film/here-2023"),
        ("nl;q=0, *", "/film/here-2023"),
    ],
)
def test_a_thing_leads_to_its_page_in_the_language_that_is_spoken(client: FlaskClient, spoken: str, location: str) -> None:
    answer = client.get("/id/film/here-2023", headers={**BROWSER, "Accept-Language": spoken})
    assert (answer.status_code, answer.headers["Location"]) == (303, location)
    assert {"accept", "accept-language"} <= {each.lower() for each in answer.vary}


def test_data_have_no_language(client: FlaskClient) -> None:
    turtle = {"Accept": "text/turtle", "Accept-Language": "nl"}
    assert client.get("/id/film/here-2023", headers=turtle).headers["Location"] == "/film/here-2023.ttl"
    plain, asked = (client.get(path, headers=turtle) for path in ("/film/here-2023", "/nl/film/here-2023"))
    assert asked.data == plain.data
    assert asked.headers["Content-Location"] == "/film/here-2023.ttl"
    assert "Content-Language" not in asked.headers


def test_a_page_sends_nobody_to_another_language(client: FlaskClient) -> None:
    one, other = (client.get("/film/here-2023", headers={**BROWSER, "Accept-Language": each}) for each in ("nl", "fr"))
    assert one.status_code == other.status_code == 200
    assert one.data == other.data
    assert "accept-language" not in {each.lower() for each in one.vary}


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/nl", "/nl/"),
        ("/nl/film/here-2023.ttl?x=1", "/film/here-2023.ttl?x=1"),
        ("/fr/id/film/here-2023", "/id/film/here-2023"),
        ("/nl/static/filmgraph.css", "/static/filmgraph.css"),
        ("/nl/robots.txt", "/robots.txt"),
        ("/nl/\\evil.example", "/evil.example"),
        ("/nl/film/here-2023/poster.svg", "/film/here-2023/poster.svg"),
    ],
)
def test_what_is_no_page_is_found_without_a_language(client: FlaskClient, path: str, location: str) -> None:
    asked, _, question = path.partition("?")
    answer = client.get("/", query_string=question, environ_overrides={"PATH_INFO": asked})
    assert (answer.status_code, answer.headers["Location"]) == (308, location)


@pytest.mark.parametrize("path", ["/nl//evil.example/x", "//evil.example", "/nl/nl/film/", "/en/film/"])
def test_a_strange_path_leads_to_no_other_host(client: FlaskClient, path: str) -> None:
    answer = client.get("/", headers=BROWSER, environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 404
    links = [each.attributes["href"] or "" for each in LexborHTMLParser(answer.text).css("nav.languages a")]
    assert len(links) == len(LANGUAGES)
    assert not any(re.match(r"[/\\]{2}|https?:", each) for each in links)


def test_an_error_is_told_in_the_language_and_in_the_words_of_the_program(client: FlaskClient) -> None:
    html = LexborHTMLParser(client.get("/nl/film/absent", headers=BROWSER).text)
    assert first(html, "h1").text() == "Niet gevonden"
    own, english = html.css("main > p")[:2]
    assert own.text().startswith("Op dit adres staat niets")
    assert english.attributes["lang"] == "en"
    assert "There is no film “absent”" in english.text()
    generic = LexborHTMLParser(client.get("/fr/nowhere/at/all", headers=BROWSER).text)
    assert first(generic, "h1").text() == "Introuvable"
    assert not generic.css("main [lang]")


def test_the_sitemap_has_each_page_in_each_language(client: FlaskClient) -> None:
    text = client.get("/sitemap/film-1.xml").text
    places = re.findall("<loc>(.*?)</loc>", text)
    assert f"{BASE}film/here-2023" in places
    assert {f"{BASE}nl/film/here-2023", f"{BASE}fr/film/here-2023"} <= set(places)
    assert len(places) == len(set(places))
    for entry in re.findall("<url>.*?</url>", text):
        links = dict(re.findall('<xhtml:link rel="alternate" hreflang="(.*?)" href="(.*?)"/>', entry))
        assert set(links) == {*LANGUAGES, "x-default"}
        assert re.findall("<loc>(.*?)</loc>", entry)[0] in links.values()


def test_robots_are_kept_out_of_the_same_mazes_in_each_language(client: FlaskClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    for language in OTHERS:
        assert {f"Disallow: /{language}/search", f"Disallow: /{language}/sparql/"} <= set(lines)


def test_labels_are_those_of_the_vocabulary(pages: list[Page]) -> None:
    by_language = {each.language: each.html for each in pages if each.path == "/film/here-2023"}
    assert "België" in first(by_language["nl"], ".hero").text()
    assert "Drame" in first(by_language["fr"], ".hero").text()
    titles = [(each.text(), each.attributes.get("lang")) for each in by_language["nl"].css(".hero .subtitle")]
    assert ("Ici", "fr") in titles
