"""The items of a page as nodes of one graph: those with one `@id` are one, references lead to what they mean. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["Datum", "Node", "clean", "to_nodes"]

_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_BREAK: Final = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]*>", re.IGNORECASE)
#: Pages escape what was escaped already, seldom more than twice.
_ESCAPES: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Datum:
    """One value: a text or a node, with its line, and the language of a text where it is given."""

    content: str | Node
    line: int
    language: str = ""

    @property
    def text(self) -> str:
        """The text, or the name of the node."""
        return self.content if isinstance(self.content, str) else self.content.text("name")


@dataclass(slots=True, eq=False)
class Node:
    """A thing that a page describes; `types` and the names of `values` are those of schema.org."""

    line: int
    syntax: str
    types: set[str] = field(default_factory=set)
    id: str = ""
    values: dict[str, list[Datum]] = field(default_factory=dict)

    def data(self, *names: str) -> Iterator[Datum]:
        """Yield the values of some properties."""
        for name in names:
            yield from self.values.get(name, ())

    def text(self, *names: str) -> str:
        """Return the first text among the values of some properties; empty where there is none."""
        return next((each.text for each in self.data(*names) if each.text), "")

    def nodes(self, *names: str) -> Iterator[Node]:
        """Yield the values of some properties that are nodes."""
        return (each.content for each in self.data(*names) if isinstance(each.content, Node))

    def is_a(self, types: Iterable[str]) -> bool:
        """Return whether the thing is of one of some types."""
        return not self.types.isdisjoint(types)


def clean(text: str) -> str:
    """Return a text without escapes, tags and needless white space.

    >>> clean("Tom &amp;amp; Jerry  &#8211; <b>Part</b>&nbsp;1")
    'Tom & Jerry – Part 1'
    """
    for _ in range(_ESCAPES):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return " ".join(_TAG.sub("", _BREAK.sub(" ", text)).split())


def to_nodes(items: Iterable[Mapping[str, Any]]) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """Return all things that the items of a page speak of, and those of them that stand at the top."""
    builder = _Builder()
    top = [builder.to_node(each) for each in items]
    return tuple(builder.all), tuple(dict.fromkeys(top))


@dataclass(slots=True)
class _Builder:
    by_id: dict[str, Node] = field(default_factory=dict)
    all: list[Node] = field(default_factory=list)

    def to_node(self, item: Mapping[str, Any]) -> Node:
        node = self.by_id.get(item["id"]) if item["id"] else None
        if node is None:
            node = Node(item["line"], item["syntax"], id=item["id"])
            self.all.append(node)
            if item["id"]:
                self.by_id[item["id"]] = node
        if item["types"] and not node.types:
            # What is only referred to before it is described stands where it is described.
            node.line = item["line"]
        node.types.update(item["types"])
        for name, values in item["values"].items():
            known = node.values.setdefault(name, [])
            for content, line, language in values:
                value = clean(content) if isinstance(content, str) else self.to_node(content)
                if value and not any(each.content == value for each in known):
                    known.append(Datum(value, line, language))
        return node
