"""Loads `shapes/`: core SHACL shapes, the rules across records, and a catalogue of both for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
from rdflib import RDF, RDFS, Graph, Namespace, URIRef
from rdflib.term import Node

from filmgraph.errors import VocabularyError
from filmgraph.findings import Severity
from filmgraph.namespaces import DCTERMS, SHAPES
from filmgraph.namespaces import SH as SH_IRI
from filmgraph.resources import find_shapes_path, list_shape_files
from filmgraph.validation_rdflib import to_rdflib

__all__ = ["CATALOGUE_IRI", "Rule", "RuleInfo", "Shapes", "load_shapes"]

#: The one node that all rules across records aim at; the validator adds it to the data.
CATALOGUE_IRI = SHAPES.Catalogue

_RULES_FILE = "rules.ttl"
_SH = Namespace(SH_IRI)
_IDENTIFIER = URIRef(DCTERMS.identifier)
_FOR_PEOPLE = frozenset({_SH.name, _SH.description, _SH.message, _SH.severity, _IDENTIFIER, RDFS.label, RDFS.comment})
_PROJECTS_VALUE = re.compile(r"^SELECT\s+(DISTINCT\s+)?\$this\s+\?value\b")


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """One line of the catalogue of rules.

    `id` is what `Finding.rule` holds. `constraint_id` is the short number of the requirement (`E5`), shared by the rules that
    together meet it, or empty. `origin` is the shapes file, or `python` for a check that SHACL cannot say well.
    """

    id: str
    constraint_id: str
    name: str
    description: str
    severity: Severity
    message: str
    origin: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule across records: one SPARQL query over the whole catalogue whose every solution is a finding."""

    info: RuleInfo
    query: str


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """All of `shapes/`. The graphs are read-only: nobody writes to them after `load_shapes`.

    `engine_graph` is `core_graph` without what people read (names, messages, severities), which pySHACL would look through
    for every value: a quarter of its time. The catalogue holds that part.
    """

    core_graph: Graph
    engine_graph: Graph
    rules_graph: Graph
    rules: tuple[Rule, ...]
    core_catalogue: tuple[RuleInfo, ...]

    @property
    def catalogue(self) -> tuple[RuleInfo, ...]:
        """Every rule that a shapes file holds, by file and id."""
        return (*self.core_catalogue, *(rule.info for rule in self.rules))


def load_shapes(path: Path | None = None) -> Shapes:
    """Read every Turtle file in `path`, by default the shipped `shapes/`.

    VocabularyError names the file that does not parse, or the shape that lacks a severity, a name or a message.
    """
    folder = path or find_shapes_path()
    core_graph, rules_graph, catalogue = Graph(), Graph(), list[RuleInfo]()
    files = list_shape_files(folder)
    if not files:
        raise VocabularyError(f"{folder} holds no Turtle file: install filmgraph again")
    for file in files:
        graph = _parse(file)
        if file.name == _RULES_FILE:
            rules_graph += graph
        else:
            core_graph += graph
            catalogue.extend(_iter_infos(graph, file.name))
    return Shapes(core_graph, _strip(core_graph), rules_graph, tuple(_iter_rules(rules_graph)), tuple(catalogue))


def _strip(graph: Graph) -> Graph:
    """Return the triples that bear on the outcome of validation."""
    stripped = Graph()
    for triple in graph:
        if triple[1] not in _FOR_PEOPLE:
            stripped.add(triple)
    return stripped


def _parse(file: Path) -> Graph:
    """Return a file as rdflib's graph; the engine's parser takes a fifth of the time of rdflib's."""
    graph = Graph()
    try:
        for quad in pyoxigraph.parse(file.read_bytes(), format=pyoxigraph.RdfFormat.TURTLE):
            graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    except (OSError, SyntaxError, ValueError) as error:
        raise VocabularyError(f"{file} cannot be read as Turtle: {error}") from error
    return graph


def _iter_infos(graph: Graph, origin: str) -> Iterator[RuleInfo]:
    """Yield the shapes that can report something: those with a severity."""
    shapes = set(graph.subjects(_SH.severity)) | set(graph.subjects(_SH.message))
    for shape in sorted(each for each in shapes if isinstance(each, URIRef)):
        yield _to_info(graph, shape, shape, origin)


def _to_info(graph: Graph, shape: URIRef, speaker: Node, origin: str) -> RuleInfo:
    """Return what is known of a shape; `speaker` is the node that holds its message."""
    severity = graph.value(shape, _SH.severity)
    rule_id = shape.removeprefix(SHAPES)
    return RuleInfo(
        id=rule_id,
        constraint_id=str(graph.value(shape, _IDENTIFIER) or ""),
        name=_need(graph, shape, _SH.name, RDFS.label),
        description=_need(graph, shape, _SH.description, RDFS.comment),
        severity=_to_severity(severity, rule_id),
        message=_need(graph, speaker, _SH.message),
        origin=origin,
    )


def _need(graph: Graph, node: Node, *predicates: URIRef) -> str:
    for predicate in predicates:
        value = graph.value(node, predicate)
        if value is not None:
            return str(value)
    raise VocabularyError(f"the shape <{node}> has no {predicates[0].removeprefix(SH_IRI)}: add it")


def _to_severity(iri: Node | None, rule_id: str) -> Severity:
    for severity in Severity:
        if str(iri) == severity.iri:
            return severity
    raise VocabularyError(f"the shape {rule_id} has the severity {iri}: use sh:Violation, sh:Warning or sh:Info")


def _iter_rules(graph: Graph) -> Iterator[Rule]:
    declared = {
        str(graph.value(each, _SH.prefix)): str(graph.value(each, _SH.namespace)) for each in graph.objects(None, _SH.declare)
    }
    header = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in sorted(declared.items()))
    for shape in sorted(each for each in graph.subjects(RDF.type, _SH.NodeShape) if isinstance(each, URIRef)):
        constraints = list(graph.objects(shape, _SH.sparql))
        if len(constraints) != 1:
            raise VocabularyError(f"the rule <{shape}> needs one sh:sparql: a second query is a second rule")
        info = _to_info(graph, shape, constraints[0], _RULES_FILE)
        select = _need(graph, constraints[0], _SH.select)
        yield Rule(info, _checked(header + select, select, info.id))


def _checked(query: str, select: str, rule_id: str) -> str:
    if not _PROJECTS_VALUE.match(select):
        raise VocabularyError(f"the query of rule {rule_id} must begin with SELECT $this ?value: ?value is what to correct")
    try:
        pyoxigraph.Store().query(query)
    except SyntaxError as error:
        raise VocabularyError(f"the query of rule {rule_id} does not parse: {error}") from error
    return query
