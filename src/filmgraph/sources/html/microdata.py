"""The microdata of a page → items (https://html.spec.whatwg.org/multipage/microdata.html)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from selectolax.lexbor import LexborNode

from filmgraph.sources.html.items import Item, schema_name
from filmgraph.sources.html.markup import iter_elements, line_of, value_of

__all__ = ["read_microdata"]

_SYNTAX: Final = "microdata"
_MOST_REFERENCES: Final = 200


def read_microdata(root: LexborNode) -> list[Item]:
    """Return the items that are not values of others."""
    reader = _Reader(
        {each.attributes["id"] or "": each for each, is_start in iter_elements(root) if is_start and "id" in each.attributes}
    )
    reader.walk(root, None)
    while reader.references and reader.followed < _MOST_REFERENCES:
        item, name = reader.references.pop(0)
        reader.followed += 1
        target = reader.by_id.get(name)
        if target is not None:
            reader.walk(target, item)
    return reader.top


class _Reader:
    """Gathers items; `references` are what `itemref` adds to an item from elsewhere on the page."""

    def __init__(self, by_id: dict[str, LexborNode]) -> None:
        self.by_id = by_id
        self.top: list[Item] = []
        self.references: list[tuple[Item, str]] = []
        self.followed = 0

    def walk(self, root: LexborNode, owner: Item | None) -> None:
        """Read a part of the page; its properties are those of `owner` until an item begins."""
        owners = [owner]
        for node, is_start in iter_elements(root):
            if not is_start:
                owners.pop()
                continue
            attributes = node.attributes
            item = self.begin(node) if "itemscope" in attributes else None
            names = [name for each in (attributes.get("itemprop") or "").split() if (name := _name(each))]
            if owners[-1] is not None and names:
                _add(owners[-1], names, item or value_of(node), line_of(node))
            elif item is not None and owner is None:
                self.top.append(item)
            owners.append(item or owners[-1])

    def begin(self, node: LexborNode) -> Item:
        attributes = node.attributes
        types = [name for each in (attributes.get("itemtype") or "").split() if (name := schema_name(each))]
        item = Item(line_of(node), _SYNTAX, types, (attributes.get("itemid") or "").strip())
        self.references += [(item, each) for each in (attributes.get("itemref") or "").split()]
        return item


def _name(text: str) -> str | None:
    return schema_name(text) if ":" in text else text


def _add(owner: Item, names: Iterable[str], content: str | Item, line: int) -> None:
    if content == "":
        return
    for name in names:
        owner.add(name, content, line)
