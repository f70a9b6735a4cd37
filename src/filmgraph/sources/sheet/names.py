"""Turns "Last, First" into "First Last", where the rule is certain. Pure."""

from __future__ import annotations

import enum
from typing import Final

from filmgraph.sources.sheet.dates import Problem

__all__ = ["NameOrder", "turn_name"]

_SUFFIXES: Final = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "junior", "senior"})


class NameOrder(enum.Enum):
    """The order of the parts of a person's name in a column; the value is the word in the profile."""

    AS_WRITTEN = "first-last"
    COMMA = "comma"
    LAST_FIRST = "last-first"


def turn_name(text: str, order: NameOrder) -> str | Problem:
    """Return a name with the given name first; a `Problem` where it cannot be told which part is the given name.

    With a comma, the family name stands before it. Without one, `comma` leaves the name as it is; `last-first` turns two words,
    or capitals before other words.

    >>> turn_name("Lau, Flora", NameOrder.COMMA), turn_name("DEVOS Bas", NameOrder.LAST_FIRST)
    ('Flora Lau', 'Bas DEVOS')
    """
    if order is NameOrder.AS_WRITTEN:
        return text
    parts = [part.strip() for part in text.split(",")]
    suffix = [parts.pop()] if len(parts) > 1 and parts[-1].casefold() in _SUFFIXES else []
    if len(parts) > 2 or not all(parts):
        return Problem(f"{text!r} has too many commas, or nothing beside one. Write one name as Last, First.", "read-name")
    if len(parts) == 2:
        return " ".join([parts[1], parts[0], *suffix])
    if order is NameOrder.COMMA:
        return " ".join([*parts, *suffix])
    return _turn_words(parts[0].split(), suffix, text)


def _turn_words(words: list[str], suffix: list[str], text: str) -> str | Problem:
    capitals = next((n for n, word in enumerate(words) if not _is_capitals(word)), len(words))
    family = 1 if len(words) == 2 else capitals
    if len(words) == 1:
        return " ".join([*words, *suffix])
    if 0 < family < len(words):
        return " ".join([*words[family:], *words[:family], *suffix])
    message = f"{text!r} does not show where the family name ends. Put a comma behind it: Last, First."
    return Problem(message, "read-name")


def _is_capitals(word: str) -> bool:
    letters = [each for each in word if each.isalpha()]
    return len(letters) > 1 and all(each.isupper() for each in letters)
