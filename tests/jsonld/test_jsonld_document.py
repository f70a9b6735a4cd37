"""The lossless document: the same triples as the Turtle, whoever reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize
from rdflib import Graph
from rdflib.compare import isomorphic

from filmgraph.describe import describe, find_things
from filmgraph.iris import IriScheme
from filmgraph.jsonld import CONTEXT, to_document, to_json, triples_to_json
from filmgraph.namespaces import FG, RDF, SCHEMA, XSD
from filmgraph.stores.base import Store

BASE = "https://films.example/"
S, P = NamedNode("https://films.example/id/film/x"), NamedNode(SCHEMA.name)


def read_by_engine(text: str) -> set[Triple]:
    return {each.triple for each in parse(text, format=RdfFormat.JSON_LD)}


def read_by_rdflib(data: str | bytes, syntax: str) -> Graph:
    return Graph().parse(data=data, format=syntax)


def to_turtle(triples: Iterable[Triple]) -> bytes:
    data = serialize(list(triples), format=RdfFormat.TURTLE)
    assert data is not None
    return data


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own JSON-LD parser uses it
def test_document_of_every_thing_is_isomorphic_to_its_turtle(store: Store, iris: IriScheme) -> None:
    things = [iri for each in find_things(store, iris).values() for iri in each]
    assert len(things) > 40
    for iri in things:
        description = describe(store, iri, iris)
        assert description is not None
        text = to_json(description)
        assert read_by_engine(text) == set(description.triples), iri
        from_json, from_turtle = read_by_rdflib(text, "json-ld"), read_by_rdflib(to_turtle(description.triples), "turtle")
        assert isomorphic(from_json, from_turtle), iri


@pytest.mark.parametrize(
    ("predicate", "value", "written"),
    [
        (SCHEMA.name, Literal("plain"), "plain"),
        (SCHEMA.name, Literal("", datatype=NamedNode(XSD.string)), ""),
        (SCHEMA.name, Literal("tagged", language="fr"), {"@value": "tagged", "@language": "fr"}),
        (SCHEMA.name, NamedNode("http://x/a"), {"@id": "http://x/a"}),
        (SCHEMA.director, NamedNode("http://x/a"), "http://x/a"),
        (SCHEMA.director, Literal("a name"), {"@value": "a name"}),
        (SCHEMA.director, Literal("7", datatype=NamedNode(XSD.integer)), {"@value": "7", "@type": XSD.integer}),
        (SCHEMA.duration, Literal("PT82M", datatype=NamedNode(XSD.duration)), "PT82M"),
        (SCHEMA.duration, Literal("82 minutes"), {"@value": "82 minutes"}),
        (SCHEMA.dateCreated, Literal("2023", datatype=NamedNode(XSD.gYear)), "2023"),
        (SCHEMA.dateCreated, Literal("2023-01-01", datatype=NamedNode(XSD.date)), {"@value": "2023-01-01", "@type": XSD.date}),
        (FG.runtimeMinutes, Literal("82", datatype=NamedNode(XSD.integer)), 82),
        (FG.runtimeMinutes, Literal("0082", datatype=NamedNode(XSD.integer)), {"@value": "0082", "@type": XSD.integer}),
        (FG.runtimeMinutes, Literal("-0", datatype=NamedNode(XSD.integer)), {"@value": "-0", "@type": XSD.integer}),
        (FG.runtimeMinutes, Literal("9" * 30, datatype=NamedNode(XSD.integer)), {"@value": "9" * 30, "@type": XSD.integer}),
        (FG.isFictional, Literal("true", datatype=NamedNode(XSD.boolean)), True),
        (FG.isFictional, Literal("1", datatype=NamedNode(XSD.boolean)), {"@value": "1", "@type": XSD.boolean}),
        (FG.weight, Literal("1.0", datatype=NamedNode(XSD.double)), {"@value": "1.0", "@type": XSD.double}),
    ],
)
def test_value_is_as_plain_as_it_can_be_and_reads_back_the_same(
    predicate: str, value: NamedNode | Literal, written: str | int | bool | dict[str, str]
) -> None:
    triple = Triple(S, NamedNode(predicate), value)
    text = triples_to_json([triple])
    (node,) = json.loads(text)["@graph"]
    (key,) = set(node) - {"@id"}
    assert node[key] == written
    assert read_by_engine(text) == {triple}


@pytest.mark.parametrize(
    ("predicate", "key"),
    [
        (SCHEMA.name, "name"),
        (FG.credit, "fg:credit"),
        ("http://schema.org/a/b", "http://schema.org/a/b"),
        ("http://schema.org/@id", "http://schema.org/@id"),
        ("http://elsewhere.example/x#y", "http://elsewhere.example/x#y"),
        ("http://www.w3.org/2004/02/skos/core#prefLabel", "skos:prefLabel"),
    ],
)
def test_key_is_short_where_the_context_knows_the_property(predicate: str, key: str) -> None:
    triple = Triple(S, NamedNode(predicate), Literal("x"))
    text = triples_to_json([triple])
    assert key in json.loads(text)["@graph"][0]
    assert read_by_engine(text) == {triple}


def test_described_thing_stands_first_and_type_right_after_its_iri(store: Store, iris: IriScheme) -> None:
    description = describe(store, f"{BASE}id/film/here-2023", iris)
    assert description is not None
    first = to_document(description)["@graph"][0]
    assert list(first)[:3] == ["@id", "@type", "name"]
    assert first["@id"] == description.iri
    assert first["fg:runtimeMinutes"] == 82


def test_context_is_inline_and_the_same_everywhere(store: Store, iris: IriScheme) -> None:
    documents = [describe(store, f"{BASE}id/{each}", iris) for each in ("film/here-2023", "venue/lumen")]
    assert all(each is not None and to_document(each)["@context"] == CONTEXT for each in documents)
    assert "http" not in [value for key, value in CONTEXT.items() if key == "@import"]
    assert CONTEXT["@vocab"] == "http://schema.org/"


def test_same_description_gives_the_same_bytes(store: Store, iris: IriScheme) -> None:
    texts = set()
    for _ in range(3):
        description = describe(store, f"{BASE}id/festival/fest-2026", iris)
        assert description is not None
        texts.add(to_json(description))
    assert len(texts) == 1


def test_type_that_is_a_literal_is_kept() -> None:
    triple = Triple(S, NamedNode(RDF.type), Literal("Movie"))
    text = triples_to_json([triple])
    assert read_by_engine(text) == {triple}


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30), min_size=1, max_size=4)
)
def test_any_text_survives(texts: list[str]) -> None:
    triples = {Triple(S, P, Literal(each)) for each in texts}
    assert read_by_engine(triples_to_json(sorted(triples, key=str))) == triples
