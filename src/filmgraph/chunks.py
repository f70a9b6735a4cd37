"""Where the sorted lines of a release are cut into chunks, so that a later release can take over those in which nothing changed.

A chunk begins with a thing whose IRI says so, about one in thirty. So where chunks begin depends on nothing but what is near:
the same lines are cut in the same places whatever else a release holds, and whoever made it.
"""

from __future__ import annotations

import hashlib
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

__all__ = ["ChunkDigests", "Cutter", "begins", "chunk_of", "cut_lines", "digest_all", "last_part", "subject_of", "whole_of"]

#: One thing in so many is the first of its chunk; a power of two.
_THINGS: Final = 32


def whole_of(subject: bytes) -> bytes:
    """Return the thing that a subject is, or is a part of (`#address`), both as N-Triples spells them.

    >>> whole_of(b"<https://films.example/id/venue/rex#address>")
    b'<https://films.example/id/venue/rex>'
    """
    return subject.partition(b"#")[0] + b">" if b"#" in subject else subject


def last_part(thing: bytes) -> bytes:
    """Return what stands behind all parts of a thing, and before whatever follows these.

    >>> b"<a:x#z>" < last_part(b"<a:x>") < b"<a:x-y>"
    True
    """
    return thing[:-1] + b"#\xff"


def subject_of(line: bytes) -> bytes:
    """Return the subject of a line."""
    return line[: line.index(b" ")]


def begins(subject: bytes, before: bytes) -> bool:
    """Return whether a chunk begins with this subject, which stands after the subject `before`, or after nothing.

    The parts of a thing stand side by side, and no chunk begins between them. The thing itself may stand in a later chunk: by
    their bytes, the parts of `x` stand before `x-y`, and `x` after it.
    """
    whole = whole_of(subject)
    return whole != whole_of(before) and (not before or not zlib.crc32(whole) % _THINGS)


class Cutter:
    """Finds out with which subjects chunks begin. It is told every subject, in the order of the lines."""

    def __init__(self) -> None:
        self.starts: list[bytes] = []
        self._last = b""
        self._begun = b""

    def take(self, subject: bytes) -> None:
        """Take the next subject."""
        if begins(subject, self._last):
            self.starts.append(subject)
        self._last = subject

    def take_lines(self, lines: Iterable[bytes]) -> None:
        """Take the subjects of sorted lines; those that were begun with go on."""
        begun = self._begun
        for line in lines:
            if not line.startswith(begun) or not begun:
                begun = line[: line.index(b" ") + 1]
                self.take(begun[:-1])
        self._begun = begun


class ChunkDigests:
    """Finds out where chunks begin, and hashes each of them. It is given sorted lines, many at a time."""

    def __init__(self) -> None:
        self._cutter = Cutter()
        self._digests: list[hashlib._Hash] = []

    @property
    def starts(self) -> list[bytes]:
        """The first subjects of the chunks."""
        return self._cutter.starts

    def take(self, lines: Sequence[bytes]) -> None:
        """Take the next lines."""
        count = len(self.starts)
        self._cutter.take_lines(lines)
        begun = 0
        for start in self.starts[count:]:
            end = bisect_left(lines, start)
            self._update(lines[begun:end])
            self._digests.append(hashlib.sha256())
            begun = end
        self._update(lines[begun:])

    def _update(self, lines: Sequence[bytes]) -> None:
        if lines:
            self._digests[-1].update(b"".join(lines))

    def finish(self) -> list[bytes]:
        """Return the SHA-256 of each chunk; that of no lines where there are none."""
        return [each.digest() for each in self._digests] or [hashlib.sha256().digest()]


def digest_all(digests: Iterable[bytes]) -> str:
    """Return the SHA-256 of the digests of all chunks, one after the other, in hexadecimal."""
    return hashlib.sha256(b"".join(digests)).hexdigest()


def chunk_of(starts: Sequence[bytes], line: bytes) -> int:
    """Return the number of the chunk that a line or subject belongs to; what is before the first start belongs to the first."""
    return max(bisect_right(starts, line) - 1, 0)


def cut_lines(blocks: Iterable[Iterable[bytes]], starts: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield the lines of each chunk, for every start one list, which may be empty; the lines come sorted, many at a time."""
    number = 1
    chunk: list[bytes] = []
    for each in blocks:
        block = list(each)
        begin = 0
        while number < len(starts) and block and block[-1] >= starts[number]:
            end = bisect_left(block, starts[number], begin)
            chunk += block[begin:end]
            yield chunk
            chunk, begin, number = [], end, number + 1
        chunk += block[begin:]
    yield chunk
    yield from ([] for _ in starts[number:])
