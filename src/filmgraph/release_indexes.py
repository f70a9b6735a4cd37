"""Writes what people find things by, search and lists, from the published graph: in a large release, beside all else.

Where it is extracted already, each of the two has a process of its own; else one process extracts it for both.
"""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final, Protocol

from filmgraph.assembly import collector_paused
from filmgraph.chunks import cut_lines
from filmgraph.dumps_reading import DumpedTriples
from filmgraph.errors import ReleaseError
from filmgraph.facets_index import FacetGatherer
from filmgraph.index_extract import Extract, Extractor
from filmgraph.iris import IriScheme
from filmgraph.search_index import NameIndex

__all__ = ["DumpedChunks", "ExtractedChunks", "Indexing", "write_indexes", "writing_indexes"]

#: From so many triples on, a process of its own is worth its start.
_MANY: Final = 400_000
_PR_SET_PDEATHSIG: Final = 1  # <linux/prctl.h>


class Chunks(Protocol):
    """The published lines of a release by chunk, or what was extracted of them already."""

    def iter_extracts(self, iris: IriScheme) -> Iterator[bytes]:
        """Yield the extract of each chunk."""
        ...


@dataclass(frozen=True, slots=True)
class DumpedChunks:
    """Chunks in a dump; `starts` are their first subjects."""

    triples: DumpedTriples
    starts: tuple[bytes, ...]

    def iter_extracts(self, iris: IriScheme) -> Iterator[bytes]:
        """Yield the extract of each chunk."""
        extractor = Extractor(iris)
        blocks = (block.splitlines(keepends=True) for block in self.triples.iter_blocks())
        for lines in cut_lines(blocks, self.starts):
            yield extractor.extract(b"".join(lines)).to_bytes()


@dataclass(frozen=True, slots=True)
class ExtractedChunks:
    """Extracts that are there already."""

    extracts: tuple[bytes, ...]

    def iter_extracts(self, iris: IriScheme) -> Iterator[bytes]:
        """Yield the extract of each chunk."""
        yield from self.extracts


@dataclass(slots=True)
class Indexing:
    """The indexes of a release that are being written; `extracts` are those of its chunks, once that is done."""

    extracts: tuple[bytes, ...] = ()


@collector_paused()
def write_indexes(chunks: Chunks, iris: IriScheme, release_path: Path, *, search: bool = True, lists: bool = True) -> list[bytes]:
    """Write both, or one of them, into the folder of a release, and return the extracts of its chunks.

    ReleaseError when they cannot be written, OSError when the disk is full.
    """
    gatherers: list[NameIndex | FacetGatherer] = []
    if search:
        gatherers.append(NameIndex(iris))
    if lists:
        gatherers.append(FacetGatherer(iris))
    extracts = []
    for data in chunks.iter_extracts(iris):
        extract = Extract.from_bytes(data)
        for each in gatherers:
            each.take(extract)
        extracts.append(data)
    for each in gatherers:
        each.write(release_path)
    return extracts


def _write_only(chunks: Chunks, iris: IriScheme, release_path: Path, *, search: bool, lists: bool) -> list[bytes]:
    """Write one of them from extracts that need not come back: return none."""
    write_indexes(chunks, iris, release_path, search=search, lists=lists)
    return []


@contextmanager
def writing_indexes(chunks: Chunks, iris: IriScheme, release_path: Path, count: int) -> Iterator[Indexing]:
    """See to it that both are written at the end; `count` is how many triples there are. Errors are those of `write_indexes`."""
    indexing = Indexing()
    if count < _MANY:
        indexing.extracts = tuple(write_indexes(chunks, iris, release_path))
        yield indexing
        return
    with ProcessPoolExecutor(2, get_context("spawn"), _end_with, (os.getpid(),)) as pool:
        if isinstance(chunks, ExtractedChunks):
            indexing.extracts = chunks.extracts
            done = [pool.submit(_write_only, chunks, iris, release_path, search=each, lists=not each) for each in (True, False)]
        else:
            done = [pool.submit(write_indexes, chunks, iris, release_path)]
        yield indexing
        try:
            for each in done:
                indexing.extracts = tuple(each.result() or indexing.extracts)
        except BrokenProcessPool as error:
            raise ReleaseError(
                "the process that writes the indexes of the release was ended from outside: nothing was published. Look whether "
                "there is enough memory, and build again"
            ) from error


def _end_with(parent: int) -> None:
    """Let this process end with the one that started it: nobody else waits for what it writes."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
