"""Counts distinct values with bounded memory: digests in a set, and sorted runs of them on disk once it is full."""

from __future__ import annotations

import hashlib
import heapq
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

__all__ = ["DistinctCounter"]

#: Two values with the same digest are taken for one: a chance of one in 10^22 among 10^8 values.
_DIGEST_BYTES: Final = 16
#: Values that are looked up as they are, so that one which comes often is digested seldom.
_FRESH_COUNT: Final = 50_000
#: Digests that are held at once, about 25 MB; more go to disk.
_RUN_LENGTH: Final = 250_000
#: Runs that are open at once, each with a block of its bytes in memory.
_RUN_COUNT: Final = 64
_BLOCK_BYTES: Final = 1024 * _DIGEST_BYTES


class DistinctCounter:
    """Counts the distinct values that it was given. Use it as a context manager: its files have no names and go with it.

    Runs are merged into one before there are too many to be open at once.
    """

    def __init__(self, work_path: Path | None = None) -> None:
        self._work_path = work_path
        self._fresh: set[bytes] = set()
        self._held: set[bytes] = set()
        self._runs: list[BinaryIO] = []

    def __enter__(self) -> DistinctCounter:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def update(self, values: Iterable[bytes]) -> None:
        """Take values."""
        self._fresh.update(values)
        if len(self._fresh) >= _FRESH_COUNT:
            self._digest()
            if len(self._held) >= _RUN_LENGTH:
                self._spill()

    def count(self) -> int:
        """Return how many distinct values there were."""
        self._digest()
        return sum(1 for _ in self._merge()) if self._runs else len(self._held)

    def _digest(self) -> None:
        self._held.update([hashlib.blake2b(each, digest_size=_DIGEST_BYTES).digest() for each in self._fresh])
        self._fresh.clear()

    def _spill(self) -> None:
        self._runs.append(self._write(sorted(self._held)))
        self._held.clear()
        if len(self._runs) >= _RUN_COUNT:
            merged = self._write(self._merge())
            self._close()
            self._runs.append(merged)

    def _write(self, digests: Iterable[bytes]) -> BinaryIO:
        run = tempfile.TemporaryFile(dir=self._work_path)  # noqa: SIM115 -- open until the count is known
        run.writelines(digests)
        return run

    def _merge(self) -> Iterator[bytes]:
        """Yield each digest once, in order."""
        for run in self._runs:
            run.seek(0)
        last = b""
        for digest in heapq.merge(*[_read_run(run) for run in self._runs], sorted(self._held)):
            if digest != last:
                yield digest
            last = digest

    def _close(self) -> None:
        for run in self._runs:
            run.close()
        self._runs.clear()


def _read_run(run: BinaryIO) -> Iterator[bytes]:
    while block := run.read(_BLOCK_BYTES):
        yield from (block[n : n + _DIGEST_BYTES] for n in range(0, len(block), _DIGEST_BYTES))
