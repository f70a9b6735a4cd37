"""Lists that are narrowed down, over HTTP: every link leads to as many things as it says."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser as HTMLParser


def read(client: FlaskClient, path: str) -> HTMLParser:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return HTMLParser(answer.text)


def links(html: HTMLParser) -> dict[str, int]:
    """The choices that a page offers, with the numbers beside them."""
    found = {}
    for each in html.css("nav.facets a"):
        count = each.css_first(".count")
        assert count is not None
        found[str(each.attributes["href"])] = int(count.text())
    return found


def total(html: HTMLParser) -> int:
    count = html.css_first("h1 .count")
    assert count is not None
    return int(count.text())


@pytest.mark.parametrize("path", ["/film/", "/film/?decade=2020&country=BE", "/person/", "/screening/?language=fr"])
def test_every_choice_leads_to_as_many_things_as_it_says(demo_client: FlaskClient, path: str) -> None:
    offered = links(read(demo_client, path))
    assert len(offered) > 3
    for target, count in offered.items():
        assert total(read(demo_client, target)) == count > 0, target


def test_a_choice_is_shown_in_the_title_and_can_be_taken_back(demo_client: FlaskClient) -> None:
    html = read(demo_client, "/film/?decade=1980&year=1981&country=PL")
    title, chips = html.css_first("title"), html.css("ul.chips a")
    assert title is not None
    assert title.text().startswith("Films: 1980s, 1981, Poland – ")
    assert [each.attributes["href"] for each in chips] == [
        "/film/?country=PL",
        "/film/?decade=1980&country=PL",
        "/film/?decade=1980&year=1981",
    ]


def test_the_address_of_a_choice_is_one_whatever_the_order_of_its_fields(demo_client: FlaskClient) -> None:
    canonical = set()
    for path in ("/film/?country=BE&decade=2020", "/film/?decade=2020&genre=&country=BE&page=1&utm=x"):
        node = read(demo_client, path).css_first("link[rel=canonical]")
        assert node is not None
        canonical.add(node.attributes["href"])
    assert canonical == {"https://filmgraph.example/film/?decade=2020&country=BE"}


def test_a_choice_is_not_for_search_engines(demo_client: FlaskClient) -> None:
    chosen, whole = demo_client.get("/film/?country=BE"), demo_client.get("/film/")
    assert chosen.headers["X-Robots-Tag"] == "noindex"
    assert HTMLParser(chosen.text).css_first("meta[name=robots][content=noindex]") is not None
    assert "X-Robots-Tag" not in whole.headers
    html = HTMLParser(whole.text)
    assert html.css_first("meta[name=robots]") is None
    assert {each.attributes.get("rel") for each in html.css("nav.facets a")} == {"nofollow"}
    assert all(urlsplit(each).query for each in links(html)), "robots.txt keeps crawlers off whatever has a question mark"


@pytest.mark.parametrize("path", ["/film/?country=XX", "/film/?decade=198", "/film/?page=2&country=BE", "/person/?role=%3Cb%3E"])
def test_what_no_list_offers_is_not_found(demo_client: FlaskClient, path: str) -> None:
    assert demo_client.get(path).status_code == 404


def test_a_choice_by_hand_that_leaves_nothing_says_so(demo_client: FlaskClient) -> None:
    html = read(demo_client, "/film/?decade=1940&country=BE")
    none = html.css_first("p.none")
    assert none is not None
    assert none.text() == "Nothing in this release is all of that. Remove one of your choices."
    assert len(html.css("ul.chips a")) == 2


def test_fields_that_are_no_facets_of_a_list_change_nothing(demo_client: FlaskClient) -> None:
    assert total(read(demo_client, "/person/?country=BE")) == total(read(demo_client, "/person/"))
    assert demo_client.get("/person/?country=BE").headers.get("X-Robots-Tag") is None
