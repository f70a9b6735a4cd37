"""The block for crawlers: plain, nested, whole, and never more than the graph says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from filmgraph.describe import Description, describe, find_things
from filmgraph.iris import IriScheme
from filmgraph.jsonld import crawler_document, crawler_list, to_script
from filmgraph.namespaces import SCHEMA
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary

BASE = "https://films.example/"
#: Members that say something about the markup and not about the thing.
MARKUP = {"@context", "mainEntityOfPage", "sdLicense", "sdPublisher"}


def described(store: Store, iris: IriScheme, iri: str) -> Description:
    description = describe(store, iri, iris)
    assert description is not None
    return description


def crawl(store: Store, iris: IriScheme, vocabulary: Vocabulary, path: str) -> dict[str, Any]:
    return crawler_document(described(store, iris, f"{BASE}id/{path}"), vocabulary, "Film Fest")


def iter_objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from iter_objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from iter_objects(each)


def iter_leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key != "@type":
                yield from iter_leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from iter_leaves(each)
    else:
        yield value


def test_film_has_agents_characters_and_role_names(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    film = crawl(store, iris, vocabulary, "film/here-2023")
    assert film["@context"] == "https://schema.org"
    assert (film["@type"], film["@id"], film["url"]) == ("Movie", f"{BASE}id/film/here-2023", f"{BASE}film/here-2023")
    assert film["director"] == {
        "@type": "Person",
        "@id": f"{BASE}id/person/bas-devos",
        "name": "Bas Devos",
        "url": f"{BASE}person/bas-devos",
    }
    stefan, liyo = film["actor"]
    assert (stefan["@type"], stefan["characterName"], stefan["actor"]["name"]) == ("PerformanceRole", "Stefan", "Stefan Gota")
    assert (liyo["@type"], liyo["name"]) == ("Person", "Liyo Gong")
    contributor = film["contributor"]
    assert (contributor["@type"], contributor["roleName"]) == ("Role", "Director of Photography")
    assert contributor["contributor"]["name"] == "Grimm Vandekerckhove"
    assert (film["genre"], film["dateCreated"], film["duration"]) == ("Drama", "2023", "PT1H22M")
    assert film["countryOfOrigin"]["name"] == "Belgium"
    assert film["image"] == "https://fest.example/still.jpg"


def test_role_is_never_on_a_property_that_search_engines_document(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    for each in iter_objects(crawl(store, iris, vocabulary, "film/here-2023")):
        for key in {"director", "author", "performer"} & set(each):
            values = each[key] if isinstance(each[key], list) else [each[key]]
            assert all(value["@type"] in ("Person", "Organization") for value in values)


def test_screening_has_hall_and_venue_as_one_place_with_address(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    screening = crawl(store, iris, vocabulary, "screening/here-1")
    assert screening["startDate"] == "2026-10-17T19:30:00+02:00"
    assert screening["eventStatus"] == "https://schema.org/EventScheduled"
    assert screening["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    place = screening["location"]
    assert (place["@type"], place["name"]) == ("MovieTheater", "Lumen, Hall 1")
    assert place["address"]["addressLocality"] == "Gent"
    assert screening["workPresented"]["director"]["name"] == "Bas Devos"
    assert screening["superEvent"]["startDate"] == "2026-10-16"
    assert screening["performer"]["name"] == "Bas Devos"


def test_screening_straight_in_a_venue_keeps_its_name(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    screening = crawl(store, iris, vocabulary, "screening/here-2")
    assert (screening["location"]["name"], screening["eventStatus"]) == ("Lumen", "https://schema.org/EventCancelled")


@pytest.mark.parametrize("path", ["festival/fest-2026", "screening/here-1", "screening/here-2"])
def test_fictional_event_says_so(store: Store, iris: IriScheme, vocabulary: Vocabulary, path: str) -> None:
    assert "fictional" in crawl(store, iris, vocabulary, path)["description"].casefold()


@pytest.mark.parametrize(
    ("path", "type_name"),
    [
        ("person/bas-devos", "Person"),
        ("org/fest", "Organization"),
        ("festival/fest-2026", "Festival"),
        ("series/fest", "EventSeries"),
        ("venue/lumen", "MovieTheater"),
        ("work/gathering-moss", "Book"),
        ("text/here-quote", "Quotation"),
        ("text/here-intro", "CreativeWork"),
        ("dataset/films", "Dataset"),
        ("source/page", "WebPage"),
        ("source/table", "CreativeWork"),
    ],
)
def test_type_is_the_one_that_crawlers_know(
    store: Store, iris: IriScheme, vocabulary: Vocabulary, path: str, type_name: str
) -> None:
    assert crawl(store, iris, vocabulary, path)["@type"] == type_name


def test_concept_is_a_defined_term_with_its_label(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    concept = described(store, iris, "https://filmgraph.example/id/role/director")
    block = crawler_document(concept, vocabulary, "Film Fest")
    assert (block["@type"], block["name"], block["url"]) == ("DefinedTerm", "Director", f"{BASE}role/director")


def test_no_block_holds_a_bare_reference_or_an_empty_member(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    for iri in (each for found in find_things(store, iris).values() for each in found):
        for each in iter_objects(crawler_document(described(store, iris, iri), vocabulary, "Film Fest")):
            assert each.get("@type"), (iri, each)
            if "@id" in each:
                assert each["name"], (iri, each)
            assert not [key for key, value in each.items() if value in (None, "", [], {})], (iri, each)


@pytest.mark.parametrize(
    "path", ["film/here-2023", "film/script-1999", "screening/here-1", "festival/fest-2026", "venue/lumen", "hall/lumen-1"]
)
def test_every_fact_of_a_block_is_in_the_graph(store: Store, iris: IriScheme, vocabulary: Vocabulary, path: str) -> None:
    description = described(store, iris, f"{BASE}id/{path}")
    block = {key: value for key, value in crawler_document(description, vocabulary, "Film Fest").items() if key not in MARKUP}
    known = {str(each.subject)[1:-1] for each in description.triples}
    known |= {each.object.value for each in description.triples if hasattr(each.object, "value")}
    pages = {iris.document(thing.kind, thing.key) for each in known if (thing := iris.parse(each)) is not None}
    states = {each.replace(SCHEMA, "https://schema.org/") for each in known}
    generated = {"Lumen, Hall 1", "Fictional: made up to show the data; it does not take place."}
    for leaf in iter_leaves(block):
        assert str(leaf) in known | pages | states | generated, leaf


def test_list_gives_positions_and_pages() -> None:
    block = crawler_list("Films", ["https://films.example/film/a", "https://films.example/film/b"], 101)
    assert block["itemListElement"][1] == {"@type": "ListItem", "position": 102, "url": "https://films.example/film/b"}
    assert (block["@type"], block["numberOfItems"]) == ("ItemList", 2)


@pytest.mark.parametrize("text", ["</script>", "<!--", "<script>", "]]>", "&lt;", "\u2028\u2029", "é 日本 \\ \" '"])
def test_script_text_is_inert_and_reads_back_the_same(text: str) -> None:
    script = to_script({"name": text, text: [text]})
    assert not set(script) & set("<>&\u2028\u2029")
    assert json.loads(script) == {"name": text, text: [text]}
