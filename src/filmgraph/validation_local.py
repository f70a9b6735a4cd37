"""Holds things to the core shapes, one thing at a time, in Python.

pySHACL takes minutes over 100,000 triples, and days over millions. All core shapes of ours are local: what they say of a thing
depends on its own triples, on the classes of what it names, and seldom on one step more. So one walk over the things does, and a
part of them can be held to the shapes alone. pySHACL is the reference: it must find the same, which the tests and a benchmark see
to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from filmgraph.findings import Finding
from filmgraph.namespaces import RDF, RDFS
from filmgraph.validation_rules import show
from filmgraph.validation_shapes import RuleInfo
from filmgraph.validation_terms import Term, key_of

__all__ = ["Complaint", "Conforms", "Constraint", "LocalFacts", "LocalShapes", "Target", "Values"]

_TYPE = RDF.type
_SUBCLASS = RDFS.term("subClassOf")
# A tuple: `isinstance` takes three times as long over a union.
_TERMS = (NamedNode, Literal, BlankNode)

#: The values that follow a path from a thing; each comes once.
Values = Callable[[str, "LocalFacts"], Sequence[Term]]
#: Whether a value of a thing is right.
Conforms = Callable[[Term, str, "LocalFacts"], bool]
#: Whether all values of a thing together are wrong.
Complaint = Callable[[str, Sequence[Term], "LocalFacts"], bool]


class LocalFacts:
    """Triples by subject and property, and the classes of things. A blank node is known by `_:` and its label.

    `blank` are the triples that hold blank nodes.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Hold the triples; each must come once."""
        self.things: dict[str, dict[str, list[Term]]] = {}
        self.blank: list[Triple] = []
        self._subclasses: defaultdict[str, set[str]] = defaultdict(set)
        self._closures: dict[str, frozenset[str]] = {}
        self._classes: dict[str, frozenset[str]] = {}
        things, kept = self.things, dict[str, str]()
        for triple in triples:
            subject, name, value = triple.subject, triple.predicate.value, triple.object
            if not isinstance(value, _TERMS):
                raise TypeError(f"{value} is no term of a plain triple")
            key = key_of(subject)
            properties = things.setdefault(key, {})
            if name in properties:
                properties[name].append(value)
            else:
                # The same few properties, a million times: one string each.
                properties[kept.setdefault(name, name)] = [value]
            if isinstance(value, BlankNode) or isinstance(subject, BlankNode):
                self.blank.append(triple)
            if name == _SUBCLASS:
                self._subclasses[key_of(value)].add(key)
        self._subjects: dict[str, dict[str, list[str]]] = {}

    def values(self, key: str, predicate: str) -> list[Term]:
        """Return the values of a property of a thing."""
        return self.things.get(key, {}).get(predicate, [])

    def subjects(self, predicate: str, key: str) -> list[str]:
        """Return the things that have a thing as the value of a property."""
        if predicate not in self._subjects:
            index = self._subjects[predicate] = {}
            for subject, properties in self.things.items():
                for value in properties.get(predicate, ()):
                    if not isinstance(value, Literal):
                        index.setdefault(key_of(value), []).append(subject)
        return self._subjects[predicate].get(key, [])

    def is_a(self, term: Term, class_iris: frozenset[str]) -> bool:
        """Return whether a thing has one of the classes."""
        return not isinstance(term, Literal) and not class_iris.isdisjoint(self.classes(key_of(term)))

    def classes(self, key: str) -> frozenset[str]:
        """Return the classes of a thing, as the triples name them."""
        found = self._classes.get(key)
        if found is None:
            types = self.values(key, _TYPE)
            found = self._classes[key] = frozenset(key_of(each) for each in types if not isinstance(each, Literal))
        return found

    def with_subclasses(self, class_iri: str) -> frozenset[str]:
        """Return a class and all that the triples call its subclasses, directly or not."""
        if class_iri not in self._closures:
            found, fresh = {class_iri}, {class_iri}
            while fresh:
                fresh = {each for known in fresh for each in self._subclasses.get(known, ())} - found
                found |= fresh
            self._closures[class_iri] = frozenset(found)
        return self._closures[class_iri]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One shape with a rule of its own, compiled.

    `path_iri` is its property where the path is that simple. Each value must pass `test`; `complaint` looks at all values
    together. `is_about_absence` tells whether no value at all can be wrong.
    """

    info: RuleInfo
    path_iri: str | None
    values: Values
    test: Conforms | None
    complaint: Complaint | None
    is_about_absence: bool


@dataclass(frozen=True, slots=True)
class Target:
    """A node shape: the classes and properties of the things that it is for, and what it asks of them."""

    class_iris: tuple[str, ...]
    subjects_of: tuple[str, ...]
    own: tuple[Constraint, ...]
    by_property: Mapping[str, tuple[Constraint, ...]]
    always: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class LocalShapes:
    """The core shapes, ready to hold things to."""

    targets: tuple[Target, ...]

    def find(self, facts: LocalFacts, keys: Iterable[str] | None = None) -> Iterator[Finding]:
        """Yield what is wrong with the things of `keys`, by default with all; the order is that of the things."""
        by_class: defaultdict[str, list[Target]] = defaultdict(list)
        by_property: defaultdict[str, list[Target]] = defaultdict(list)
        for target in self.targets:
            for class_iri in {each for own in target.class_iris for each in facts.with_subclasses(own)}:
                by_class[class_iri].append(target)
            for predicate in target.subjects_of:
                by_property[predicate].append(target)
        # Things of the same classes, with the same telling properties, meet the same shapes.
        met: dict[tuple[frozenset[str], frozenset[str]], tuple[Target, ...]] = {}
        for key in facts.things if keys is None else keys:
            properties = facts.things.get(key, {})
            kind = (facts.classes(key), frozenset(by_property.keys() & properties.keys()))
            if kind not in met:
                named = (by_class.get(each, ()) for each in kind[0])
                having = (by_property[each] for each in kind[1])
                met[kind] = tuple({id(each): each for targets in (*named, *having) for each in targets}.values())
            for target in met[kind]:
                yield from _hold(target, key, properties, facts)


def _hold(target: Target, key: str, properties: Mapping[str, list[Term]], facts: LocalFacts) -> Iterator[Finding]:
    if target.own:
        node = BlankNode(key[2:]) if key.startswith("_:") else NamedNode(key)
        for constraint in target.own:
            if constraint.test is not None and not constraint.test(node, key, facts):
                yield _to_finding(constraint, key, None)
    for constraint in target.always:
        yield from _check(constraint, key, constraint.values(key, facts), facts)
    for predicate, values in properties.items():
        for constraint in target.by_property.get(predicate, ()):
            yield from _check(constraint, key, values, facts)


def _check(constraint: Constraint, key: str, values: Sequence[Term], facts: LocalFacts) -> Iterable[Finding]:
    """Return what is wrong. Mostly nothing is, and that is seen faster than a generator is made."""
    complaint, test = constraint.complaint, constraint.test
    if complaint is not None and complaint(key, values, facts):
        return _tell(constraint, key, values, facts)
    if test is not None:
        for value in values:
            if not test(value, key, facts):
                return _tell(constraint, key, values, facts)
    return ()


def _tell(constraint: Constraint, key: str, values: Sequence[Term], facts: LocalFacts) -> Iterator[Finding]:
    if constraint.complaint is not None and constraint.complaint(key, values, facts):
        yield _to_finding(constraint, key, None)
    if constraint.test is not None:
        for value in values:
            if not constraint.test(value, key, facts):
                yield _to_finding(constraint, key, value.value)


def _to_finding(constraint: Constraint, key: str, shown: str | None) -> Finding:
    info = constraint.info
    return Finding(
        rule=info.id,
        severity=info.severity,
        message=f"{info.message}." if shown is None else f"{info.message} (found {show(shown)!r}).",
        focus_iri=key.removeprefix("_:"),
        path_iri=constraint.path_iri,
        value=shown,
    )
