"""Sorted N-Triples as streams of lines: compare two, apply a difference, gather the lines of each thing.

A release's canonical dump is sorted by bytes, so everything here reads each file once and holds one thing's lines at most.
"""

from __future__ import annotations

import gzip
import heapq
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from filmgraph.errors import UnreadableInputError

__all__ = ["Sides", "apply_delta", "compare", "group_by_thing", "join_things", "read_lines"]

Group = tuple[bytes, list[bytes]]


@dataclass(frozen=True, slots=True)
class Sides:
    """Sorted lines of two releases: all in which they differ, and all others about the same things."""

    old: Iterable[bytes]
    new: Iterable[bytes]


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of sorted N-Triples, packed with gzip or not.

    UnreadableInputError when the file cannot be read, is torn, or is not sorted by bytes.
    """
    previous = b""
    number = 0
    try:
        with path.open("rb") as raw:
            is_packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            with gzip.open(raw) if is_packed else raw as file:
                for number, line in enumerate(file, 1):
                    if line <= previous:
                        raise UnreadableInputError(f"{path}, line {number}: the lines are not sorted by bytes (LC_ALL=C sort -u)")
                    previous = line
                    yield line
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableInputError(f"cannot read {path} after line {number}: {error}") from error


def compare(old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that only one side has, in order: -1 with what only `old` has, 1 with what only `new` has."""
    left, right = iter(old), iter(new)
    a, b = next(left, None), next(right, None)
    while a is not None and b is not None:
        if a == b:
            a, b = next(left, None), next(right, None)
        elif a < b:
            yield -1, a
            a = next(left, None)
        else:
            yield 1, b
            b = next(right, None)
    while a is not None:
        yield -1, a
        a = next(left, None)
    while b is not None:
        yield 1, b
        b = next(right, None)


def apply_delta(old: Iterable[bytes], added: Iterable[bytes], removed: Iterable[bytes]) -> Iterator[bytes]:
    """Yield `old` without the lines of `removed` and with those of `added`, sorted.

    UnreadableInputError when the difference does not belong to `old`: it removes a line that is not there, or adds one that is.
    """
    kept, fresh = _without(old, removed), iter(added)
    line, wanted = next(kept, None), next(fresh, None)
    while wanted is not None:
        while line is not None and line < wanted:
            yield line
            line = next(kept, None)
        if line == wanted:
            raise _misfit("adds", wanted)
        yield wanted
        wanted = next(fresh, None)
    if line is not None:
        yield line
    yield from kept


def _without(old: Iterable[bytes], removed: Iterable[bytes]) -> Iterator[bytes]:
    lines = iter(old)
    for unwanted in removed:
        for line in lines:
            if line >= unwanted:
                break
            yield line
        else:
            line = b""
        if line != unwanted:
            raise _misfit("removes", unwanted)
    yield from lines


def _misfit(verb: str, line: bytes) -> UnreadableInputError:
    text = line.decode(errors="replace").strip()[:200]
    has = "which the old file does not have" if verb == "removes" else "which the old file has already"
    return UnreadableInputError(f"this is not the difference to the old file: it {verb} a triple {has}: {text}")


def group_by_thing(lines: Iterable[bytes]) -> Iterator[Group]:
    """Yield each thing with the lines about it and its parts (`…#address`), ordered by the IRI in brackets.

    In sorted lines `<x#part>` stands before `<x-2>`, and that before `<x>`: what has parts waits until its own lines are over.
    """
    waiting: dict[bytes, list[bytes]] = {}
    current, subject = b"", b""
    for line in lines:
        if not line.startswith(subject) or not subject:
            subject = line[: line.index(b" ") + 1]
            current = subject[1:-2].partition(b"#")[0]
            yield from _take(waiting, subject)
        waiting.setdefault(current, []).append(line)
    yield from sorted(waiting.items(), key=_order)


def _take(waiting: dict[bytes, list[bytes]], subject: bytes) -> Iterator[Group]:
    """Take out what no later line can be about."""
    if waiting:
        over = [thing for thing in waiting if b"<%b> " % thing < subject]
        for thing in sorted(over, key=lambda thing: b"<%b>" % thing):
            yield thing, waiting.pop(thing)


def _order(group: Group) -> bytes:
    return b"<%b>" % group[0]


def join_things(old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[tuple[bytes, list[bytes], list[bytes]]]:
    """Yield each thing with its lines on both sides; a side that does not know it has none."""
    for order, found in groupby(heapq.merge(_tag(old, 0), _tag(new, 1)), key=itemgetter(0)):
        sides: tuple[list[bytes], list[bytes]] = ([], [])
        for _, side, lines in found:
            sides[side].extend(lines)
        yield order[1:-1], *sides


def _tag(lines: Iterable[bytes], side: int) -> Iterator[tuple[bytes, int, list[bytes]]]:
    for group in group_by_thing(lines):
        yield _order(group), side, group[1]
