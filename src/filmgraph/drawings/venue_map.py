"""Where venues lie to each other: a sketch from their coordinates, north above, with a scale. No ground is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, floor, hypot, log10, radians, sin
from typing import Final

from filmgraph.drawings.model import WIDTH, Drawing, Figure, Row, Table
from filmgraph.drawings.svg import Svg, element, join, lines_of, words
from filmgraph.drawings.text import wrap
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.pages.model import Reference
from filmgraph.whereabouts import Spot, bearing, distance

__all__ = ["MOST_VENUES", "draw_venues"]

MOST_VENUES: Final = 20
_FRAME, _RADIUS, _EDGE = 280, 10, 34
#: Venues that are nearer to each other than this, in metres, are not drawn further apart than that.
_LEAST: Final = 300
_DEGREE: Final = 111_195  # metres of one degree of latitude

_SIZE, _LEADING = 13, 15


@dataclass(frozen=True, slots=True)
class _Mark:
    """A numbered mark, and the point (`true_x`, `true_y`) that it stands for: marks that would cover each other make room."""

    label: str
    x: float
    y: float
    true_x: float
    true_y: float


def draw_venues(spots: Sequence[Spot], what: str, messages: Messages = ENGLISH, *, is_from_first: bool) -> Figure | None:
    """Return the map of some venues, or None for fewer than two. `what` says which they are: `The Lantern and what is near it`.

    With `is_from_first` the first one stands out, and the table tells how far the others are from it.
    """
    shown = spots[:MOST_VENUES]
    if len(shown) < 2:
        return None
    points, scale = _project(shown)
    height = max(y for _, y in points) + _EDGE
    marks = _spread(points, height)
    legend, end = _legend(shown, height + 40)
    content = join((*_ground(height, scale, messages), *_marks(marks, is_from_first=is_from_first), *legend))
    cut = len(spots) - len(shown)
    note = messages("drawing.not-shown", what=messages.count("drawing.venues-more", cut)) if cut else ""
    about = messages.count("drawing.map-about", len(shown))
    drawing = Drawing("map", what, " ".join(filter(None, (about, note))), end, content)
    return Figure(drawing, _table(shown, messages, is_from_first=is_from_first), note)


def _project(spots: Sequence[Spot]) -> tuple[list[tuple[float, float]], float]:
    """Return the places of some spots, and how many units one metre is: equirectangular, true at their middle latitude.

    Longitudes are counted from the first spot, so that the line where the date changes does no harm.
    """
    middle = sum(each.latitude for each in spots) / len(spots)
    east = [((each.longitude - spots[0].longitude + 180) % 360 - 180) * _DEGREE * cos(radians(middle)) for each in spots]
    north = [(each.latitude - middle) * _DEGREE for each in spots]
    width, height = max(east) - min(east), max(north) - min(north)
    scale = min((WIDTH - 2 * _EDGE) / max(width, _LEAST), (_FRAME - 2 * _EDGE) / max(height, _LEAST))
    left = (WIDTH - width * scale) / 2
    return [(left + (x - min(east)) * scale, _EDGE + (max(north) - y) * scale) for x, y in zip(east, north, strict=True)], scale


def _spread(points: Sequence[tuple[float, float]], height: float) -> list[_Mark]:
    """Return marks that do not cover each other, or as little as there is room for."""
    at = list(points)
    for _ in range(60):
        for one in range(len(at)):
            for other in range(one):
                at[one], at[other] = _push(at[one], at[other], one)
        at = [(min(max(x, _EDGE / 2), WIDTH - _EDGE / 2), min(max(y, _EDGE / 2), height - _EDGE / 2)) for x, y in at]
    return [_Mark(str(n), *place, *point) for n, (place, point) in enumerate(zip(at, points, strict=True), start=1)]


def _push(one: tuple[float, float], other: tuple[float, float], turn: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return two places, moved apart where they are too near; `turn` gives the direction where they are the same."""
    across, down = one[0] - other[0], one[1] - other[1]
    apart = hypot(across, down)
    least = 2 * _RADIUS + 2
    if apart >= least:
        return one, other
    if apart < 0.01:
        across, down, apart = cos(2.4 * turn), sin(2.4 * turn), 1.0
        push = least / 2
    else:
        push = (least - apart) / 2
    across, down = across / apart * push, down / apart * push
    return (one[0] + across, one[1] + down), (other[0] - across, other[1] - down)


def _ground(height: float, scale: float, messages: Messages) -> Iterator[Svg]:
    """Yield the frame, the arrow to the north, and the scale below."""
    yield element("rect", x=0.5, y=0.5, width=WIDTH - 1, height=height - 1, rx=4, class_="line", fill="none")
    yield element("path", d=f"M{WIDTH - 14} 26l-5 3 5-14 5 14z", class_="soft")
    yield element("text", words("N"), x=WIDTH - 14, y=12, text_anchor="middle", class_="soft", font_size=10)
    metres = _round_length(110 / scale)
    end = metres * scale
    yield element("path", d=f"M1 {height + 8:.1f}v6h{end:.1f}v-6", class_="thread", fill="none", stroke_width=1.5)
    yield element("text", words(_length(metres, messages)), x=end + 8, y=height + 16, class_="soft", font_size=11.5)


def _round_length(most: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20, … metres that is at most so long."""
    power = 10.0 ** floor(log10(most))
    return next(step * power for step in (5, 2, 1) if step * power <= most)


def _marks(marks: Sequence[_Mark], *, is_from_first: bool) -> Iterator[Svg]:
    for mark in marks:
        if hypot(mark.x - mark.true_x, mark.y - mark.true_y) > 1:
            line = f"M{mark.true_x:.1f} {mark.true_y:.1f}L{mark.x:.1f} {mark.y:.1f}"
            yield element("path", d=line, class_="thread", fill="none")
            yield element("circle", cx=mark.true_x, cy=mark.true_y, r=2.5, class_="soft")
    for place, mark in enumerate(marks):
        stands_out = is_from_first and place == 0
        yield element(
            "circle", cx=mark.x, cy=mark.y, r=_RADIUS, class_="accent" if stands_out else "paper ring", stroke_width=1.5
        )
        yield element(
            "text", words(mark.label), x=mark.x, y=mark.y + 4, text_anchor="middle",
            class_="paper" if stands_out else "ink", font_size=11, font_weight="600",
        )  # fmt: skip


def _legend(spots: Sequence[Spot], y: float) -> tuple[list[Svg], float]:
    """Return the numbers with the names of the venues, from `y` down, and where they end."""
    rows = []
    for count, spot in enumerate(spots, start=1):
        lines = wrap(spot.named.name, _SIZE, WIDTH - 34, 2)
        rows.append(lines_of([str(count)], x=20, y=y, leading=0, text_anchor="end", class_="soft", font_size=_SIZE))
        rows.append(lines_of(lines, x=28, y=y, leading=_LEADING, class_="ink", font_size=_SIZE))
        y += len(lines) * _LEADING + 4
    return rows, y - 6


def _length(metres: float, messages: Messages) -> str:
    """Return a length in words: `450 m`, `1.2 km`, `35 km`."""
    if metres < 995:
        return f"{metres:.0f} m" if metres < 100 else f"{round(metres, -1):.0f} m"
    kilometres = metres / 1000
    digits = 1 if kilometres < 9.95 and round(kilometres, 1) % 1 else 0
    return f"{messages.number(kilometres, digits)} km"


def _table(spots: Sequence[Spot], messages: Messages, *, is_from_first: bool) -> Table:
    names = ("number", "venue", "address", *(("from-here",) if is_from_first else ()), "latitude", "longitude")
    columns = tuple(messages(f"drawing.{each}") for each in names)
    here = spots[0] if is_from_first else None
    rows = tuple(_row(count, each, here, messages) for count, each in enumerate(spots, start=1))
    return Table(columns, rows, numbers=frozenset({0, len(columns) - 2, len(columns) - 1}))


def _row(count: int, spot: Spot, here: Spot | None, messages: Messages) -> Row:
    address = ", ".join(filter(None, (spot.street, spot.town)))
    cells: list[tuple[Reference, ...]] = [
        (Reference(str(count)),),
        (Reference(spot.named.name, spot.named.iri, spot.named.language),),
        (Reference(address),) if address else (),
    ]
    if here is not None:
        cells.append((Reference(messages("drawing.here") if spot is here else _way(here, spot, messages)),))
    return (*cells, *((Reference(messages.number(each, 5)),) for each in (spot.latitude, spot.longitude)))


def _way(here: Spot, there: Spot, messages: Messages) -> str:
    metres = distance(here, there)
    if metres < 1:
        return messages("drawing.same-place")
    winds = messages("drawing.winds").split()
    return f"{_length(metres, messages)} {winds[round(bearing(here, there) / 45) % 8]}"
