"""Every IRI of the published graph under the base leads to a page, JSON-LD and Turtle, and the three say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from rdflib import Graph
from rdflib.compare import to_isomorphic

from filmgraph.iris import ThingId
from tests.conftest import Built

MEDIA_TYPES = {"html": "text/html", "jsonld": "application/ld+json", "ttl": "text/turtle"}


def local(demo: Built, url: str) -> str:
    base = demo.settings.base_iri
    assert url.startswith((base, "/")), url
    return "/" + url.removeprefix(base).lstrip("/")


@pytest.fixture(scope="module")
def iris(demo_release: Built) -> list[str]:
    """All IRIs under the base in the published graph and the texts, without fragments."""
    base = demo_release.settings.base_iri
    triples = (*demo_release.assembly.published, *demo_release.assembly.resolution.texts)
    terms = {term.value for t in triples for term in (t.subject, t.predicate, t.object) if isinstance(term, ox.NamedNode)}
    return sorted({iri.partition("#")[0] for iri in terms if iri.startswith(base)})


def test_every_iri_under_the_base_leads_to_three_documents(
    demo_release: Built, demo_client: FlaskClient, iris: list[str]
) -> None:
    assert len(iris) > 400
    for iri in iris:
        for media_type in MEDIA_TYPES.values():
            answer = demo_client.get(local(demo_release, iri), headers={"Accept": media_type})
            if answer.status_code == 303:
                answer = demo_client.get(local(demo_release, answer.headers["Location"]), headers={"Accept": media_type})
            assert answer.status_code == 200, (iri, media_type, answer.status_code)
            assert answer.mimetype == media_type, iri


def iter_things(demo: Built, iris: list[str]) -> Iterator[tuple[str, ThingId]]:
    for iri in iris:
        thing = demo.settings.iris.parse(iri)
        if thing is not None:
            yield iri, thing


def test_json_ld_and_turtle_are_isomorphic_for_every_thing(
    demo_release: Built, demo_client: FlaskClient, iris: list[str]
) -> None:
    seen = 0
    for iri, thing in iter_things(demo_release, iris):
        turtle = demo_client.get(f"/{thing.segment}/{thing.key}.ttl").data
        json_ld = demo_client.get(f"/{thing.segment}/{thing.key}.jsonld").data
        from_turtle = {quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)}
        from_json_ld = {quad.triple for quad in ox.parse(json_ld, format=ox.RdfFormat.JSON_LD)}
        assert from_turtle == from_json_ld, iri
        assert any(triple.subject == ox.NamedNode(iri) for triple in from_turtle), iri
        seen += 1
    assert seen > 400


@pytest.mark.parametrize(
    "path", ["film/here-2023", "person/bas-devos", "festival/demo-film-festival-2026", "venue/lantern", "role/director"]
)
def test_rdflib_reads_the_same_from_json_ld_and_turtle(demo_client: FlaskClient, path: str) -> None:
    graphs = [
        to_isomorphic(Graph().parse(data=demo_client.get(f"/{path}{suffix}").text, format=name))
        for suffix, name in ((".ttl", "turtle"), (".jsonld", "json-ld"), (".nt", "nt"), (".rdf", "xml"))
    ]
    assert len(graphs[0]) > 5
    assert all(graph == graphs[0] for graph in graphs)


def page_text(html: str) -> str:
    body = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_every_page_shows_what_its_turtle_says(demo_release: Built, demo_client: FlaskClient, iris: list[str]) -> None:
    """Each value of the thing itself stands on the page or on the page of its facts: a literal as text, ours as a link."""
    for iri, thing in iter_things(demo_release, iris):
        page = demo_client.get(f"/{thing.segment}/{thing.key}").text
        assert f'href="/{thing.segment}/{thing.key}/facts"' in page, iri
        html = page + demo_client.get(f"/{thing.segment}/{thing.key}/facts").text
        text, hrefs = page_text(html), {unescape(each) for each in re.findall(r'href="([^"]*)"', html)}
        turtle = demo_client.get(f"/{thing.segment}/{thing.key}.ttl").data
        for triple in (quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)):
            if triple.subject != ox.NamedNode(iri):
                continue
            value = triple.object
            if isinstance(value, ox.Literal):
                assert " ".join(value.value.split()) in text, (iri, triple)
            elif (
                isinstance(value, ox.NamedNode)
                and "#" not in value.value
                and (other := demo_release.settings.iris.parse(value.value))
            ):
                assert f"/{other.segment}/{other.key}" in hrefs, (iri, triple)


def crawler_block(html: str) -> dict[str, object]:
    found, _way = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, flags=re.DOTALL)
    block = json.loads(found)
    assert isinstance(block, dict)
    return block


def iter_nodes(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from iter_nodes(each)
    elif isinstance(value, list):
        for each in value:
            yield from iter_nodes(each)


def test_the_film_page_carries_the_film_as_crawlers_read_it(demo_client: FlaskClient) -> None:
    block = crawler_block(demo_client.get("/film/here-2023").text)
    assert (block["@context"], block["@type"], block["name"]) == ("https://schema.org", "Movie", "Here")
    assert block["@id"] == "https://filmgraph.example/id/film/here-2023"
    assert block["url"] == "https://filmgraph.example/film/here-2023"
    assert (block["dateCreated"], block["duration"], block["genre"]) == ("2023", "PT1H22M", "Drama")
    (director,) = list(iter_nodes(block["director"]))
    assert (director["@type"], director["name"]) == ("Person", "Bas Devos")
    actors = {each["characterName"]: each["actor"] for each in iter_nodes(block["actor"]) if "characterName" in each}
    assert {name: actor["name"] for name, actor in actors.items() if isinstance(actor, dict)} == {
        "Stefan": "Stefan Gota",
        "Shuxiu": "Liyo Gong",
    }
    roles = {each["roleName"] for each in iter_nodes(block["contributor"]) if "roleName" in each}
    assert {"Director of Photography", "Distributor", "Costume designer"} <= {str(role) for role in roles}


def test_no_crawler_block_has_a_bare_reference_or_an_empty_value(
    demo_release: Built, demo_client: FlaskClient, iris: list[str]
) -> None:
    for iri, thing in iter_things(demo_release, iris):
        block = crawler_block(demo_client.get(f"/{thing.segment}/{thing.key}").text)
        for node in iter_nodes(block):
            assert "@type" in node, (iri, node)
            assert not [key for key, value in node.items() if value in (None, "", [], {})], (iri, node)
            if "@id" in node:
                assert node.get("name"), (iri, node)


def test_the_crawler_block_says_only_what_the_graph_says(demo_release: Built, demo_client: FlaskClient, iris: list[str]) -> None:
    """Every name, date and duration in a film's block is a literal of the published graph."""
    literals = {t.object.value for t in demo_release.assembly.published if isinstance(t.object, ox.Literal)}
    films = [iri for iri, thing in iter_things(demo_release, iris) if thing.segment == "film"]
    assert len(films) > 60
    for iri in films:
        block = crawler_block(demo_client.get("/" + iri.partition("/id/")[2]).text)
        for node in iter_nodes(block):
            for key in ("name", "dateCreated", "duration", "startDate", "endDate", "characterName", "roleName", "inLanguage"):
                values = node.get(key, [])
                if key == "name" and node.get("@type") == "Organization" and "@id" not in node:
                    continue
                for value in values if isinstance(values, list) else [values]:
                    assert value in literals, (iri, key, value)
