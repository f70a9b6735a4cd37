"""A film page in HTML as the lines that its text would have. Nothing is fetched or run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from filmgraph.errors import UnreadableInputError
from filmgraph.sources.page.lines import Line

__all__ = ["read_html_lines"]

_LINE_ATTRIBUTE = "data-filmgraph-line"
_SKIPPED = frozenset(
    {"script", "style", "template", "noscript", "title", "svg", "math", "iframe", "object", "textarea", "select"}
)
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure"}
    | {
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
    }
    | {"summary", "table", "td", "th", "tr", "ul"}
)
# An empty one of these is a label or value that was lost; an empty wrapper is nothing.
_LINE_BLOCKS = frozenset({"dd", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p"})
# The parser's time grows with the square of the depth.
_DEEPEST_NEST = 5_000
_NESTING_START = re.compile(
    r"(?i)<(?:article|aside|blockquote|details|div|dl|fieldset|figure|form|main|nav|ol|section|table|ul)\b"
)
_NESTING_END = re.compile(
    r"(?i)</(?:article|aside|blockquote|details|div|dl|fieldset|figure|form|main|nav|ol|section|table|ul)\b"
)
_UUID = re.compile(r"(?i)(?<![0-9a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f])")


def read_html_lines(html: str, name: str = "page") -> tuple[Line, ...]:
    """Return the text of an HTML page as lines: one for each block or `br`, and one for each picture known by a UUID.

    Blocks have a gap of one, but paragraphs after paragraphs and items after items none; an empty block counts as a lost line.
    A line's number is that of its text in the HTML source; after a tag that itself spans lines it can be a few lines early.
    UnreadableInputError names the file when it is no page but an endless nest of tags.
    """
    if len(_NESTING_START.findall(html)) - len(_NESTING_END.findall(html)) > _DEEPEST_NEST:
        raise UnreadableInputError(f"{name}: more than {_DEEPEST_NEST} elements are never closed: save the page again, whole")
    html = re.sub(r"\r\n?", "\n", html).replace("\0", "\ufffd")
    walk = _Walk()
    root = LexborHTMLParser(_mark_lines(html)).root
    for node, is_start in _iter_events(root) if root is not None else ():
        walk.start(node) if is_start else walk.end(node)
    walk.break_line()
    return tuple(walk.lines)


def _mark_lines(html: str) -> str:
    # The parser does not tell where an element stood: each start tag carries its line through it.
    number, last = 1, 0

    def mark(match: re.Match[str]) -> str:
        nonlocal number, last
        number += html.count("\n", last, match.start())
        last = match.start()
        return f"{match[0]} {_LINE_ATTRIBUTE}={number} "

    return re.sub(r"<[a-zA-Z][^\s/>]*(?=[\s/>])", mark, html)


def _iter_events(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    # No recursion: a page may nest deeper than Python's stack.
    node: LexborNode | None = root
    ancestors: list[LexborNode] = []
    while node is not None:
        yield node, True
        child = None if node.tag in _SKIPPED else node.child
        if child is not None:
            ancestors.append(node)
            node = child
            continue
        yield node, False
        while node.next is None and ancestors:
            node = ancestors.pop()
            yield node, False
        node = node.next if ancestors else None


@dataclass(slots=True)
class _Walk:
    """Gathers lines while walking through the elements of a page."""

    lines: list[Line] = field(default_factory=list)
    number: int = 1
    _words: list[str] = field(default_factory=list)
    _first_number: int = 0
    _gap: int = 0
    _last_tag: str = ""
    _tag: str = ""
    _is_after_br: bool = False

    def start(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._add_text(node.text_content or "")
            return
        attributes = node.attributes if node.is_element_node else {}
        if (number := attributes.get(_LINE_ATTRIBUTE)) and number.isdecimal():
            self.number = int(number)
        if tag in _BLOCKS:
            self.break_line()
            self._tag, self._is_after_br = tag, False
        elif tag == "br":
            self._is_after_br = self.break_line()
        elif tag == "img" and (uuid := _UUID.search(attributes.get("src") or "")):
            self.break_line()
            self._tag = "img"
            self._add_text(uuid[0].lower())
            self.break_line()

    def end(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag not in _BLOCKS:
            return
        is_empty = not self.break_line() and tag in _LINE_BLOCKS and not _has_content(node)
        self._gap += is_empty
        self._tag, self._is_after_br = "", False

    def break_line(self) -> bool:
        """End the line; return whether there was any."""
        text = " ".join(unicodedata.normalize("NFC", "".join(self._words)).split())
        self._words.clear()
        if not text:
            return False
        tag = self._tag
        if tag == self._last_tag == "dd" and self._gap == 0 and self.lines:
            last = self.lines[-1]
            self.lines[-1] = replace(last, text=f"{last.text}, {text}")
            return True
        is_close = self._is_after_br or (tag == self._last_tag and tag in {"p", "li"})
        gap = self._gap + (0 if is_close else 1)
        self.lines.append(Line(self._first_number, len(self.lines) + 1, gap, text, is_title=tag == "h1"))
        self._gap, self._last_tag = 0, tag
        return True

    def _add_text(self, text: str) -> None:
        if not any(self._words) and text.strip():
            leading = text[: len(text) - len(text.lstrip())]
            self._first_number = self.number + leading.count("\n")
            self._words.clear()
        if text.strip() or self._words:
            self._words.append(text)
        self.number += text.count("\n")


def _has_content(node: LexborNode) -> bool:
    return bool((node.text_content or "").strip()) or node.css_first("img") is not None
