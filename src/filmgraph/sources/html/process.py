"""The program that reads saved pages: their bytes → items of structured data and lines of text as JSON. Run by `confined`.

The request has the sizes of the pages, which follow each other, and CSS selectors of texts that are wanted besides.
The answer is a list with a dict for each page: `items`, `notes`, `titles`, `lines`, `language`, `base`; or `refused`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from selectolax.lexbor import LexborNode, SelectolaxError

from filmgraph.sources.confined import RefusedError, serve
from filmgraph.sources.html.decoding import decode_page
from filmgraph.sources.html.items import Item, Note
from filmgraph.sources.html.jsonld import read_block
from filmgraph.sources.html.markup import iter_elements, line_of, parse_page, text_of
from filmgraph.sources.html.microdata import read_microdata
from filmgraph.sources.html.rdfa import read_rdfa

__all__ = ["read_page_bytes", "read_pages"]


def read_pages(request: dict[str, Any], data: bytes) -> list[dict[str, Any]]:
    """Return what each of several pages holds."""
    answers, start = [], 0
    for size in request["sizes"]:
        try:
            answers.append(read_page_bytes(request, data[start : start + size]))
        except RefusedError as error:
            answers.append({"refused": str(error)})
        start += size
    return answers


def read_page_bytes(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Return what one page holds; RefusedError where it cannot be read."""
    html = decode_page(data)
    root = parse_page(html)
    notes: list[Note] = []
    items = list(_iter_json_ld(root, notes))
    # Most pages have only one of the three, and to walk through a page takes time.
    items += read_microdata(root) if "itemscope" in html.lower() else ()
    items += read_rdfa(root) if "typeof" in html.lower() else ()
    return {
        "items": [each.to_json() for each in items],
        "notes": [asdict(each) for each in notes],
        "titles": list(_select(root, request["title"])),
        "lines": list(_select(root, request["line"])),
        "language": _attribute(root, "html", "lang"),
        "base": _attribute(root, 'link[rel="canonical"]', "href") or _attribute(root, "base", "href"),
    }


def _iter_json_ld(root: LexborNode, notes: list[Note]) -> Iterator[Item]:
    for node, is_start in iter_elements(root):
        kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower() if is_start and node.tag == "script" else ""
        if kind == "application/ld+json":
            yield from read_block(node.text(deep=True) or "", line_of(node), notes)


def _select(root: LexborNode, selector: str) -> Iterator[tuple[int, str]]:
    """Yield the texts that a selector finds, with their lines."""
    if not selector:
        return
    try:
        found = root.css(selector)
    except SelectolaxError as error:
        raise RefusedError(f"{selector!r} in the profile is no CSS selector") from error
    for node in found:
        if text := text_of(node):
            yield line_of(node), text


def _attribute(root: LexborNode, selector: str, name: str) -> str:
    node = root.css_first(selector)
    return (node.attributes.get(name) or "").strip() if node is not None else ""


if __name__ == "__main__":
    serve(read_pages)
