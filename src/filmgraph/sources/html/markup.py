"""A page as a tree of elements that know their lines, and what an element says as the value of a property. Nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from filmgraph.sources.confined import RefusedError

__all__ = ["iter_elements", "line_of", "parse_page", "text_of", "value_of"]

_LINE: Final = "data-filmgraph-line"
# What stands in comments and scripts is no tag, and is left as it is.
_MARKED: Final = re.compile(
    r"<!--.*?-->|(?P<raw><(?P<name>script|style|textarea)(?=[\s>]))(?P<rest>[^>]*>.*?</(?P=name)\s*>)|(?P<tag><[a-zA-Z][^\s/>]*(?=[\s/>]))",
    re.DOTALL | re.IGNORECASE,
)
_LONGEST_TAG: Final = 1_000_000
_DEEPEST: Final = 1_000
_TAG: Final = re.compile(r"<[a-zA-Z][^<>]*")
_URL_ATTRIBUTES: Final = {
    **dict.fromkeys(("audio", "embed", "iframe", "img", "source", "track", "video"), "src"),
    **dict.fromkeys(("a", "area", "link"), "href"),
    "object": "data",
}


def parse_page(html: str) -> LexborNode:
    """Return the root of a page; RefusedError where it is made to be hard to read."""
    longest = max((len(each[0]) for each in _TAG.finditer(html)), default=0)
    if longest > _LONGEST_TAG:
        raise RefusedError(f"a tag of the page has {longest} characters, more than {_LONGEST_TAG}: save the page anew")
    html = re.sub(r"\r\n?", "\n", html).replace("\0", "\ufffd")
    try:
        root = LexborHTMLParser(_mark_lines(html)).root
    except SelectolaxError as error:
        raise RefusedError(f"it cannot be taken apart within the limits of memory ({error}): save a smaller page") from error
    if root is None:
        raise RefusedError("there is nothing in it")
    return root


def _mark_lines(html: str) -> str:
    # The parser does not tell where an element stood: each start tag carries its line through it.
    number, last = 1, 0

    def mark(match: re.Match[str]) -> str:
        nonlocal number, last
        start = match["raw"] or match["tag"]
        if not start:
            return match[0]
        number += html.count("\n", last, match.start())
        last = match.start()
        return f"{start} {_LINE}={number} {match['rest'] or ''}"

    return _MARKED.sub(mark, html)


def iter_elements(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Yield each element as it starts (True) and ends (False), without recursion; RefusedError where they lie too deep."""
    node: LexborNode | None = root
    ancestors: list[LexborNode] = []
    while node is not None:
        if node.is_element_node:
            yield node, True
        child = node.child
        if child is not None:
            ancestors.append(node)
            if len(ancestors) > _DEEPEST:
                raise RefusedError(f"line {line_of(node)}: its elements lie more than {_DEEPEST} deep: save the page anew")
            node = child
            continue
        if node.is_element_node:
            yield node, False
        while node.next is None and ancestors:
            node = ancestors.pop()
            if node.is_element_node:
                yield node, False
        node = node.next if ancestors else None


def line_of(node: LexborNode) -> int:
    """Return the line where an element begins."""
    number = node.attributes.get(_LINE) or "1"
    return int(number) if number.isdecimal() else 1


def text_of(node: LexborNode) -> str:
    """Return the text within an element, white space collapsed."""
    return " ".join((node.text(deep=True, separator="") or "").split())


def value_of(node: LexborNode) -> str:
    """Return what an element says as the value of a property."""
    attributes, tag = node.attributes, node.tag or ""
    if tag == "meta" or "content" in attributes:
        return (attributes.get("content") or "").strip()
    if tag in _URL_ATTRIBUTES:
        return (attributes.get(_URL_ATTRIBUTES[tag]) or "").strip() or text_of(node)
    if tag in ("data", "meter"):
        return (attributes.get("value") or "").strip()
    return (attributes.get("datetime") or "").strip() or text_of(node)
