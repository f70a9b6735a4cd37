"""Puts the graphs of an assembly on the disk, so that publishing it needs no memory for them.

A triple takes 300 bytes in memory and half of that as a line, and publishing needs each of them once.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from pyoxigraph import RdfFormat, Triple, parse

from filmgraph.assembly import Assembly
from filmgraph.dumps_lines import Triples, iter_blocks
from filmgraph.errors import ReleaseError

__all__ = ["TripleLines", "spill"]

_BLOCK: Final = 1 << 20


class _Spill:
    """A file without a name: it is gone with the last reference to it, however the process ends."""

    def __init__(self, folder: Path) -> None:
        file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 -- open as long as somebody reads it
        weakref.finalize(self, file.close)
        self._file = file

    def write(self, triples: Triples) -> TripleLines:
        """Write one graph behind the others; each triple must come once."""
        start = self._file.tell()
        count = 0
        for block in iter_blocks(triples):
            count += block.count(b"\n")
            self._file.write(block)
        self._file.flush()
        return TripleLines(self, start, self._file.tell(), count)

    def read(self, size: int, offset: int) -> bytes:
        """Return bytes of the file; several may read at once."""
        data = os.pread(self._file.fileno(), size, offset)
        if not data:
            raise ReleaseError("the temporary file of the build ends too early: check the disk and build again")
        return data


class TripleLines:
    """Distinct triples, as lines of canonical N-Triples in a temporary file; they can be read any number of times."""

    def __init__(self, spill: _Spill, start: int, end: int, count: int) -> None:
        self._spill = spill
        self._start, self._end, self._count = start, end, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Triple]:
        for block in self.iter_blocks():
            for quad in parse(block, format=RdfFormat.N_TRIPLES):
                yield quad.triple

    def iter_blocks(self) -> Iterator[bytes]:
        """Yield whole lines, many at a time."""
        at, rest = self._start, b""
        while at < self._end:
            data = self._spill.read(min(_BLOCK, self._end - at), at)
            at += len(data)
            whole, _, rest = (rest + data).rpartition(b"\n")
            if whole:
                yield whole + b"\n"


def spill(assembly: Assembly) -> Assembly:
    """Return the assembly with its graphs in a temporary file beside the releases; ReleaseError when the disk refuses.

    Whoever drops the assembly that was given has the memory of its triples back. The published graph stands for the resolution's
    too, which is a part of it.
    """
    folder, resolution = assembly.settings.releases_path, assembly.resolution
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = _Spill(folder)
        published = file.write(assembly.published)
        spilled = replace(
            resolution,
            published=published,
            texts=file.write(resolution.texts),
            sources={source_id: file.write(triples) for source_id, triples in resolution.sources.items()},
            provenance=file.write(resolution.provenance),
        )
    except OSError as error:
        raise ReleaseError(f"cannot write a temporary file in {folder}: {error}. Nothing was published.") from error
    return replace(assembly, resolution=spilled, published=published)
