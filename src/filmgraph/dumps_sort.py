"""Sorts lines that do not fit into memory: sorted runs on disk, merged block by block."""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

__all__ = ["RUN_BYTES", "merge_blocks", "merge_lines", "sort_lines"]

#: How much text a run holds; Python needs about half as much again to hold it.
RUN_BYTES: Final = 64 << 20
_BLOCK_LINES: Final = 4096


def sort_lines(lines: Iterable[bytes], folder: Path, run_bytes: int = RUN_BYTES) -> Iterator[bytes]:
    """Yield lines sorted by their bytes, each once.

    Every line ends in a line feed and holds no other. At most `run_bytes` of them are in memory at a time; the rest wait in
    `folder`, which is left as it was.
    """
    with tempfile.TemporaryDirectory(prefix="sort-", dir=folder) as name:
        runs: list[Path] = []
        for run in _iter_runs(lines, run_bytes):
            if runs or run.is_full:
                runs.append(Path(name) / str(len(runs)))
                with runs[-1].open("wb") as file:
                    file.writelines(run.lines)
            else:
                yield from run.lines
        yield from _merge_files(runs)


class _Run:
    """Some lines, sorted and without doubles; `is_full` says that more may follow."""

    def __init__(self, lines: list[bytes], *, is_full: bool) -> None:
        self.lines = dict.fromkeys(sorted(lines))
        self.is_full = is_full


def _iter_runs(lines: Iterable[bytes], run_bytes: int) -> Iterator[_Run]:
    run: list[bytes] = []
    size = 0
    for line in lines:
        run.append(line)
        size += len(line)
        if size >= run_bytes:
            yield _Run(run, is_full=True)
            run, size = [], 0
    if run:
        yield _Run(run, is_full=False)


def _merge_files(paths: Sequence[Path]) -> Iterator[bytes]:
    files = [path.open("rb") for path in paths]
    try:
        yield from merge_lines(files)
    finally:
        for file in files:
            file.close()


def merge_lines(sources: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """Yield the lines of several sorted sources in one order, each line once.

    Lines are taken in blocks, as far as every source has been read, and put in order by a sort that knows runs: many times
    faster than a comparison of heads.
    """
    for block in merge_blocks(sources):
        yield from block


def merge_blocks(sources: Iterable[Iterable[bytes]]) -> Iterator[Collection[bytes]]:
    """Yield the same lines as `merge_lines`, many at a time: for who does the same with all of them."""
    waiting = [(block, lines) for lines in map(iter, sources) if (block := _read_block(lines))]
    while waiting:
        bound = min(block[-1] for block, _ in waiting)
        ready: list[bytes] = []
        rest = []
        for block, lines in waiting:
            count = bisect_right(block, bound)
            ready += block[:count]
            remaining = block[count:] or _read_block(lines)
            if remaining:
                rest.append((remaining, lines))
        waiting = rest
        ready.sort()
        yield dict.fromkeys(ready)


def _read_block(lines: Iterator[bytes]) -> list[bytes]:
    return list(islice(lines, _BLOCK_LINES))
