"""The data dictionary: what the shapes (`shapes/`) and our own terms (`ontology/`) say of each class and its properties."""

from __future__ import annotations

import enum
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from filmgraph.dictionary_shapes import Node, ShapeGraph, read_shape_graph
from filmgraph.findings import Severity
from filmgraph.namespaces import DCTERMS, FG, RDFS, SCHEMA, SH, SHAPES
from filmgraph.vocabulary import Vocabulary

__all__ = ["Dictionary", "DictionaryClass", "DictionaryField", "DictionaryRule", "FieldPath", "PathForm", "load_dictionary"]

#: What aims at more classes than this says what they share, and nothing of one of them.
_OWN_CLASSES: Final = 2
_FOUND_PATH: Final = re.compile(r"BIND\((\S+)\s+AS\s+\?path\)")
#: What a query says of the thing that it finds: predicates and objects, up to the end of the sentence.
_SAID: Final = re.compile(r"\?value\s+([a-z]+:\w+\s[^.{}]*|a\s[^.{}]*)")


class PathForm(enum.Enum):
    """The property paths that our shapes use (https://www.w3.org/TR/shacl/#property-paths)."""

    ONE = "one"
    INVERSE = "inverse"
    ANY_OF = "any-of"
    CHAIN = "chain"


@dataclass(frozen=True, slots=True)
class FieldPath:
    """How a value is reached: by one property, one the other way, any of several, or one after the other."""

    form: PathForm
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DictionaryRule:
    """A rule that checks something: its id (`Movie-name`), the number of its requirement or "", and what it asks, in English."""

    id: str
    number: str
    severity: Severity
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class DictionaryField:
    """One property of a class.

    `name` and `description` are those of the first rule, or of the term. `types` are the datatypes and classes that a value may
    be of, `choices` the values of a closed list. There are `least` to `most` values, None for any number; `is_expected` says that
    a missing one is reported without stopping a release, and `is_per_language` that there is one in each language at most.
    """

    path: FieldPath
    name: str
    description: str
    types: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None
    is_expected: bool = False
    is_per_language: bool = False
    rules: tuple[DictionaryRule, ...] = ()


@dataclass(frozen=True, slots=True)
class DictionaryClass:
    """What is said of the things of a class, or where `iri` is empty of whatever has one of the properties `having`."""

    iri: str
    having: tuple[str, ...]
    label: str
    comment: str
    fields: tuple[DictionaryField, ...]
    rules: tuple[DictionaryRule, ...]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """All classes, and the rules that look at more than one thing."""

    classes: tuple[DictionaryClass, ...]
    rules: tuple[DictionaryRule, ...]


def load_dictionary(vocabulary: Vocabulary) -> Dictionary:
    """Read the shipped shapes, and of the vocabulary what no shape speaks of. VocabularyError names a file that is broken."""
    graph = read_shape_graph()
    wide = list(_wide_rules(graph))
    drafts = _draft(graph)
    _add_terms(drafts, vocabulary)
    classes = tuple(each.finish(wide) for each in drafts.values())
    return Dictionary(classes, tuple(each.rule for each in wide))


@dataclass(frozen=True, slots=True)
class _WideRule:
    """A rule across records: the property that it finds wrong, and of what, by the classes and properties in its query."""

    rule: DictionaryRule
    path: str
    classes: frozenset[str]
    properties: frozenset[str]

    def checks(self, draft: _Draft, path: FieldPath) -> bool:
        if path.properties != (self.path,) or (self.classes and draft.iri not in self.classes):
            return False
        return bool(self.classes) or self.properties <= {each for known in draft.fields for each in known.properties}


@dataclass(slots=True)
class _Draft:
    """A class while its shapes are gathered."""

    iri: str
    having: tuple[str, ...]
    label: str = ""
    comment: str = ""
    rules: list[DictionaryRule] = field(default_factory=list)
    fields: dict[FieldPath, list[DictionaryField]] = field(default_factory=lambda: defaultdict(list))

    def finish(self, wide: Sequence[_WideRule]) -> DictionaryClass:
        merged = [_merge(each) for each in self.fields.values()]
        checked = [(each, [rule.rule for rule in wide if rule.checks(self, each.path)]) for each in merged]
        fields = tuple(_with_rules(each, rules) for each, rules in checked)
        return DictionaryClass(self.iri, self.having, self.label, self.comment, fields, tuple(self.rules))


def _draft(graph: ShapeGraph) -> dict[tuple[str, ...], _Draft]:
    """Gather the shapes by what they aim at: a class, or whatever has one of some properties."""
    drafts: dict[tuple[str, ...], _Draft] = {}
    shapes = [each for each in graph.of_type(SH.NodeShape) if not graph.values(each, SH.targetNode)]
    loose = {tuple(sorted(graph.iris(each, SH.targetSubjectsOf))) for each in shapes} - {()}
    for shape in shapes:
        for class_iri in graph.iris(shape, SH.targetClass):
            _add_shape(drafts.setdefault((class_iri,), _Draft(class_iri, ())), graph, shape)
        having = tuple(sorted(graph.iris(shape, SH.targetSubjectsOf)))
        if having:
            # What aims at fewer properties speaks of the same things.
            widest = max((each for each in loose if set(having) <= set(each)), key=len)
            _add_shape(drafts.setdefault(("", *widest), _Draft("", widest)), graph, shape)
    return drafts


def _add_shape(draft: _Draft, graph: ShapeGraph, shape: Node) -> None:
    if graph.values(shape, SH.severity):
        draft.rules.append(_to_rule(graph, shape))
    elif len(list(graph.iris(shape, SH.targetClass))) <= _OWN_CLASSES:
        draft.label = draft.label or graph.text(shape, RDFS.label)
        draft.comment = draft.comment or graph.text(shape, RDFS.comment)
    for found in graph.values(shape, SH.property):
        each = _to_field(graph, found)
        draft.fields[each.path].append(each)


def _to_rule(graph: ShapeGraph, shape: Node) -> DictionaryRule:
    return DictionaryRule(
        id=graph.name_of(shape).removeprefix(SHAPES),
        number=graph.text(shape, DCTERMS.identifier),
        severity=next(each for each in Severity if [each.iri] == list(graph.iris(shape, SH.severity))),
        name=graph.text(shape, SH.name) or graph.text(shape, RDFS.label),
        description=graph.text(shape, SH.description) or graph.text(shape, RDFS.comment),
    )


def _to_field(graph: ShapeGraph, shape: Node) -> DictionaryField:
    rule = _to_rule(graph, shape)
    least = max(graph.number(shape, SH.minCount) or 0, graph.number(shape, SH.qualifiedMinCount) or 0)
    is_violation = rule.severity is Severity.VIOLATION
    return DictionaryField(
        path=_to_path(graph, shape),
        name=rule.name,
        description=rule.description,
        types=tuple(_types(graph, shape)),
        choices=graph.members(shape, SH.in_),
        least=least if is_violation else 0,
        most=graph.number(shape, SH.maxCount),
        is_expected=bool(least) and not is_violation,
        is_per_language=graph.text(shape, SH.uniqueLang) == "true",
        rules=(rule,),
    )


def _types(graph: ShapeGraph, shape: Node) -> Iterator[str]:
    """Yield the datatypes and classes that a shape allows, those of its alternatives (`sh:or`) too."""
    yield from graph.iris(shape, SH.datatype)
    yield from graph.iris(shape, SH.term("class"))
    for each in graph.list_nodes(shape, SH.or_):
        yield from _types(graph, each)


def _to_path(graph: ShapeGraph, shape: Node) -> FieldPath:
    (path,) = graph.values(shape, SH.path)
    name = graph.name_of(path)
    if name:
        return FieldPath(PathForm.ONE, (name,))
    if inverse := list(graph.iris(path, SH.inversePath)):
        return FieldPath(PathForm.INVERSE, tuple(inverse))
    if several := graph.members(path, SH.alternativePath):
        return FieldPath(PathForm.ANY_OF, several)
    return FieldPath(PathForm.CHAIN, graph.members_of(path))


def _merge(fields: Sequence[DictionaryField]) -> DictionaryField:
    """Return what several shapes say of one property."""
    first = fields[0]
    limits = [each.most for each in fields if each.most is not None]
    return DictionaryField(
        path=first.path,
        name=first.name,
        description=first.description,
        types=tuple(dict.fromkeys(each for one in fields for each in one.types)),
        choices=tuple(dict.fromkeys(each for one in fields for each in one.choices)),
        least=max(each.least for each in fields),
        most=min(limits) if limits else None,
        is_expected=any(each.is_expected for each in fields),
        is_per_language=any(each.is_per_language for each in fields),
        rules=tuple(dict.fromkeys(rule for each in fields for rule in each.rules)),
    )


def _with_rules(each: DictionaryField, rules: Iterable[DictionaryRule]) -> DictionaryField:
    return _merge((each, DictionaryField(each.path, "", "", rules=tuple(rules))))


def _wide_rules(graph: ShapeGraph) -> Iterator[_WideRule]:
    """Yield the rules across records: each is one query, which says where it looks."""
    for shape in graph.of_type(SH.NodeShape):
        for constraint in graph.values(shape, SH.sparql):
            query = graph.text(constraint, SH.select)
            path = next(iter(_FOUND_PATH.findall(query)), "")
            said = [each.split() for sentence in _SAID.findall(query) for each in sentence.split(";") if each.strip()]
            classes = frozenset(graph.expand(each[1]) for each in said if each[0] == "a")
            properties = frozenset(iri for each in said if (iri := graph.expand(each[0])))
            yield _WideRule(_to_rule(graph, shape), graph.expand(path), classes, properties)


def _add_terms(drafts: dict[tuple[str, ...], _Draft], vocabulary: Vocabulary) -> None:
    """Add the properties of ours that belong to a class by their definition and that no shape speaks of."""
    found = {each.subject.value for each in vocabulary.triples if hasattr(each.subject, "value")}
    for iri in sorted(each for each in found if each.startswith(FG)):
        values: Mapping[str, list[str]] = _values(vocabulary, iri)
        for class_iri in values.get(SCHEMA.domainIncludes, ()):
            draft = drafts.setdefault((class_iri,), _Draft(class_iri, ()))
            path = FieldPath(PathForm.ONE, (iri,))
            if path not in draft.fields:
                types = tuple(values.get(SCHEMA.rangeIncludes, ()))
                draft.fields[path].append(DictionaryField(path, vocabulary.term_label(iri) or "", "", types))


def _values(vocabulary: Vocabulary, iri: str) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each in vocabulary.concept_triples(iri):
        if hasattr(each.object, "value"):
            found[each.predicate.value].append(each.object.value)
    return found
