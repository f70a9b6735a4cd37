"""Holds the blocks of pages to what search engines ask: `shapes/publish.ttl`, run by pySHACL.

A block is read as its readers read it: `https://schema.org` stands for one vocabulary, and nothing is fetched. The root of each
block is named after its page; all else is nameless, so that what one page says of a thing is not mixed with what another says.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyshacl
from pyoxigraph import RdfFormat, parse, serialize
from pyshacl.errors import ReportableRuntimeError
from rdflib import RDF, RDFS, BNode, Graph, Namespace, URIRef

from filmgraph.errors import VocabularyError
from filmgraph.findings import Severity
from filmgraph.namespaces import SCHEMA, SH, SHAPES
from filmgraph.resources import PUBLISHING_SHAPES, find_shapes_path
from filmgraph.validation_terms import quiet_rdflib

__all__ = ["Demand", "Feature", "Flaw", "PageBlock", "PublishingShapes", "find_flaws", "load_publishing_shapes"]

_SH: Final = Namespace(SH)
_OWN: Final = Namespace(SHAPES)
#: So many blocks are checked together: pySHACL grows slower with the size of a graph.
_BATCH: Final = 100
_CONTEXT: Final = {"@vocab": SCHEMA}


@dataclass(frozen=True, slots=True)
class Feature:
    """What a search engine makes of one kind of markup; `classes` are the types (`Movie`) of the roots that are for it."""

    name: str
    order: int
    url: str
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that is asked for: required (VIOLATION), required and only a source can give it (WARNING), recommended (INFO).

    `absence` says why what is not required may be missing.
    """

    id: str
    severity: Severity
    message: str
    feature: Feature
    absence: str = ""


@dataclass(frozen=True, slots=True)
class PageBlock:
    """One JSON-LD block of a page, by the page's URL."""

    page_url: str
    block: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Flaw:
    """Where a block falls short. `is_of_root` tells whether the page's own subject does, or something nested in it."""

    page_url: str
    demand: Demand
    is_of_root: bool


@dataclass(frozen=True, slots=True)
class PublishingShapes:
    """The shapes, and what they demand, by the order of their features."""

    graph: Graph
    demands: tuple[Demand, ...]

    @property
    def features(self) -> tuple[Feature, ...]:
        """All features, each once."""
        return tuple(dict.fromkeys(each.feature for each in self.demands))


def load_publishing_shapes() -> PublishingShapes:
    """Read `shapes/publish.ttl`; VocabularyError when it cannot be read."""
    path = find_shapes_path() / PUBLISHING_SHAPES
    try:
        graph = Graph().parse(path, format="turtle")
    except (OSError, SyntaxError, ValueError) as error:
        raise VocabularyError(f"{path} cannot be read as Turtle: {error}") from error
    demands = sorted(_iter_demands(graph), key=lambda each: (each.feature.order, each.severity.rank, each.id))
    return PublishingShapes(graph, tuple(demands))


def _iter_demands(graph: Graph) -> Iterator[Demand]:
    features = {group: _to_feature(graph, group) for group in graph.subjects(RDF.type, _SH.PropertyGroup)}
    severities = {each.iri: each for each in Severity}
    for shape, group in graph.subject_objects(_SH.group):
        yield Demand(
            id=str(shape).removeprefix(SHAPES),
            severity=severities[str(graph.value(shape, _SH.severity))],
            message=str(graph.value(shape, _SH.message)),
            feature=features[group],
            absence=str(graph.value(shape, _OWN.absence) or ""),
        )


def _to_feature(graph: Graph, group: Any) -> Feature:  # noqa: ANN401 -- rdflib's Node
    shapes = {shape for member in graph.subjects(_SH.group, group) for shape in (member, *graph.subjects(_SH.property, member))}
    classes = {str(each).removeprefix(SCHEMA) for shape in shapes for each in graph.objects(shape, _SH.targetClass)}
    order, url = graph.value(group, _SH.order), graph.value(group, RDFS.seeAlso)
    return Feature(str(graph.value(group, RDFS.label)), int(str(order)), str(url), tuple(sorted(classes)))


def find_flaws(blocks: Iterable[PageBlock], shapes: PublishingShapes) -> list[Flaw]:
    """Return where blocks fall short, in the order of pages and demands, each once.

    What is recommended, or only a source can give, is asked of the root alone: a film named within a screening is no film page.
    """
    given = list(blocks)
    flaws = [each for n in range(0, len(given), _BATCH) for each in _check(given[n : n + _BATCH], shapes)]
    counted = {each for each in flaws if each.is_of_root or each.demand.severity is Severity.VIOLATION}
    order = {each.id: n for n, each in enumerate(shapes.demands)}
    return sorted(counted, key=lambda each: (each.page_url, order[each.demand.id], each.is_of_root))


def _check(blocks: list[PageBlock], shapes: PublishingShapes) -> Iterator[Flaw]:
    by_id = {each.id: each for each in shapes.demands}
    graph, pages = _to_graph(blocks)
    results = _ask_pyshacl(graph, shapes)
    for result in results.subjects(RDF.type, _SH.ValidationResult):
        demand = by_id.get(str(results.value(result, _SH.sourceShape)).removeprefix(SHAPES))
        focus = results.value(result, _SH.focusNode)
        if demand is not None and focus is not None:
            yield Flaw(pages[str(focus)], demand, isinstance(focus, URIRef))


def _ask_pyshacl(graph: Graph, shapes: PublishingShapes) -> Graph:
    try:
        with quiet_rdflib():
            _, results, text = pyshacl.validate(
                graph, shacl_graph=shapes.graph, inference="none", inplace=True, advanced=False, js=False,
                do_owl_imports=False, meta_shacl=False,
            )  # fmt: skip
    except ReportableRuntimeError as error:
        raise VocabularyError(f"{PUBLISHING_SHAPES} cannot be run: {error}") from error
    if not isinstance(results, Graph):
        raise VocabularyError(f"{PUBLISHING_SHAPES} cannot be run: {text}")
    return results


def _to_graph(blocks: list[PageBlock]) -> tuple[Graph, dict[str, str]]:
    """Return the triples of blocks, and the page that each node is on."""
    graph = Graph()
    pages: dict[str, str] = {}
    for n, each in enumerate(blocks):
        root = f"urn:block:{n}"
        part = Graph().parse(data=_to_triples(each.block, root), format="nt")
        names: defaultdict[BNode, BNode] = defaultdict(BNode)
        for triple in part:
            graph.add(tuple(names[term] if isinstance(term, BNode) else term for term in triple))  # type: ignore[arg-type]
        pages |= {str(node): each.page_url for node in (*names.values(), URIRef(root))}
    return graph, pages


def _to_triples(block: dict[str, Any], root: str) -> bytes:
    document = {**_nameless(block), "@context": _CONTEXT, "@id": root}
    found = serialize((quad.triple for quad in parse(json.dumps(document), format=RdfFormat.JSON_LD)), format=RdfFormat.N_TRIPLES)
    return found or b""


def _nameless(value: Any) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(value, dict):
        return {name: _nameless(each) for name, each in value.items() if name not in ("@id", "@context")}
    return [_nameless(each) for each in value] if isinstance(value, list) else value
