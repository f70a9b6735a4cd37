"""The service description: true to the manifest and the settings, without blank nodes, in words of the standard."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from filmgraph.admission import limits_table
from filmgraph.manifest import Manifest
from filmgraph.namespaces import DCTERMS, FG, RDF, SCHEMA, SD, VOID, XSD
from filmgraph.service_description import LABELS, describe_service
from filmgraph.settings import EndpointSettings

BASE = "https://films.example/"
URL = BASE + "sparql"
GRAPHS = {BASE + "graph/texts": 12, BASE + "graph/source/page": 3}


def manifest(licence: str = "https://creativecommons.org/publicdomain/zero/1.0/") -> Manifest:
    return Manifest(
        release_id="2026-11-22.1", created="2026-11-22T12:00:00Z", catalogue_id="films", title="Films", publisher="Film Fest",
        licence=licence, description="", base_iri=BASE, languages=("en",), content_sha256="0" * 64, triples=99, graphs=GRAPHS,
    )  # fmt: skip


def described(limits: EndpointSettings | None = None, made: Manifest | None = None) -> tuple[Triple, ...]:
    return describe_service(URL, BASE + "limits", made or manifest(), limits or EndpointSettings(), ["text/csv"])


def values(triples: Iterable[Triple], subject: object, predicate: str) -> list[NamedNode | Literal | BlankNode | Triple]:
    return [each.object for each in triples if each.subject == subject and each.predicate.value == predicate]


def one(triples: Iterable[Triple], subject: object, predicate: str) -> NamedNode | Literal | BlankNode | Triple:
    (found,) = values(triples, subject, predicate)
    return found


SERVICE = NamedNode(URL + "#service")


def test_one_service_has_the_endpoint() -> None:
    triples = described()
    services = [each.subject for each in triples if each.predicate.value == RDF.type and each.object == NamedNode(SD.Service)]
    assert services == [SERVICE]
    assert one(triples, SERVICE, SD.endpoint) == NamedNode(URL)
    assert one(triples, SERVICE, SD.supportedLanguage) == NamedNode(SD.SPARQL11Query)


def test_no_feature_is_claimed_that_the_endpoint_lacks() -> None:
    triples = described()
    assert values(triples, SERVICE, SD.feature) == []
    assert NamedNode(SD.SPARQL11Update) not in {each.object for each in triples}


def test_the_default_dataset_lists_every_graph_with_its_count() -> None:
    triples = described()
    dataset = one(triples, SERVICE, SD.defaultDataset)
    default = one(triples, dataset, SD.defaultGraph)
    assert one(triples, default, VOID.triples) == Literal(99)
    counts = {}
    for named in values(triples, dataset, SD.namedGraph):
        assert one(triples, named, RDF.type) == NamedNode(SD.NamedGraph)
        name, graph = one(triples, named, SD.term("name")), one(triples, named, SD.graph)
        assert isinstance(name, NamedNode)
        assert NamedNode(SD.Graph) in values(triples, graph, RDF.type)
        counts[name.value] = one(triples, graph, VOID.triples)
    assert counts == {iri: Literal(count) for iri, count in GRAPHS.items()}


def test_the_dataset_names_its_release_and_licence() -> None:
    triples = described()
    dataset = one(triples, SERVICE, SD.defaultDataset)
    assert one(triples, dataset, DCTERMS.identifier) == Literal("2026-11-22.1")
    assert one(triples, dataset, DCTERMS.license) == NamedNode("https://creativecommons.org/publicdomain/zero/1.0/")
    assert one(triples, dataset, DCTERMS.issued) == Literal("2026-11-22T12:00:00Z", datatype=NamedNode(XSD.dateTime))


def test_a_licence_in_words_is_a_literal() -> None:
    triples = described(made=manifest("all rights reserved"))
    assert Literal("all rights reserved") in {each.object for each in triples}


def test_every_limit_is_told_with_value_unit_and_three_names() -> None:
    limits = EndpointSettings(deadline_seconds=2.5, result_bytes=12_345_678, client_seconds_per_minute=1_000_000.0)
    triples = described(limits)
    nodes = {one(triples, each, SCHEMA.propertyID): each for each in values(triples, SERVICE, SCHEMA.additionalProperty)}
    assert {each.value: Decimal(one(triples, nodes[each], SCHEMA.value).value) for each in nodes} == {  # type: ignore[union-attr]
        each.name: Decimal(str(each.value)) for each in limits_table(limits)
    }
    decimal = NamedNode(XSD.decimal)
    assert one(triples, nodes[Literal("deadline_seconds")], SCHEMA.value) == Literal("2.5", datatype=decimal)
    assert one(triples, nodes[Literal("client_seconds_per_minute")], SCHEMA.value) == Literal("1000000.0", datatype=decimal)
    assert one(triples, nodes[Literal("result_bytes")], SCHEMA.value) == Literal(12_345_678)
    for node in nodes.values():
        names = values(triples, node, SCHEMA.name)
        assert sorted(each.language or "" for each in names if isinstance(each, Literal)) == ["en", "fr", "nl"]
        assert isinstance(one(triples, node, SCHEMA.unitText), Literal)


def test_every_limit_has_names_of_its_own() -> None:
    assert set(LABELS) == {each.name for each in limits_table(EndpointSettings())}
    for names in zip(*LABELS.values(), strict=True):
        assert len(set(names)) == len(LABELS)


@pytest.mark.parametrize("namespace", [FG, "https://schema.org/"])
def test_no_term_of_our_own_and_no_other_spelling(namespace: str) -> None:
    for triple in described():
        assert not triple.predicate.value.startswith(namespace)
        assert not str(triple.object).startswith("<" + namespace)


def test_there_are_no_blank_nodes_and_no_doubles() -> None:
    triples = described()
    assert len(set(triples)) == len(triples)
    assert not any(isinstance(node, BlankNode) for triple in triples for node in (triple.subject, triple.object))
