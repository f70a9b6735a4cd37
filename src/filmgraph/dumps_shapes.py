"""What the shapes say of a property: what people call it, what it means, of which kind its values are and how many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from filmgraph.errors import VocabularyError
from filmgraph.namespaces import SCHEMA, SH
from filmgraph.resources import find_shapes_path, list_shape_files

__all__ = ["PropertyShape", "ShapeIndex", "load_property_shapes"]

_FIRST_SEVERITY = SH.Violation
_Nodes = Mapping[str, Mapping[str, list[NamedNode | Literal]]]


@dataclass(frozen=True, slots=True)
class PropertyShape:
    """One property on things of one class. `datatypes` are IRIs; `is_one` says that a thing has at most one value."""

    property_iri: str
    title: str
    meaning: str
    datatypes: frozenset[str]
    is_one: bool
    is_thing: bool


@dataclass(frozen=True, slots=True)
class ShapeIndex:
    """The shapes by the class that they are for, in the order of their files."""

    by_class: Mapping[str, tuple[PropertyShape, ...]]

    def for_classes(self, class_iris: Iterable[str]) -> dict[str, PropertyShape]:
        """Return the shapes of things of these classes, by property."""
        found: dict[str, PropertyShape] = {}
        for class_iri in class_iris:
            for shape in self.by_class.get(class_iri, ()):
                found.setdefault(shape.property_iri, shape)
        return found

    def for_parts(self, property_iri: str) -> PropertyShape | None:
        """Return the shape of a property on a part of a thing, such as an address."""
        return self.for_classes((SCHEMA.PostalAddress,)).get(property_iri)


def load_property_shapes(path: Path | None = None) -> ShapeIndex:
    """Read every Turtle file in `path`, by default the shipped `shapes/`; VocabularyError names one that cannot be read."""
    nodes: defaultdict[str, defaultdict[str, list[NamedNode | Literal]]] = defaultdict(lambda: defaultdict(list))
    for triple in _read(path or find_shapes_path()):
        if isinstance(triple.object, NamedNode | Literal):
            nodes[str(triple.subject)][triple.predicate.value].append(triple.object)
    by_class: defaultdict[str, dict[str, PropertyShape]] = defaultdict(dict)
    for node in list(nodes.values()):
        shapes = _merge(_iter_property_shapes(node, nodes))
        for target in node.get(SH.targetClass, ()):
            by_class[target.value].update({iri: shape for iri, shape in shapes.items() if iri not in by_class[target.value]})
    return ShapeIndex({iri: tuple(each.values()) for iri, each in by_class.items()})


def _read(path: Path) -> Iterator[Triple]:
    for file in list_shape_files(path):
        try:
            yield from (quad.triple for quad in parse(file.read_bytes(), format=RdfFormat.TURTLE))
        except (OSError, SyntaxError) as error:
            raise VocabularyError(f"{file} cannot be read as Turtle: {error}") from error


def _iter_property_shapes(node: Mapping[str, list[NamedNode | Literal]], nodes: _Nodes) -> Iterator[PropertyShape]:
    """Yield the shapes that forbid before those that advise: their titles name the property."""
    named = [nodes[str(each)] for each in node.get(SH.property, ()) if str(each) in nodes]
    for each in sorted(named, key=lambda shape: _value(shape, SH.severity) != _FIRST_SEVERITY):
        path = next(iter(each.get(SH.path, ())), None)
        if isinstance(path, NamedNode):
            yield PropertyShape(
                property_iri=path.value,
                title=_value(each, SH.name),
                meaning=_value(each, SH.description),
                datatypes=frozenset(value.value for value in each.get(SH.datatype, ())),
                is_one=_value(each, SH.maxCount) == "1",
                is_thing="/id/" in _value(each, SH.pattern),
            )


def _merge(shapes: Iterable[PropertyShape]) -> dict[str, PropertyShape]:
    found: dict[str, PropertyShape] = {}
    for shape in shapes:
        found.setdefault(shape.property_iri, shape)
    return found


def _value(node: Mapping[str, list[NamedNode | Literal]], predicate: str) -> str:
    return next((each.value for each in node.get(predicate, ())), "")
