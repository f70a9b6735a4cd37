"""The core shapes in pySHACL: the reference that the compiled ones are held to.

What SHACL could do beyond the data at hand (fetching `owl:imports`, SPARQL targets, JavaScript) is off.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyshacl
from pyshacl.errors import ReportableRuntimeError
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.term import Node

from filmgraph.errors import VocabularyError
from filmgraph.findings import Finding
from filmgraph.namespaces import SH, SHAPES
from filmgraph.validation_facts import Facts
from filmgraph.validation_rules import show
from filmgraph.validation_shapes import RuleInfo, Shapes
from filmgraph.validation_terms import quiet_rdflib

__all__ = ["find_by_pyshacl"]

_SH = Namespace(SH)


def find_by_pyshacl(facts: Facts, shapes: Shapes) -> Iterator[Finding]:
    """Yield what pySHACL finds wrong by the core shapes, in no order; VocabularyError when the shapes cannot be run."""
    infos = {info.id: info for info in shapes.core_catalogue}
    results = _ask_pyshacl(facts, shapes)
    for result in results.subjects(RDF.type, _SH.ValidationResult):
        info = infos.get(str(results.value(result, _SH.sourceShape)).removeprefix(SHAPES))
        if info is not None:
            yield _to_finding(info, results, result)


def _ask_pyshacl(facts: Facts, shapes: Shapes) -> Graph:
    """Return SHACL's own report. Whether it conforms does not matter here: the catalogue knows the severities."""
    try:
        with quiet_rdflib():
            _, results, text = pyshacl.validate(
                facts.graph, shacl_graph=shapes.engine_graph, inference="none", inplace=True, advanced=False, js=False,
                do_owl_imports=False, meta_shacl=False,
            )  # fmt: skip
    except ReportableRuntimeError as error:
        raise VocabularyError(f"the shapes cannot be run: {error}") from error
    if not isinstance(results, Graph):
        raise VocabularyError(f"the shapes cannot be run: {text}")
    return results


def _to_finding(info: RuleInfo, results: Graph, result: Node) -> Finding:
    focus, path, value = (results.value(result, each) for each in (_SH.focusNode, _SH.resultPath, _SH.value))
    # On a node shape the value is the focus itself and tells nothing more.
    shown = None if value is None or value == focus else str(value)
    return Finding(
        rule=info.id,
        severity=info.severity,
        message=f"{info.message}." if shown is None else f"{info.message} (found {show(shown)!r}).",
        focus_iri=str(focus),
        path_iri=str(path) if isinstance(path, URIRef) else None,
        value=shown,
    )
