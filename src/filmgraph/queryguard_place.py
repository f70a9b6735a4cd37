"""Where a query does not parse, to the word. Pure.

The engine's parser reports the furthest place that it looked at. It looks ahead by the length of each keyword that it tries, so
that place may be many letters, and some lines, past the mistake. With wide gaps between the words it stays within the word.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from filmgraph.errors import QuerySyntaxError
from filmgraph.queryguard import iter_tokens

__all__ = ["Mistake", "find_mistake", "read_report"]

#: Longer than any keyword.
_GAP: Final = " " * 32
#: Around these signs a space never changes the meaning.
_LOOSE: Final = frozenset("{}()[];,")
_REPORT: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)\Z", re.DOTALL)
_SENTENCE: Final = re.compile(r"[A-Z][\w*]*(?: [\w*]+){2,}")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A place in a query, counted from 1, the word that stands there (empty at the end), and what the parser says, if it does."""

    line: int
    column: int
    word: str = ""
    reason: str = ""


def find_mistake(text: str, report: str, parse: Callable[[str], str | None]) -> Mistake | None:
    """Return where `text` does not parse, or None where the parser's `report` names no place.

    `parse` returns the parser's report on another text, or None when that parses.
    """
    first = read_report(report)
    if first is None:
        return None
    try:
        spaced = _space_out(text)
    except QuerySyntaxError:
        return first
    second = read_report(parse(spaced.text) or "")
    if second is None:
        return first
    n = bisect_right(spaced.starts, _find_offset(spaced.text, second)) - 1
    position = spaced.origins[max(n, 0)]
    return Mistake(*_find_place(text, position), spaced.words[max(n, 0)], second.reason or first.reason)


def read_report(report: str) -> Mistake | None:
    """Read `error at 3:2: expected one of …`; of what was expected only whole sentences are kept."""
    found = _REPORT.match(report)
    if found is None:
        return None
    reasons = [each for each in re.split(r", (?=[A-Z\"'\[$(])", found[3]) if _SENTENCE.fullmatch(each)]
    return Mistake(int(found[1]), int(found[2]), reason="; ".join(reasons))


@dataclass(frozen=True, slots=True)
class _Spaced:
    """A query with wide gaps: where each word starts in it and in the original; the last is the end of the query."""

    text: str
    starts: list[int]
    origins: list[int]
    words: list[str]


def _space_out(text: str) -> _Spaced:
    parts: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    words: list[str] = []
    length, end = 0, 0
    for token in iter_tokens(text):
        is_loose = token.text in _LOOSE or (bool(words) and words[-1] in _LOOSE)
        if words and (is_loose or token.position > end):
            parts.append(_GAP)
            length += len(_GAP)
        starts.append(length)
        origins.append(token.position)
        words.append(token.text)
        parts.append(token.text)
        length += len(token.text)
        end = token.position + len(token.text)
    return _Spaced("".join([*parts, _GAP, _GAP]), [*starts, length + 1], [*origins, end], [*words, ""])


def _find_offset(text: str, mistake: Mistake) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: mistake.line - 1]) + mistake.column - 1


def _find_place(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")
