"""Writes what people find things by, search and lists, from the published graph: in a large release, beside all else."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from filmgraph.dumps_reading import DumpedTriples
from filmgraph.errors import ReleaseError
from filmgraph.facets_index import write_facets
from filmgraph.iris import IriScheme
from filmgraph.search_index import write_search_index

__all__ = ["write_indexes", "writing_indexes"]

#: From so many triples on, a process of its own is worth its start.
_MANY: Final = 400_000
_PR_SET_PDEATHSIG: Final = 1  # <linux/prctl.h>


def write_indexes(triples: DumpedTriples, iris: IriScheme, release_path: Path) -> None:
    """Write both into the folder of a release; ReleaseError when they cannot be written, OSError when the disk is full."""
    write_search_index(triples, iris, release_path)
    write_facets(triples, iris, release_path)


@contextmanager
def writing_indexes(triples: DumpedTriples, iris: IriScheme, release_path: Path, count: int) -> Iterator[None]:
    """See to it that both are written at the end; `count` is how many triples there are. Errors are those of `write_indexes`."""
    if count < _MANY:
        write_indexes(triples, iris, release_path)
        yield
        return
    with ProcessPoolExecutor(1, get_context("spawn"), _end_with, (os.getpid(),)) as pool:
        done = pool.submit(write_indexes, triples, iris, release_path)
        yield
        try:
            done.result()
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
