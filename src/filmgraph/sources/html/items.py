"""An item of structured data as it leaves the process that reads a page: plain, and the same for all three syntaxes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["Item", "Note", "Value", "schema_name"]

# https, www, a trailing slash, an old path, a fragment: sites write it in all ways.
_SCHEMA: Final = re.compile(
    r"(?:https?:)?//(?:www\.|health-lifesci\.|pending\.)?schema\.org/*(?:[A-Za-z]+/)?#?([A-Za-z0-9]*)/?", re.I
)


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a property: a text with its language, where one is given, or an item; and the line where it stands."""

    content: str | Item
    line: int
    language: str = ""

    def to_json(self) -> list[Any]:
        """Return the value as JSON."""
        return [self.content if isinstance(self.content, str) else self.content.to_json(), self.line, self.language]


@dataclass(slots=True)
class Item:
    """An item: its types and properties by their names in schema.org. One with nothing but an `id` refers to another one."""

    line: int
    syntax: str
    types: list[str] = field(default_factory=list)
    id: str = ""
    values: dict[str, list[Value]] = field(default_factory=dict)

    def add(self, name: str, content: str | Item, line: int, language: str = "") -> None:
        """Add a value of a property."""
        self.values.setdefault(name, []).append(Value(content, line, language))

    def to_json(self) -> dict[str, Any]:
        """Return the item as JSON."""
        values = {name: [each.to_json() for each in found] for name, found in self.values.items()}
        return {"line": self.line, "syntax": self.syntax, "types": self.types, "id": self.id, "values": values}


@dataclass(frozen=True, slots=True)
class Note:
    """What could not be read of a page: rule, line, the text there, and a message."""

    rule: str
    line: int
    text: str
    message: str


def schema_name(iri: str) -> str | None:
    """Return the name of a term of schema.org, however its address is spelled; None for anything else.

    >>> schema_name("https://www.schema.org/Movie"), schema_name("http://schema.org#name"), schema_name("http://xmlns.com/foaf/0.1/name")
    ('Movie', 'name', None)
    """
    match = _SCHEMA.fullmatch(iri.strip())
    return match[1] if match else None
