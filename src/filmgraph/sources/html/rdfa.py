"""The RDFa of a page → items: RDFa Lite (https://www.w3.org/TR/rdfa-lite/), and `about`, `rel`, `content`, `datetime` besides."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from selectolax.lexbor import LexborNode

from filmgraph.sources.html.items import Item, schema_name
from filmgraph.sources.html.markup import iter_elements, line_of, value_of

__all__ = ["read_rdfa"]

_SYNTAX: Final = "rdfa"
_ATTRIBUTES: Final = frozenset({"vocab", "prefix", "typeof", "property", "rel", "about"})
_LINKS: Final = ("resource", "href", "src")


@dataclass(frozen=True, slots=True)
class _Scope:
    """What holds within an element: vocabulary, prefixes, the item that is spoken of, and a `rel` that waits for items."""

    vocabulary: str = ""
    prefixes: dict[str, str] = field(default_factory=dict)
    item: Item | None = None
    waiting: tuple[str, ...] = ()

    def names(self, text: str | None) -> tuple[str, ...]:
        """Return the terms of schema.org in a list of terms."""
        found = (self._name(each) for each in (text or "").split())
        return tuple(each for each in found if each)

    def _name(self, term: str) -> str | None:
        prefix, colon, rest = term.partition(":")
        if not colon:
            return schema_name(self.vocabulary + term) if self.vocabulary else None
        if rest.startswith("//"):
            return schema_name(term)
        # `schema` is one of the prefixes that need not be declared (https://www.w3.org/2011/rdfa-context/rdfa-1.1).
        return schema_name(self.prefixes.get(prefix.lower(), "http://schema.org/" if prefix == "schema" else "") + rest)


def read_rdfa(root: LexborNode) -> list[Item]:
    """Return the items that are not values of others."""
    top: list[Item] = []
    scopes = [_Scope()]
    for node, is_start in iter_elements(root):
        if is_start:
            scopes.append(_enter(node, scopes[-1], top))
        else:
            scopes.pop()
    return [each for each in top if each.types or each.values]


def _enter(node: LexborNode, outer: _Scope, top: list[Item]) -> _Scope:
    attributes = node.attributes
    if _ATTRIBUTES.isdisjoint(attributes):
        return outer
    scope = _declare(attributes, outer)
    types = scope.names(attributes.get("typeof"))
    properties, relations = scope.names(attributes.get("property")), scope.names(attributes.get("rel"))
    target = next((attributes[each] or "" for each in ("about", *_LINKS) if each in attributes), "").strip()
    line = line_of(node)
    if types:
        item = Item(line, _SYNTAX, list(types), target if "about" in attributes or "resource" in attributes else "")
        names = properties or relations or outer.waiting
        _attach(item, names, scope.item, line, top)
        return replace(scope, item=item, waiting=())
    if "about" in attributes and not properties and not relations:
        item = Item(line, _SYNTAX, id=target)
        top.append(item)
        return replace(scope, item=item, waiting=())
    for name in properties:
        _add(scope.item, name, node, line)
    if relations and scope.item is not None and target:
        for name in relations:
            scope.item.add(name, Item(line, _SYNTAX, id=target), line)
    return replace(scope, waiting=relations if relations and not target else scope.waiting if not properties else ())


def _declare(attributes: dict[str, str | None], outer: _Scope) -> _Scope:
    scope = outer
    if "vocab" in attributes:
        vocabulary = (attributes["vocab"] or "").strip()
        scope = replace(scope, vocabulary=vocabulary if vocabulary.endswith(("/", "#")) or not vocabulary else f"{vocabulary}/")
    words = (attributes.get("prefix") or "").split()
    if words:
        pairs = dict(zip((each.rstrip(":").lower() for each in words[::2]), words[1::2], strict=False))
        scope = replace(scope, prefixes=scope.prefixes | pairs)
    return scope


def _attach(item: Item, names: tuple[str, ...], owner: Item | None, line: int, top: list[Item]) -> None:
    if owner is None or not names:
        top.append(item)
        return
    for name in names:
        owner.add(name, item, line)


def _add(owner: Item | None, name: str, node: LexborNode, line: int) -> None:
    """Add what an element says: a text, or a reference to a thing that is described elsewhere on the page."""
    if owner is None:
        return
    resource = (node.attributes.get("resource") or "").strip()
    if resource and "content" not in node.attributes:
        owner.add(name, Item(line, _SYNTAX, id=resource), line)
    elif text := value_of(node):
        owner.add(name, text, line)
