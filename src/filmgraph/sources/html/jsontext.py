"""JSON with the line of each value, as JSON-LD blocks need it: a value that is wrong is to be found on the page. Pure.

Read as well, since it is certain what was meant: line breaks within texts, and a comma after the last value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["JsonError", "JsonObject", "JsonValue", "parse_json"]

_TOKEN: Final = re.compile(
    r'(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(?P<word>true|false|null)'
    r"|(?P<sign>[{}\[\],:])|(?P<space>\s+)",
    re.DOTALL,
)
_DEEPEST: Final = 60


class JsonError(Exception):
    """The text is no JSON; the message says what was found, `line` where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class JsonValue:
    """A value with its line: a text (of numbers and truth values too), None, a list of values, or an object."""

    content: str | list[JsonValue] | JsonObject | None
    line: int

    @property
    def text(self) -> str:
        """The text; empty for anything else."""
        return self.content if isinstance(self.content, str) else ""

    def each(self) -> list[JsonValue]:
        """Return the values of a list; anything else is a list of one, null one of none."""
        if isinstance(self.content, list):
            return self.content
        return [] if self.content is None else [self]


@dataclass(frozen=True, slots=True)
class JsonObject:
    """An object: its members in their order; of two with one name, both."""

    members: tuple[tuple[str, JsonValue], ...]

    def get(self, name: str) -> JsonValue | None:
        """Return the last value with a name, or None."""
        return next((value for key, value in reversed(self.members) if key == name), None)


def parse_json(text: str, first_line: int) -> JsonValue:
    """Return the value that a text holds, of which the first line has a number; JsonError."""
    parser = _Parser(list(_iter_tokens(text, first_line)), first_line)
    value = parser.value(0)
    parser.expect_end()
    return value


def _iter_tokens(text: str, line: int) -> Iterator[tuple[str, str, int]]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise JsonError(f"{text[position : position + 20]!r} is no JSON", line)
        if match.lastgroup != "space":
            yield match.lastgroup or "", match[0], line
        line += match[0].count("\n")
        position = match.end()


class _Parser:
    def __init__(self, tokens: list[tuple[str, str, int]], line: int) -> None:
        self._tokens = tokens
        self._next = 0
        self._line = line

    def take(self) -> tuple[str, str, int]:
        if self._next >= len(self._tokens):
            raise JsonError("it ends too early", self._line)
        self._next += 1
        kind, text, self._line = self._tokens[self._next - 1]
        return kind, text, self._line

    def is_next(self, sign: str) -> bool:
        return self._next < len(self._tokens) and self._tokens[self._next][:2] == ("sign", sign)

    def expect_end(self) -> None:
        if self._next < len(self._tokens):
            raise JsonError(f"{self._tokens[self._next][1][:20]!r} stands after the end", self._tokens[self._next][2])

    def value(self, depth: int) -> JsonValue:
        if depth > _DEEPEST:
            raise JsonError(f"it lies more than {_DEEPEST} levels deep", self._line)
        kind, text, line = self.take()
        if kind == "text":
            return JsonValue(_unquote(text, line), line)
        if kind in ("number", "word"):
            return JsonValue(None if text == "null" else text, line)
        if text == "{":
            return JsonValue(JsonObject(tuple(self.members(depth))), line)
        if text == "[":
            return JsonValue(list(self.elements(depth)), line)
        raise JsonError(f"{text!r} stands where a value should", line)

    def elements(self, depth: int) -> Iterator[JsonValue]:
        while not self.is_next("]"):
            yield self.value(depth + 1)
            self.separate("]")
        self.take()

    def members(self, depth: int) -> Iterator[tuple[str, JsonValue]]:
        while not self.is_next("}"):
            kind, text, line = self.take()
            if kind != "text" or not self.is_next(":"):
                raise JsonError(f"{text[:20]!r} stands where a name and a colon should", line)
            self.take()
            yield _unquote(text, line), self.value(depth + 1)
            self.separate("}")
        self.take()

    def separate(self, end: str) -> None:
        if self.is_next(end):
            return
        _, text, line = self.take()
        if text != ",":
            raise JsonError(f"{text[:20]!r} stands where a comma or {end!r} should", line)


def _unquote(text: str, line: int) -> str:
    if "\\" not in text:
        return text[1:-1]
    try:
        found: str = json.loads(text, strict=False)
    except ValueError as error:
        raise JsonError(f"{text[:20]!r} has an escape that is none", line) from error
    # Half a pair of surrogates is no character.
    return found.encode("utf-8", "replace").decode("utf-8")
