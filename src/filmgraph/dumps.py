"""Writes canonical dump files: the same triples always give the same bytes."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from filmgraph.iris import IriScheme
from filmgraph.serialisation import prefixes_for, reading_order, serialise

__all__ = ["n_triples", "open_gzip", "write_n_quads", "write_n_triples", "write_turtle"]


@contextmanager
def open_gzip(path: Path) -> Iterator[gzip.GzipFile]:
    """Open a gzip file for writing, without file name or time stamp in its header (RFC 1952 §2.3.1)."""
    with path.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0, compresslevel=6) as file:
        yield file


def n_triples(triples: Iterable[ox.Triple]) -> Iterator[str]:
    """Yield the sorted lines of canonical N-Triples (https://www.w3.org/TR/n-triples/#canonical-ntriples)."""
    return iter(sorted(f"{triple} .\n" for triple in triples))


def write_n_triples(triples: Iterable[ox.Triple], path: Path) -> None:
    """Write the canonical dump: one triple a line, sorted, so that `comm` and `diff` compare two releases."""
    with open_gzip(path) as file:
        file.writelines(line.encode() for line in n_triples(triples))


def write_n_quads(quads: Iterable[ox.Quad], path: Path) -> None:
    """Write all graphs, sorted: what a store is built from again."""
    with open_gzip(path) as file:
        file.writelines(line.encode() for line in sorted(f"{quad} .\n" for quad in quads))


def write_turtle(triples: Iterable[ox.Triple], path: Path, iris: IriScheme) -> None:
    """Write Turtle for people to read: prefixed, grouped by thing, class and name first."""
    ordered = sorted(triples, key=reading_order)
    with open_gzip(path) as file:
        file.write(serialise(ordered, ox.RdfFormat.TURTLE, prefixes_for(iris)))
