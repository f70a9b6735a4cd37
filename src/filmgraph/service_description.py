"""What the query endpoint says about itself: languages, formats, graphs with their counts, limits. Pure.

The terms are https://www.w3.org/TR/sparql11-service-description/ and https://www.w3.org/TR/void/. None of the features that the
standard names is claimed: nothing is fetched from elsewhere, and the default graph is not the union of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.admission_limits import limits_table
from filmgraph.manifest import Manifest
from filmgraph.namespaces import DCTERMS, RDF, SCHEMA, SD, VOID, XSD, Namespace
from filmgraph.settings import EndpointSettings

__all__ = ["LABELS", "describe_service"]

_FORMATS: Final = Namespace("http://www.w3.org/ns/formats/")
_RESULT_FORMATS: Final = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "N-Quads",
    "TriG",
    "JSON-LD",
    "RDF_XML",
)
_SIMPLE_ENTAILMENT: Final = "http://www.w3.org/ns/entailment/Simple"


#: What each limit is called in English, Dutch and French, by its name in `[endpoint]`.
LABELS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "address_bytes": (
            "length of an address after its question mark",
            "lengte van een adres na het vraagteken",
            "longueur d'une adresse après le point d'interrogation",
        ),
        "body_bytes": ("size of a request's body", "grootte van een verzoek", "taille du corps d'une requête HTTP"),
        "client_bodies": (
            "requests of one client that are being sent at once",
            "verzoeken van één client die tegelijk verzonden worden",
            "requêtes HTTP d'un client en cours d'envoi",
        ),
        "bodies": (
            "requests that are being sent at once",
            "verzoeken die tegelijk verzonden worden",
            "requêtes HTTP en cours d'envoi",
        ),
        "ban_kills": (
            "runs of a query that fails before it is refused",
            "keren dat een zoekvraag mag mislukken voor ze geweigerd wordt",
            "échecs d'une requête avant son refus",
        ),
        "ban_seconds": ("time for which it is refused", "tijd dat ze geweigerd wordt", "durée de ce refus"),
        "client_queries": (
            "queries of one client at once",
            "zoekvragen van één client tegelijk",
            "requêtes simultanées d'un client",
        ),
        "client_seconds_per_minute": (
            "running time of one client in a minute",
            "rekentijd van één client per minuut",
            "temps de calcul d'un client par minute",
        ),
        "client_burst_seconds": (
            "running time of one client at a stretch",
            "rekentijd van één client aan één stuk",
            "temps de calcul d'un client d'affilée",
        ),
        "client_failures_per_minute": (
            "failed queries of one client in a minute",
            "mislukte zoekvragen van één client per minuut",
            "requêtes échouées d'un client par minute",
        ),
        "query_bytes": ("length of a query", "lengte van een zoekvraag", "longueur d'une requête"),
        "tokens": ("words and signs in a query", "woorden en tekens in een zoekvraag", "mots et signes d'une requête"),
        "depth": ("brackets in each other", "haakjes in elkaar", "parenthèses imbriquées"),
        "list_depth": (
            "round and square brackets in each other",
            "ronde en vierkante haken in elkaar",
            "parenthèses et crochets imbriqués",
        ),
        "signs": ("signs in a row", "tekens achter elkaar", "signes à la suite"),
        "workers": ("queries that run at once", "zoekvragen die tegelijk lopen", "requêtes exécutées en même temps"),
        "reserved_workers": (
            "workers kept for clients without a running query",
            "werkers voor clients zonder lopende zoekvraag",
            "processus réservés aux clients sans requête en cours",
        ),
        "queue": ("queries that wait", "zoekvragen die wachten", "requêtes en attente"),
        "queue_seconds": ("waiting time at most", "wachttijd ten hoogste", "attente maximale"),
        "deadline_seconds": ("time for one query", "tijd voor één zoekvraag", "durée d'une requête"),
        "memory_bytes": ("memory for one query", "geheugen voor één zoekvraag", "mémoire pour une requête"),
        "result_bytes": ("size of a result", "grootte van een resultaat", "taille d'un résultat"),
    }
)


def describe_service(
    endpoint_url: str, page_url: str, manifest: Manifest, limits: EndpointSettings, media_types: Iterable[str]
) -> tuple[Triple, ...]:
    """Return the service description of the endpoint at the absolute `endpoint_url`.

    `page_url` is where the limits are explained. Counts are those of the manifest; `media_types` are what results can be had as.
    """
    writer = _Writer(endpoint_url)
    service = writer.part("service")
    writer.add(service, RDF.type, NamedNode(SD.Service))
    writer.add(service, SD.endpoint, NamedNode(endpoint_url))
    writer.add(service, SD.supportedLanguage, NamedNode(SD.SPARQL11Query))
    writer.add(service, SD.defaultEntailmentRegime, NamedNode(_SIMPLE_ENTAILMENT))
    for name in _RESULT_FORMATS:
        writer.add(service, SD.resultFormat, NamedNode(_FORMATS + name))
    for media_type in media_types:
        writer.add(service, DCTERMS.term("format"), Literal(media_type))
    writer.add(service, SCHEMA.termsOfService, NamedNode(page_url))
    _add_dataset(writer, service, manifest)
    _add_limits(writer, service, limits)
    return tuple(writer.triples)


def _add_dataset(writer: _Writer, service: NamedNode, manifest: Manifest) -> None:
    dataset, default = writer.part("dataset"), writer.part("default-graph")
    writer.add(service, SD.defaultDataset, dataset)
    writer.add(service, SD.availableGraphs, dataset)
    for class_iri in (SD.Dataset, SD.GraphCollection):
        writer.add(dataset, RDF.type, NamedNode(class_iri))
    writer.add(dataset, DCTERMS.term("title"), Literal(manifest.title))
    writer.add(dataset, DCTERMS.publisher, Literal(manifest.publisher))
    writer.add(dataset, DCTERMS.license, _link(manifest.licence))
    writer.add(dataset, DCTERMS.identifier, Literal(manifest.release_id))
    writer.add(dataset, DCTERMS.issued, Literal(manifest.created, datatype=NamedNode(XSD.dateTime)))
    writer.add(dataset, SD.defaultGraph, default)
    _add_graph(writer, default, manifest.triples)
    for n, (iri, count) in enumerate(sorted(manifest.graphs.items()), 1):
        named, graph = writer.part(f"named-graph-{n}"), writer.part(f"graph-{n}")
        writer.add(dataset, SD.namedGraph, named)
        writer.add(named, RDF.type, NamedNode(SD.NamedGraph))
        writer.add(named, SD.term("name"), NamedNode(iri))
        writer.add(named, SD.graph, graph)
        _add_graph(writer, graph, count)


def _add_graph(writer: _Writer, graph: NamedNode, count: int) -> None:
    writer.add(graph, RDF.type, NamedNode(SD.Graph))
    writer.add(graph, RDF.type, NamedNode(VOID.Dataset))
    writer.add(graph, VOID.triples, Literal(count))


def _add_limits(writer: _Writer, service: NamedNode, limits: EndpointSettings) -> None:
    for limit in limits_table(limits):
        node = writer.part("limit-" + limit.name.replace("_", "-"))
        writer.add(service, SCHEMA.additionalProperty, node)
        writer.add(node, RDF.type, NamedNode(SCHEMA.PropertyValue))
        writer.add(node, SCHEMA.propertyID, Literal(limit.name))
        writer.add(node, SCHEMA.value, _number(limit.value))
        writer.add(node, SCHEMA.unitText, Literal(limit.unit))
        for language, label in zip(("en", "nl", "fr"), LABELS[limit.name], strict=True):
            writer.add(node, SCHEMA.name, Literal(label, language=language))


def _number(value: float) -> Literal:
    """Return a number without the exponent that a double has."""
    return Literal(value) if isinstance(value, int) else Literal(f"{Decimal(str(value)):f}", datatype=NamedNode(XSD.decimal))


def _link(value: str) -> NamedNode | Literal:
    return NamedNode(value) if value.startswith(("http://", "https://")) else Literal(value)


class _Writer:
    """Collects triples about the parts of one document, which are its fragments: no blank nodes."""

    def __init__(self, document_url: str) -> None:
        self._document_url = document_url
        self.triples: list[Triple] = []

    def part(self, name: str) -> NamedNode:
        """Return the node of a part."""
        return NamedNode(f"{self._document_url}#{name}")

    def add(self, subject: NamedNode, predicate: str, object_: NamedNode | Literal) -> None:
        """Add one triple."""
        self.triples.append(Triple(subject, NamedNode(predicate), object_))
