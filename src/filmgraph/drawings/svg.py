"""SVG, written piece by piece. `Svg` is markup that is ready; the type checker keeps plain text out of it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final, NewType

from filmgraph.drawings.text import clean

__all__ = ["Svg", "element", "join", "lines_of", "number", "words"]

Svg = NewType("Svg", str)

_NAMES: Final = {"class_": "class", "aria_labelledby": "aria-labelledby", "viewBox": "viewBox"}


def number(value: float) -> str:
    """Return a length with at most one decimal.

    >>> number(12.04), number(3.25), number(-0.01)
    ('12', '3.2', '0')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def words(text: str) -> Svg:
    """Return a text as markup: escaped, without what XML cannot hold."""
    return Svg(escape(clean(text)))


def element(name: str, *children: Svg, **attributes: str | float) -> Svg:
    """Return an element; `text_anchor="end"` becomes `text-anchor="end"`, and numbers are rounded to one decimal."""
    pairs = "".join(
        f' {_NAMES.get(key, key.replace("_", "-"))}="{words(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
    )
    return Svg(f"<{name}{pairs}>{''.join(children)}</{name}>" if children else f"<{name}{pairs}/>")


def join(pieces: Iterable[Svg]) -> Svg:
    """Return pieces of markup as one, each on a line of its own."""
    return Svg("\n".join(pieces))


def lines_of(lines: Iterable[str], *, y: float, leading: float, **attributes: str | float) -> Svg:
    """Return lines of text below each other, the base line of the first at `y`."""
    return join(element("text", words(line), y=y + count * leading, **attributes) for count, line in enumerate(lines))
