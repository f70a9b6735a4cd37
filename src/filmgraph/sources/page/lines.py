"""A film page as numbered lines without blanks: each line knows how many blank lines stand before it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from filmgraph.errors import UnreadableInputError

__all__ = ["Line", "decode_page", "read_text_lines"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that holds something.

    `number` is its 1-based line in the file, `key` tells it from all others of the page (several lines of a page may share one
    line of HTML). `gap` is the number of blank lines before it: a lost line leaves its blanks behind, so gaps tell where
    something is missing. `is_title` is set where the markup says so.
    """

    number: int
    key: int
    gap: int
    text: str
    is_title: bool = False


def decode_page(data: bytes, name: str) -> str:
    """Return a page's bytes as text; UnreadableInputError names the file and the byte that is not UTF-8."""
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableInputError(
            f"{name}: byte {error.start} (counted from 0) is not UTF-8: save the page as UTF-8 and try again"
        ) from error


def read_text_lines(text: str) -> tuple[Line, ...]:
    """Return the lines of a plain text."""
    lines, gap = [], 0
    for number, raw in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        content = " ".join(unicodedata.normalize("NFC", raw).split())
        if content:
            lines.append(Line(number, number, gap, content))
        gap = 0 if content else gap + 1
    return tuple(lines)
