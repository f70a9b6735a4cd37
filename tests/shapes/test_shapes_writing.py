"""How the shapes are written: whole, harmless, and the same for every SHACL engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from rdflib import RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef

from filmgraph.findings import Finding, Severity
from filmgraph.namespaces import SH, SHAPES
from filmgraph.validation import Shapes, full_catalogue, rules_markdown
from filmgraph.validation_facts import Facts
from filmgraph.validation_rdflib import to_rdflib
from filmgraph.validation_rules import run_rule
from filmgraph.vocabulary import Vocabulary

_SH = Namespace(SH)
_ROOT = Path(__file__).resolve().parents[2]
_CASES = sorted((Path(__file__).parent / "cases").glob("*.ttl"))
_SEVERITIES = {_SH[severity.value] for severity in Severity}
# Dealt out like cards: too many versions of one screening in one graph take rdflib minutes.
_BATCHES = [_CASES[start::8] for start in range(8)]


def _speaking_shapes(graph: Graph) -> Iterator[Any]:
    """Every shape that can report: property shapes, and node shapes that hold constraints themselves."""
    for shape in set(graph.subjects(_SH.path)) | set(graph.subjects(RDF.type, _SH.NodeShape)):
        if isinstance(shape, BNode) or (shape, _SH.property, None) not in graph:
            yield shape


def test_every_shape_that_can_report_tells_people_what_to_do(shapes: Shapes) -> None:
    graph = shapes.core_graph
    for shape in _speaking_shapes(graph):
        assert isinstance(shape, URIRef), f"a nameless shape cannot be reported: {list(graph.predicate_objects(shape))}"
        texts = (_SH.name, _SH.description) if (shape, _SH.path, None) in graph else (RDFS.label, RDFS.comment)
        for predicate in (*texts, _SH.message):
            values = list(graph.objects(shape, predicate))
            assert [value.language for value in values if isinstance(value, Literal)] == ["en"], (shape, predicate)
        assert graph.value(shape, _SH.severity) in _SEVERITIES
        assert len(list(graph.objects(shape, _SH.severity))) == 1


def test_every_rule_has_its_severity_on_the_shape_and_one_query(shapes: Shapes) -> None:
    graph = shapes.rules_graph
    for shape in graph.subjects(RDF.type, _SH.NodeShape):
        assert graph.value(shape, _SH.severity) in _SEVERITIES
        assert str(graph.value(shape, _SH.targetNode)) == SHAPES.Catalogue
        (constraint,) = graph.objects(shape, _SH.sparql)
        assert (constraint, _SH.severity, None) not in graph
        assert str(constraint) == f"{shape}-query"


def test_every_name_of_a_shape_is_used_once(shapes: Shapes) -> None:
    ids = [info.id for info in full_catalogue(shapes)]
    names = [info.name for info in full_catalogue(shapes)]
    assert len(ids) == len(set(ids))
    assert len(set(names)) > 0.9 * len(names)


def test_no_message_ends_in_a_full_stop_since_the_value_follows_it(shapes: Shapes) -> None:
    for info in full_catalogue(shapes):
        assert not info.message.endswith("."), info.id
        assert info.description.endswith((".", "…", "#address.", "#imdb.")), info.id


def test_the_placeholders_of_a_message_are_variables_of_its_query(shapes: Shapes) -> None:
    for rule in shapes.rules:
        projected = rule.query[rule.query.rindex("SELECT") : rule.query.index("WHERE")]
        for name in re.findall(r"\{\?(\w+)\}", rule.info.message):
            assert f"?{name}" in projected, (rule.info.id, name)


@pytest.mark.parametrize("refused", ["VALUES", "MINUS", "SERVICE", "NOT EXISTS", "Duration"])
def test_no_rule_uses_what_engines_refuse_or_get_wrong(shapes: Shapes, refused: str) -> None:
    """VALUES, MINUS and SERVICE are refused in sh:sparql; NOT EXISTS over paths is quadratic; sums with durations go missing."""
    assert [rule.info.id for rule in shapes.rules if re.search(rf"\b{refused}|\w{refused}", rule.query)] == []


def test_no_pattern_repeats_a_repetition(shapes: Shapes) -> None:
    """A repetition without limit inside another one can take forever on a text made for it."""
    patterns = {str(each) for each in shapes.core_graph.objects(None, _SH.pattern)}
    assert len(patterns) > 20
    nested = re.compile(r"\([^()]*[+*][^()]*\)[+*]")
    assert [each for each in patterns if nested.search(each)] == []
    assert nested.search("^(a+)+$")


def test_shapes_hold_only_core_constraints_and_one_node_of_the_catalogue(shapes: Shapes) -> None:
    for predicate in (_SH.sparql, _SH.js, _SH.rule, _SH.target, _SH.expression):
        assert list(shapes.core_graph.subjects(predicate)) == []
    imports = URIRef("http://www.w3.org/2002/07/owl#imports")
    assert list((shapes.core_graph + shapes.rules_graph).subjects(imports)) == []


def test_the_shapes_are_valid_shacl(shapes: Shapes) -> None:
    """The shapes of shapes (https://www.w3.org/TR/shacl/#shacl-shacl) find nothing to complain about."""
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes.core_graph + shapes.rules_graph, meta_shacl=True)
    assert conforms, text


def test_the_page_of_rules_is_up_to_date(shapes: Shapes) -> None:
    written = (_ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert written == rules_markdown(full_catalogue(shapes))


def _merged(paths: list[Path], read_case: Callable[[Path], Any], vocabulary: Vocabulary) -> Facts:
    """Several cases as one catalogue. They share IRIs, so that the rules find more in them than in each alone."""
    cases = [read_case(path) for path in paths]
    published = {triple for case in cases for triple in case.published}
    return Facts.of(published, {triple for case in cases for triple in case.texts}, vocabulary)


def _ask_pyshacl(shapes: Shapes, graph: Graph) -> set[tuple[str, str]]:
    _, results, _ = pyshacl.validate(graph, shacl_graph=shapes.rules_graph, inference="none", inplace=True)
    assert isinstance(results, Graph)
    return {
        (str(results.value(each, _SH.sourceShape)).removeprefix(SHAPES), str(results.value(each, _SH.value)))
        for each in results.subjects(RDF.type, _SH.ValidationResult)
    }


@pytest.mark.parametrize("paths", _BATCHES, ids=lambda paths: f"from-{paths[0].stem}")
def test_pyshacl_and_oxigraph_find_the_same_culprits(
    paths: list[Path], shapes: Shapes, vocabulary: Vocabulary, read_case: Callable[[Path], Any]
) -> None:
    # The vocabulary is left to the concepts in use: rdflib would take minutes over the whole.
    merged = _merged(paths, read_case, vocabulary)
    facts = Facts.of({*merged.published, *merged.texts, *merged.used_concepts}, (), replace(vocabulary, triples=()))
    graph = Graph()
    for each in facts.published:
        graph.add((to_rdflib(each.subject), to_rdflib(each.predicate), to_rdflib(each.object)))
    found: list[Finding] = [finding for rule in shapes.rules for finding in run_rule(rule, facts.store)]
    culprits = {(finding.rule, finding.focus_iri or "") for finding in found}
    assert culprits == _ask_pyshacl(shapes, graph)
    assert culprits
