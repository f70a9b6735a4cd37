"""Signposting: what a program learns of a page from its `Link` header and its linkset."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient

BASE = "https://filmgraph.example/"
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"


def read_links(header: str) -> set[tuple[str, str, str]]:
    """The links of a header as (relation, target, media type)."""
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?', header)
    return {(relation, target, media_type) for target, relation, media_type in found}


def test_page_points_to_its_thing_data_type_licence_and_linkset(demo_client: FlaskClient) -> None:
    links = read_links(demo_client.get("/film/here-2023").headers["Link"])
    assert links >= {
        ("cite-as", f"{BASE}id/film/here-2023", ""),
        ("canonical", f"{BASE}film/here-2023", ""),
        ("describedby", "/film/here-2023.ttl", "text/turtle"),
        ("describedby", "/film/here-2023.jsonld", "application/ld+json"),
        ("type", "http://schema.org/Movie", ""),
        ("type", "https://schema.org/AboutPage", ""),
        ("license", LICENCE, ""),
        ("linkset", "/linkset/film/here-2023", "application/linkset+json"),
    }


def test_data_point_to_their_thing_and_linkset(demo_client: FlaskClient) -> None:
    links = read_links(demo_client.get("/film/here-2023.ttl").headers["Link"])
    assert ("describes", f"{BASE}id/film/here-2023", "") in links
    assert ("linkset", "/linkset/film/here-2023", "application/linkset+json") in links
    assert not {relation for relation, _, _ in links} & {"cite-as", "describedby"}


def test_datasets_page_points_to_its_downloads(demo_client: FlaskClient) -> None:
    items = [each for each in read_links(demo_client.get("/datasets/").headers["Link"]) if each[0] == "item"]
    assert items
    for _, target, media_type in items:
        with demo_client.get(target, buffered=True) as answer:
            assert (answer.status_code, answer.mimetype) == (200, media_type.partition(";")[0])


@pytest.mark.parametrize(
    "thing", ["film/here-2023", "festival/demo-film-festival-2026", "screening/demo-2026-001", "role/director"]
)
def test_every_target_of_a_linkset_on_our_site_is_there(thing: str, demo_client: FlaskClient) -> None:
    answer = demo_client.get(f"/linkset/{thing}")
    assert (answer.status_code, answer.mimetype) == (200, "application/linkset+json")
    contexts = json.loads(answer.text)["linkset"]
    assert contexts[0]["anchor"] == f"{BASE}{thing}"
    for context in contexts:
        for relation, targets in context.items():
            for target in targets if relation != "anchor" else ():
                assert target["href"].startswith(("http://", "https://"))
                if target["href"].startswith(BASE) and relation != "type":
                    found = demo_client.get(
                        "/" + target["href"].removeprefix(BASE), headers={"Accept": target.get("type", "*/*")}
                    )
                    assert found.status_code in (200, 303), target
                    assert "type" not in target or found.mimetype == target["type"], target


def test_linkset_holds_what_the_header_holds(demo_client: FlaskClient) -> None:
    page, *documents = json.loads(demo_client.get("/linkset/film/here-2023").text)["linkset"]
    for relation, target, _ in read_links(demo_client.get("/film/here-2023").headers["Link"]):
        if relation in ("cite-as", "describedby", "type", "license"):
            absolute = BASE + target.removeprefix("/") if target.startswith("/") else target
            assert absolute in [each["href"] for each in page[relation]], relation
    assert {each["anchor"].rpartition(".")[2] for each in documents} == {"ttl", "jsonld", "nt", "nq", "trig", "rdf"}
    assert all(each["describes"] == [{"href": f"{BASE}id/film/here-2023"}] for each in documents)


def test_edition_and_screening_point_to_each_other(demo_client: FlaskClient) -> None:
    edition = json.loads(demo_client.get("/linkset/festival/demo-film-festival-2026").text)["linkset"][0]
    screening = json.loads(demo_client.get("/linkset/screening/demo-2026-001").text)["linkset"][0]
    assert f"{BASE}screening/demo-2026-001" in [each["href"] for each in edition["item"]]
    assert f"{BASE}festival/demo-film-festival-2026" in [each["href"] for each in screening["collection"]]


def test_a_text_is_not_said_to_be_free(demo_client: FlaskClient) -> None:
    assert "license" not in json.loads(demo_client.get("/linkset/text/here-2023-introduction").text)["linkset"][0]


@pytest.mark.parametrize("path", ["/linkset/film/nothing", "/linkset/nothing/here-2023", "/linkset/film/-"])
def test_linkset_of_what_is_not_there_is_404(path: str, demo_client: FlaskClient) -> None:
    assert demo_client.get(path).status_code == 404
