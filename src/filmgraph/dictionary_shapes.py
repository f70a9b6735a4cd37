"""The shapes as a graph in memory, looked through node by node; for people to read, where `validation` runs them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from filmgraph.errors import VocabularyError
from filmgraph.namespaces import PREFIXES, RDF
from filmgraph.resources import list_shape_files

__all__ = ["Node", "ShapeGraph", "read_shape_graph"]

Node: TypeAlias = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True, eq=False)
class ShapeGraph:
    """All triples of the shapes, by subject and predicate, in the order of the files."""

    _values: Mapping[Node, Mapping[str, list[Node]]]

    def of_type(self, class_iri: str) -> Iterator[Node]:
        """Yield the nodes of a class."""
        wanted = NamedNode(class_iri)
        return (each for each, values in self._values.items() if wanted in values.get(RDF.type, ()))

    def values(self, node: Node, predicate: str) -> list[Node]:
        """Return the values of a property of a node."""
        return list(self._values.get(node, {}).get(predicate, ()))

    def iris(self, node: Node, predicate: str) -> Iterator[str]:
        """Yield those values that are IRIs."""
        return (each.value for each in self.values(node, predicate) if isinstance(each, NamedNode))

    def text(self, node: Node, predicate: str) -> str:
        """Return the first text that is a value; empty when there is none."""
        return next((each.value for each in self.values(node, predicate) if isinstance(each, Literal)), "")

    def number(self, node: Node, predicate: str) -> int | None:
        """Return the whole number that is the value, if there is one."""
        text = self.text(node, predicate)
        return int(text) if text else None

    def list_nodes(self, node: Node, predicate: str) -> Iterator[Node]:
        """Yield the members of the list that is the value."""
        for each in self.values(node, predicate):
            yield from self._walk(each)

    def members(self, node: Node, predicate: str) -> tuple[str, ...]:
        """Return the members of the list that is the value, as IRIs or texts."""
        return tuple(map(self.name_of, self.list_nodes(node, predicate)))

    def members_of(self, node: Node) -> tuple[str, ...]:
        """Return the members of a list, as IRIs or texts."""
        return tuple(map(self.name_of, self._walk(node)))

    def _walk(self, node: Node) -> Iterator[Node]:
        while first := self.values(node, RDF.first):
            yield first[0]
            (node,) = self.values(node, RDF.rest)

    @staticmethod
    def name_of(node: Node) -> str:
        """Return an IRI or a text; empty for a node without a name."""
        return node.value if isinstance(node, NamedNode | Literal) else ""

    @staticmethod
    def expand(name: str) -> str:
        """Return the IRI of a prefixed name that a query uses; empty for what is none."""
        prefix, colon, local = name.partition(":")
        return PREFIXES[prefix].term(local) if colon and prefix in PREFIXES else ""


def read_shape_graph(folder: Path | None = None) -> ShapeGraph:
    """Read the files of shapes in `folder`, by default the shipped ones; VocabularyError names the one that does not parse."""
    values: defaultdict[Node, defaultdict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
    for file in list_shape_files(folder):
        try:
            for quad in parse(file.read_bytes(), format=RdfFormat.TURTLE):
                values[quad.subject][quad.predicate.value].append(quad.object)
        except (OSError, SyntaxError, ValueError) as error:
            raise VocabularyError(f"{file} cannot be read as Turtle: {error}") from error
    return ShapeGraph(values)
