"""What the pages need of a store, whichever engine stands behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from filmgraph.manifest import Manifest

__all__ = ["Store", "Term"]

Term = NamedNode | BlankNode | Literal


class Store(Protocol):
    """One release, opened read-only."""

    @property
    def manifest(self) -> Manifest:
        """The description of the release."""
        ...

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        *,
        graph: str | None = "",
    ) -> Iterator[Quad]:
        """Yield the quads that match; None matches anything.

        `graph` is the IRI of a named graph, "" for the published graph (the default graph), None for all graphs.
        """
        ...

    def is_open(self) -> bool:
        """Return whether the store answers a real look-up just now."""
        ...
