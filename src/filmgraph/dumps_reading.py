"""Reads the published graph back from the canonical dump of a release: faster than to ask its store for all of it."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from filmgraph.errors import ReleaseError

__all__ = ["DumpedTriples", "facts_path", "read_blocks"]

_BLOCK: Final = 1 << 20


def facts_path(release_path: Path, catalogue_id: str) -> Path:
    """Return the dump that holds the published graph as sorted lines."""
    return release_path / "dumps" / f"{catalogue_id}.nt.gz"


def read_blocks(path: Path) -> Iterator[bytes]:
    """Yield whole lines of a packed file, about a megabyte of them at a time; ReleaseError when it cannot be read."""
    try:
        with gzip.open(path) as file:
            rest = b""
            while data := file.read(_BLOCK):
                end = data.rfind(b"\n") + 1
                if end:
                    yield rest + data[:end]
                rest = data[end:] if end else rest + data
            if rest:
                yield rest
    except (OSError, EOFError, zlib.error) as error:
        raise ReleaseError(f"{path} cannot be read: {error}") from error


@dataclass(frozen=True, slots=True)
class DumpedTriples:
    """The published graph in a dump, but for what the dataset, `dataset_iri`, says of itself."""

    path: Path
    dataset_iri: str

    def __iter__(self) -> Iterator[ox.Triple]:
        for block in self.iter_blocks():
            yield from (quad.triple for quad in ox.parse(block, format=ox.RdfFormat.N_TRIPLES))

    def __len__(self) -> int:
        return sum(block.count(b"\n") for block in self.iter_blocks())

    def iter_blocks(self) -> Iterator[bytes]:
        """Yield the triples as lines of canonical N-Triples, many at a time, sorted."""
        own = f"<{self.dataset_iri}".encode()
        for block in read_blocks(self.path):
            if own not in block:
                yield block
            else:
                lines = block.splitlines(keepends=True)
                yield b"".join(line for line in lines if not line.startswith((own + b">", own + b"#")))
