"""Validates the triples of a build: core shapes in pySHACL, rules across records in Oxigraph, checks in Python; one report.

Shapes are code: shipped and reviewed, never a user's. What SHACL could do beyond the data at hand (fetching
`owl:imports`, SPARQL targets, JavaScript) is off.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator

import pyshacl
from pyoxigraph import Triple
from pyshacl.errors import ReportableRuntimeError
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.term import Node

from filmgraph.errors import VocabularyError
from filmgraph.findings import Finding, Report, SourcePlace
from filmgraph.namespaces import SH, SHAPES
from filmgraph.validation_checks import CHECKS, Check
from filmgraph.validation_facts import Facts
from filmgraph.validation_report import rules_markdown, to_json, to_shacl_graph, to_turtle
from filmgraph.validation_rules import fill_message, run_rule, show
from filmgraph.validation_shapes import Rule, RuleInfo, Shapes, load_shapes
from filmgraph.vocabulary import Vocabulary

__all__ = [
    "Locate",
    "Rule",
    "RuleInfo",
    "Shapes",
    "full_catalogue",
    "load_shapes",
    "rules_markdown",
    "to_json",
    "to_shacl_graph",
    "to_turtle",
    "validate",
]

Locate = Callable[[str, str | None, str | None], tuple[SourcePlace, ...]]

_SH = Namespace(SH)


def full_catalogue(shapes: Shapes) -> tuple[RuleInfo, ...]:
    """Return every rule that `validate` holds data to: shapes, rules across records, and checks in Python."""
    return (*shapes.catalogue, *(check.info for check in CHECKS))


def validate(
    published: Iterable[Triple], texts: Iterable[Triple], vocabulary: Vocabulary, shapes: Shapes, locate: Locate
) -> Report:
    """Hold the published graph and the texts to all shapes, rules and checks.

    `locate(focus_iri, path_iri, value)` answers where a value, else a property, else a thing stands in the sources. The
    vocabulary is looked up but not itself validated, except for the concepts that the data use. VocabularyError when the
    shapes themselves are broken.
    """
    facts = Facts.of(published, texts, vocabulary)
    found = [*_run_core(facts, shapes)]
    for rule in shapes.rules:
        found.extend(run_rule(rule, facts.store))
    for check in CHECKS:
        found.extend(_run_check(check, facts))
    return Report.of(_located(finding, locate) for finding in found)


def _located(finding: Finding, locate: Locate) -> Finding:
    places = locate(finding.focus_iri, finding.path_iri, finding.value) if finding.focus_iri else ()
    return Finding(
        finding.rule, finding.severity, finding.message, finding.focus_iri, finding.path_iri, finding.value, tuple(sorted(places))
    )


def _run_core(facts: Facts, shapes: Shapes) -> Iterator[Finding]:
    infos = {info.id: info for info in shapes.core_catalogue}
    results = _ask_pyshacl(facts, shapes)
    for result in results.subjects(RDF.type, _SH.ValidationResult):
        info = infos.get(str(results.value(result, _SH.sourceShape)).removeprefix(SHAPES))
        if info is not None:
            yield _to_finding(info, results, result)


def _ask_pyshacl(facts: Facts, shapes: Shapes) -> Graph:
    """Return SHACL's own report. Whether it conforms does not matter here: the catalogue knows the severities."""
    try:
        with _quiet_rdflib():
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


def _run_check(check: Check, facts: Facts) -> Iterator[Finding]:
    for each in check.run(facts):
        message = fill_message(check.info.message, {"detail": each.detail})
        yield Finding(check.info.id, check.info.severity, message, each.focus_iri, each.path_iri, each.value)


@contextlib.contextmanager
def _quiet_rdflib() -> Iterator[None]:
    """Keep rdflib from writing a traceback for every ill-typed literal: the shapes report those."""
    logger = logging.getLogger("rdflib.term")
    was_disabled = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = was_disabled
