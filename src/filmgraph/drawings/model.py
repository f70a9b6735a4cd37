"""A drawing, and the table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from filmgraph.drawings.colour import STYLE
from filmgraph.drawings.svg import Svg, element, join, number, words
from filmgraph.pages.model import Reference

__all__ = ["SANS", "WIDTH", "Drawing", "Figure", "Row", "Table"]

#: The width of all drawings, in their own unit: a phone shows them at about their size.
WIDTH: Final = 400
SANS: Final = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', sans-serif"

#: The cells of a row; each holds any number of links or words.
Row = tuple[tuple[Reference, ...], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of `width` × `height`. `name` tells it apart on a page; `title` and `description` are read out for it.

    `is_plain` marks one that brings its own colours and needs no style.
    """

    name: str
    title: str
    description: str
    height: float
    content: Svg
    width: float = WIDTH
    is_plain: bool = False

    def to_svg(self, *, is_inline: bool = False) -> Svg:
        """Return the drawing as a document of its own, or as a part of a page that has the style sheet `drawings.css`."""
        title_id, desc_id = f"{self.name}-title", f"{self.name}-desc"
        parts = [
            element("title", words(self.title), id=title_id),
            element("desc", words(self.description), id=desc_id),
        ]
        if not is_inline and not self.is_plain:
            parts.append(Svg(f"<style>{STYLE}</style>"))
            parts.append(element("rect", class_="paper", width=self.width, height=self.height))
        size: dict[str, str | float] = {"width": self.width, "height": self.height}
        svg = element(
            "svg",
            Svg("\n"),
            join((*parts, self.content)),
            Svg("\n"),
            **({} if is_inline else {"xmlns": "http://www.w3.org/2000/svg", **size}),
            viewBox=f"0 0 {number(self.width)} {number(self.height)}",
            role="img",
            aria_labelledby=f"{title_id} {desc_id}",
            class_="drawing",
            font_family=SANS,
        )
        return Svg(svg + "\n")


@dataclass(frozen=True, slots=True)
class Table:
    """What a drawing shows, to be read and copied. `numbers` are the columns that hold numbers, from 0."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its table; `note` says what is left out, and is empty where nothing is."""

    drawing: Drawing
    table: Table
    note: str = ""
