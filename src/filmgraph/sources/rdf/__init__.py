"""The reader of RDF sources."""

from __future__ import annotations

from filmgraph.sources.rdf.reader import read_rdf

__all__ = ["read_rdf"]
