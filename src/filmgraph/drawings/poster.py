"""What stands for a poster where there is none: the title and the year, in colours that belong to the film's IRI."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from filmgraph.drawings.colour import derive_colours
from filmgraph.drawings.model import Drawing
from filmgraph.drawings.svg import Svg, element, join, lines_of
from filmgraph.drawings.text import clean, measure, wrap

__all__ = ["draw_poster"]

_WIDTH, _HEIGHT, _MARGIN, _LEFT = 400, 600, 28, 68
_ROOM = _WIDTH - _LEFT - _MARGIN
_SIZES: Final = (84, 64, 54, 46, 40, 34, 29, 25)
_SERIF: Final = "ui-serif, Charter, Georgia, 'Times New Roman', serif"
_ALLOWED_HEIGHT: Final = 400


def draw_poster(iri: str, title: str, year: str) -> Drawing:
    """Return the placeholder of a film; `year` may be empty."""
    colours = derive_colours(iri)
    size, lines = _set(title)
    leading = size * 1.16
    end = 96 + size * 0.8 + (len(lines) - 1) * leading
    parts = [
        element("rect", width=_WIDTH, height=_HEIGHT, fill=colours.ground),
        *_perforation(colours.shade),
        lines_of(
            lines,
            x=_LEFT,
            y=96 + size * 0.8,
            leading=leading,
            fill=colours.ink,
            font_size=size,
            font_weight="600",
            font_family=_SERIF,
        ),
        element("rect", x=_LEFT, y=end + size * 0.45, width=64, height=5, fill=colours.ink),
    ]
    if year:
        parts.append(lines_of([year], x=_LEFT, y=end + size * 0.45 + 46, leading=0, fill=colours.ink, font_size=30))
    name = f"{title} ({year})" if year else title
    about = "There is no picture of this film here; its title stands in place of one."
    return Drawing("poster", clean(name), about, _HEIGHT, join(parts), width=_WIDTH, is_plain=True)


def _set(title: str) -> tuple[int, tuple[str, ...]]:
    """Return the largest size at which a title fits without a broken word, with its lines; the smallest one breaks and cuts."""
    longest = max(clean(title).replace("-", "- ").split(), key=lambda each: measure(each, 1), default="")
    for size in _SIZES:
        most = int(_ALLOWED_HEIGHT / (size * 1.16))
        lines = wrap(title, size, _ROOM, most + 1)
        if measure(longest, size) <= _ROOM and len(lines) <= min(most, 6 if size > _SIZES[-2] else most):
            return size, lines
    return _SIZES[-1], wrap(title, _SIZES[-1], _ROOM, int(_ALLOWED_HEIGHT / (_SIZES[-1] * 1.16)))


def _perforation(colour: str) -> Iterator[Svg]:
    """Yield the holes along the left edge."""
    for count in range(12):
        yield element("rect", x=22, y=14 + count * 49.6, width=22, height=28, rx=5, fill=colour)
