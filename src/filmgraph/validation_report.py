"""A report in other forms: SHACL's own (RDF), JSON, and the catalogue of rules as a page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.term import Identifier

from filmgraph.findings import Finding, Report, Severity, SourcePlace
from filmgraph.namespaces import DCTERMS, FG, SH, SHAPES
from filmgraph.validation_shapes import RuleInfo

__all__ = ["rules_markdown", "to_json", "to_shacl_graph", "to_turtle"]

_SH = Namespace(SH)
_REPORT_IRI = "urn:filmgraph:report"
_COMPONENT = URIRef(SHAPES.FindingConstraintComponent)
_Triple = tuple[URIRef, URIRef, URIRef | Literal]


def to_shacl_graph(report: Report, report_iri: str = _REPORT_IRI) -> Graph:
    """Return `report` as a sh:ValidationReport (https://www.w3.org/TR/shacl/#validation-report) without blank nodes.

    A result is named `{report_iri}#` and a hash of what it says, so that the same report gives the same graph. The places
    in the sources are fg:placeLabel. A finding about a file and not about a thing has the report itself as its focus.
    """
    graph = Graph()
    for triple in _iter_triples(report, URIRef(report_iri)):
        graph.add(triple)
    return graph


def to_turtle(report: Report, report_iri: str = _REPORT_IRI) -> str:
    """Return `to_shacl_graph` as sorted N-Triples, which is Turtle too: the same report gives the same bytes."""
    triples = (ox.Triple(_to_ox(s), _to_ox(p), _to_ox(o)) for s, p, o in _iter_triples(report, URIRef(report_iri)))
    lines = (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)
    return b"".join(sorted(set(lines))).decode()


def _to_ox(term: Identifier) -> Any:  # noqa: ANN401 -- an IRI or a literal
    if isinstance(term, Literal):
        datatype = None if term.datatype is None else ox.NamedNode(term.datatype)
        return ox.Literal(str(term), language=term.language) if term.language else ox.Literal(str(term), datatype=datatype)
    return ox.NamedNode(str(term))


def _iter_triples(report: Report, subject: URIRef) -> Iterator[_Triple]:
    yield subject, RDF.type, _SH.ValidationReport
    yield subject, _SH.conforms, Literal(len(report) == 0)
    for finding in report:
        node = URIRef(f"{subject}#{_digest(finding)}")
        yield subject, _SH.result, node
        yield from _iter_result(node, finding, subject)


def _iter_result(node: URIRef, finding: Finding, report_iri: URIRef) -> Iterator[_Triple]:
    yield node, RDF.type, _SH.ValidationResult
    yield node, _SH.resultSeverity, URIRef(finding.severity.iri)
    yield node, _SH.sourceShape, URIRef(SHAPES.term(finding.rule))
    yield node, _SH.sourceConstraintComponent, _COMPONENT
    yield node, URIRef(DCTERMS.identifier), Literal(finding.rule)
    yield node, _SH.resultMessage, Literal(finding.message, lang="en")
    yield node, _SH.focusNode, _to_node(finding.focus_iri) if finding.focus_iri else report_iri
    if finding.path_iri:
        yield node, _SH.resultPath, URIRef(finding.path_iri)
    if finding.value is not None:
        yield node, _SH.value, _to_node(finding.value)
    for place in finding.places:
        yield node, URIRef(FG.placeLabel), Literal(str(place))


def _to_node(value: str) -> URIRef | Literal:
    is_iri = value.startswith(("http://", "https://")) and not any(each in value for each in ' <>"{}|\\^`\n\r\t')
    return URIRef(value) if is_iri else Literal(value)


def _digest(finding: Finding) -> str:
    parts = (
        finding.rule,
        finding.severity.value,
        finding.message,
        finding.focus_iri,
        finding.path_iri,
        finding.value,
        finding.places,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def to_json(report: Report) -> str:
    """Return `report` as JSON: counts by severity, then every finding, worst first; the same report gives the same bytes.

    Each finding has a line of its own.
    """
    encode = json.JSONEncoder(ensure_ascii=False).encode
    counts = {severity.value: report.count(severity) for severity in Severity}
    findings = "".join(f",\n  {encode(_to_object(finding))}" for finding in report)[1:]
    end = "\n " if findings else ""
    return (
        f'{{\n "blocksRelease": {encode(report.blocks_release)},\n "counts": {encode(counts)},\n'
        f' "findings": [{findings}{end}]\n}}\n'
    )


def _to_object(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "focus": finding.focus_iri,
        "path": finding.path_iri,
        "value": finding.value,
        "places": [_to_place(place) for place in finding.places],
    }


def _to_place(place: SourcePlace) -> dict[str, object]:
    fields = {
        "path": place.path,
        "sheet": place.sheet,
        "line": place.line,
        "row": place.row,
        "column": place.column,
        "label": str(place),
    }
    return {name: value for name, value in fields.items() if value is not None}


def rules_markdown(catalogue: Iterable[RuleInfo]) -> str:
    """Return the catalogue of rules as Markdown, grouped by where a rule is written."""
    by_origin: dict[str, list[RuleInfo]] = {}
    for info in catalogue:
        by_origin.setdefault(info.origin, []).append(info)
    lines = [
        "# Rules",
        "",
        "Every rule that the data of a catalogue are held to. This page is written from the shapes; change it there.",
        "A *Violation* blocks the release; a *Warning* and an *Info* are only reported.",
        "*No.* is the number of the requirement; rules that share one meet it together.",
    ]
    for origin, infos in by_origin.items():
        lines += ["", f"## {_TITLES.get(origin) or origin.removesuffix('.ttl').replace('-', ' ').capitalize()}", ""]
        lines += ["| Rule | No. | Severity | What it asks | What it says |", "|---|---|---|---|---|"]
        lines += [_to_row(info) for info in sorted(infos, key=lambda each: each.id)]
    return "\n".join(lines) + "\n"


_TITLES = {"rules.ttl": "Across records", "python": "Checked by program"}


def _to_row(info: RuleInfo) -> str:
    message = info.message.replace("{?", "{")
    cells = (f"`{info.id}`", info.constraint_id, info.severity.value, f"**{info.name}.** {info.description}", f"{message}.")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
