"""Validates the triples of a build: core shapes compiled to Python, rules across records in Oxigraph, further checks; one report.

Shapes are code: shipped and reviewed, never a user's. pySHACL is the reference for the core shapes (`validation_reference`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pyoxigraph import Triple

from filmgraph.findings import Finding, Report, SourcePlace
from filmgraph.validation_checks import CHECKS, Check
from filmgraph.validation_compile import compile_shapes
from filmgraph.validation_facts import Facts
from filmgraph.validation_report import rules_markdown, to_json, to_shacl_graph, to_turtle
from filmgraph.validation_rules import fill_message, run_rule
from filmgraph.validation_shapes import Rule, RuleInfo, Shapes, load_shapes
from filmgraph.vocabulary import Vocabulary

__all__ = [
    "Locate",
    "Rule",
    "RuleInfo",
    "Shapes",
    "find_near",
    "full_catalogue",
    "load_shapes",
    "locate_findings",
    "rules_markdown",
    "to_json",
    "to_shacl_graph",
    "to_turtle",
    "validate",
]

Locate = Callable[[str, str | None, str | None], tuple[SourcePlace, ...]]


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
    found = [*_find_by_shapes(facts, shapes), *_find_by_rules(facts, shapes), *_find_by_checks(facts)]
    return Report.of(_located(finding, locate) for finding in found)


def find_near(facts: Facts, shapes: Shapes, foci: frozenset[str]) -> list[Finding]:
    """Return what the core shapes and the checks find about the things of `foci`; `facts` need not hold more than they look at.

    The places in the sources are left for the caller to fill in, and the rules across records to `incremental_rules`.
    """
    keys = [iri for iri in facts.local.things if iri in foci]
    found = [*compile_shapes(shapes).find(facts.local, keys), *_find_by_checks(facts)]
    return [each for each in found if each.focus_iri in foci]


def locate_findings(findings: Iterable[Finding], locate: Locate) -> tuple[Finding, ...]:
    """Return findings with their places in the sources."""
    return tuple(_located(each, locate) for each in findings)


def _find_by_shapes(facts: Facts, shapes: Shapes) -> list[Finding]:
    return list(compile_shapes(shapes).find(facts.local))


def _find_by_rules(facts: Facts, shapes: Shapes) -> list[Finding]:
    return [finding for rule in shapes.rules for finding in run_rule(rule, facts.store)]


def _find_by_checks(facts: Facts) -> list[Finding]:
    return [finding for check in CHECKS for finding in _run_check(check, facts)]


def _located(finding: Finding, locate: Locate) -> Finding:
    places = locate(finding.focus_iri, finding.path_iri, finding.value) if finding.focus_iri else ()
    return Finding(
        finding.rule, finding.severity, finding.message, finding.focus_iri, finding.path_iri, finding.value, tuple(sorted(places))
    )


def _run_check(check: Check, facts: Facts) -> Iterator[Finding]:
    for each in check.run(facts):
        message = fill_message(check.info.message, {"detail": each.detail})
        yield Finding(check.info.id, check.info.severity, message, each.focus_iri, each.path_iri, each.value)
