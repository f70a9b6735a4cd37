"""Compiles the core shapes to Python (see `validation_local`).

Only those constraints are compiled that `shapes/` uses; another one is an error, never passed over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from filmgraph.errors import VocabularyError
from filmgraph.namespaces import SH, SHAPES
from filmgraph.validation_local import Complaint, Conforms, Constraint, LocalFacts, LocalShapes, Target, Values
from filmgraph.validation_shapes import RuleInfo, Shapes
from filmgraph.validation_terms import Term, find_test, is_in_order, key_of, language_of

__all__ = ["compile_shapes"]

_SH = Namespace(SH)
#: Parameters that are read together with another, or that say whom a shape is for and what it is called.
_SILENT = frozenset(
    {
        *(_SH[each] for each in ("path", "property", "targetClass", "targetSubjectsOf", "qualifiedMinCount")),
        *(_SH[each] for each in ("severity", "message", "name", "description")),
        RDF.type,
    }
)

_OTHER_TARGETS = tuple(_SH[each] for each in ("target", "targetNode", "targetObjectsOf"))


@lru_cache(maxsize=4)
def compile_shapes(shapes: Shapes) -> LocalShapes:
    """Compile the core shapes, once for the same object; VocabularyError names the shape that says what is not compiled here."""
    infos = {info.id: info for info in shapes.core_catalogue}
    graph = shapes.engine_graph
    for parameter in _OTHER_TARGETS:
        for node in graph.subjects(parameter):
            raise VocabularyError(f"the shape {_name(node)} has <{parameter}>: aim it with sh:targetClass or sh:targetSubjectsOf")
    nodes = {*graph.subjects(_SH.targetClass), *graph.subjects(_SH.targetSubjectsOf)}
    return LocalShapes(tuple(_compile_target(graph, node, infos) for node in sorted(nodes, key=str)))


def _compile_target(graph: Graph, node: Node, infos: Mapping[str, RuleInfo]) -> Target:
    own = [each for each in (_compile_own(graph, node, infos),) if each is not None]
    constraints = [
        constraint
        for each in sorted(graph.objects(node, _SH.property), key=str)
        if (constraint := _compile_property(graph, each, infos)) is not None
    ]
    by_property: defaultdict[str, list[Constraint]] = defaultdict(list)
    for each in constraints:
        if each.path_iri is not None and not each.is_about_absence:
            by_property[each.path_iri].append(each)
    return Target(
        class_iris=tuple(sorted(map(str, graph.objects(node, _SH.targetClass)))),
        subjects_of=tuple(sorted(map(str, graph.objects(node, _SH.targetSubjectsOf)))),
        own=tuple(own),
        by_property={predicate: tuple(each) for predicate, each in by_property.items()},
        always=tuple(each for each in constraints if each.path_iri is None or each.is_about_absence),
    )


def _compile_own(graph: Graph, node: Node, infos: Mapping[str, RuleInfo]) -> Constraint | None:
    test = _compile_test(graph, node)
    if test is None:
        return None
    info = _need_info(node, infos)
    return Constraint(info, None, lambda key, facts: (), test, None, is_about_absence=False)


def _compile_property(graph: Graph, node: Node, infos: Mapping[str, RuleInfo]) -> Constraint | None:
    path = graph.value(node, _SH.path)
    if path is None:
        raise VocabularyError(f"the shape {_name(node)} has no sh:path")
    complaints = tuple(_iter_complaints(graph, node))
    return Constraint(
        info=_need_info(node, infos),
        path_iri=str(path) if isinstance(path, URIRef) else None,
        values=_compile_path(graph, path),
        test=_compile_test(graph, node),
        complaint=_any_complaint(complaints) if complaints else None,
        is_about_absence=any((node, _SH[each], None) in graph for each in ("minCount", "qualifiedMinCount")),
    )


def _any_complaint(complaints: Sequence[Complaint]) -> Complaint:
    if len(complaints) == 1:
        return complaints[0]
    first, rest = complaints[0], _any_complaint(complaints[1:])
    return lambda key, values, facts: first(key, values, facts) or rest(key, values, facts)


def _need_info(node: Node, infos: Mapping[str, RuleInfo]) -> RuleInfo:
    info = infos.get(str(node).removeprefix(SHAPES))
    if info is None:
        raise VocabularyError(f"the shape {_name(node)} asks for something and has no severity and message: add them")
    return info


def _compile_path(graph: Graph, path: Node) -> Values:
    """Return what follows a path (https://www.w3.org/TR/shacl/#property-paths); no value comes twice."""
    if isinstance(path, URIRef):
        predicate = str(path)
        return lambda key, facts: facts.values(key, predicate)
    inverse = graph.value(path, _SH.inversePath)
    if isinstance(inverse, URIRef):
        predicate = str(inverse)
        return lambda key, facts: [_node(each) for each in facts.subjects(predicate, key)]
    alternatives = graph.value(path, _SH.alternativePath)
    if alternatives is not None:
        steps = [_compile_path(graph, each) for each in Collection(graph, alternatives)]
        return lambda key, facts: list(dict.fromkeys(value for step in steps for value in step(key, facts)))
    if (path, RDF.first, None) in graph:
        return _follow([_compile_path(graph, each) for each in Collection(graph, path)])
    raise VocabularyError(
        "a path of the shapes is neither a property, nor its inverse, nor alternatives, nor a sequence of these"
    )


def _follow(steps: list[Values]) -> Values:
    def values(key: str, facts: LocalFacts) -> Sequence[Term]:
        keys: list[str] = [key]
        found: list[Term] = []
        for step in steps:
            found = list(dict.fromkeys(value for each in keys for value in step(each, facts)))
            keys = [key_of(each) for each in found if not isinstance(each, Literal)]
        return found

    return values


def _node(key: str) -> Term:
    return BlankNode(key[2:]) if key.startswith("_:") else NamedNode(key)


def _compile_test(graph: Graph, node: Node) -> Conforms | None:
    """Return what each single value of a shape must pass; None where it asks nothing of the single value."""
    tests = [
        _compile_one(graph, node, predicate, value)
        for predicate, value in sorted(graph.predicate_objects(node))
        if predicate not in _SILENT and predicate not in _TOGETHER
    ]
    return _all_of(tests) if tests else None


def _all_of(tests: Sequence[Conforms]) -> Conforms:
    """Join tests; two at a time, because a generator costs more than most tests do."""
    if len(tests) == 1:
        return tests[0]
    first, rest = tests[0], _all_of(tests[1:])
    return lambda term, key, facts: first(term, key, facts) and rest(term, key, facts)


def _any_of(tests: Sequence[Conforms]) -> Conforms:
    if len(tests) == 1:
        return tests[0]
    first, rest = tests[0], _any_of(tests[1:])
    return lambda term, key, facts: first(term, key, facts) or rest(term, key, facts)


def _compile_one(graph: Graph, node: Node, predicate: Node, value: Node) -> Conforms:
    if predicate == _SH["or"]:
        return _any_of([_need_test(graph, each) for each in Collection(graph, value)])
    if predicate == _SH["not"]:
        unwanted = _need_test(graph, value)
        return lambda term, key, facts: not unwanted(term, key, facts)
    if predicate == _SH["class"]:
        class_iri = str(value)
        return lambda term, _, facts: facts.is_a(term, facts.with_subclasses(class_iri))
    if predicate in _IN_ORDER:
        other, may_be_equal = str(value), _IN_ORDER[predicate]
        return lambda term, key, facts: all(
            is_in_order(term, each, may_be_equal=may_be_equal) for each in facts.values(key, other)
        )
    members = list(Collection(graph, value)) if predicate in (_SH["in"], _SH.languageIn) else [value]
    try:
        test = find_test(str(predicate).removeprefix(SH), members)
    except (ValueError, KeyError, re.error) as error:
        raise VocabularyError(f"the shape {_name(node)} cannot be run, its <{predicate}> is wrong: {error}") from error
    if test is None:
        raise VocabularyError(f"the shape {_name(node)} uses <{predicate}>, which validation_local does not know: add it there")
    return lambda term, _, __: test(term)


def _need_test(graph: Graph, node: Node) -> Conforms:
    if (node, _SH.path, None) in graph or (node, _SH.property, None) in graph:
        raise VocabularyError("a shape inside sh:or, sh:not or sh:qualifiedValueShape may only speak of the value itself")
    test = _compile_test(graph, node)
    if test is None:
        raise VocabularyError("a shape inside sh:or, sh:not or sh:qualifiedValueShape is empty")
    return test


def _iter_complaints(graph: Graph, node: Node) -> Iterator[Complaint]:
    """Yield the constraints on all values of a property together; each returns whether they are wrong."""
    for predicate, make in _TOGETHER.items():
        for value in graph.objects(node, predicate):
            yield make(graph, node, value)


def _to_number(node: Node, value: Node | None) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise VocabularyError(f"the shape {_name(node)} cannot be run: {value} is no number of values") from None


def _at_least(_: Graph, node: Node, value: Node) -> Complaint:
    least = _to_number(node, value)
    return lambda key, values, facts: len(values) < least


def _at_most(_: Graph, node: Node, value: Node) -> Complaint:
    most = _to_number(node, value)
    return lambda key, values, facts: len(values) > most


def _one_in_each_language(_: Graph, __: Node, value: Node) -> Complaint:
    if str(value) != "true":
        return lambda key, values, facts: False

    def has_two(_: str, values: Sequence[Term], __: LocalFacts) -> bool:
        languages = [language for each in values if (language := language_of(each))]
        return len(languages) != len(set(languages))

    return has_two


def _enough_of_a_kind(graph: Graph, node: Node, value: Node) -> Complaint:
    test, least = _need_test(graph, value), _to_number(node, graph.value(node, _SH.qualifiedMinCount))
    return lambda key, values, facts: sum(test(each, key, facts) for each in values) < least


#: Whether equal values are in order too.
_IN_ORDER: dict[Node, bool] = {_SH.lessThan: False, _SH.lessThanOrEquals: True}
_TOGETHER: dict[Node, Callable[[Graph, Node, Node], Complaint]] = {
    _SH.minCount: _at_least,
    _SH.maxCount: _at_most,
    _SH.uniqueLang: _one_in_each_language,
    _SH.qualifiedValueShape: _enough_of_a_kind,
}


def _name(node: Node) -> str:
    return str(node).removeprefix(SHAPES)
