"""A filmography in time: a row for each film, a mark in its year, with what somebody did on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from filmgraph.careers import Filmography, WorkedOn
from filmgraph.drawings.model import WIDTH, Drawing, Figure, Table
from filmgraph.drawings.svg import Svg, element, join, lines_of, words
from filmgraph.drawings.text import clean, fit, measure, wrap
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.pages.model import Reference

__all__ = ["MOST_FILMS", "draw_timeline"]

MOST_FILMS: Final = 30
_FEW: Final = 12  # films whose titles may take two lines
_SIZE, _LEADING, _SMALL = 13.5, 15, 11.5
_LEFT, _RIGHT, _TOP, _GAP = 18, WIDTH - 18, 34, 9
_LABEL = 10  # from the mark to its label
_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_MOST_TICKS: Final = 6


def draw_timeline(rows: Filmography, messages: Messages = ENGLISH) -> Figure | None:
    """Return the drawing of a filmography; None with fewer than two films that have a year."""
    films = rows.films
    if len(films) < 2:
        return None
    first, last = int(films[0].year), int(films[-1].year)
    span = (first, last) if first < last else (first - 1, last + 1)
    placed = [_row(each, _place(int(each.year), span), 2 if len(films) <= _FEW else 1) for each in films]
    height = _TOP + sum(row.height for row in placed) + 30
    note = _note(rows.dated - len(films), rows.total - rows.dated, messages)
    one, many = (messages("drawing.year-in", year=first), messages("drawing.years-from", first=first, last=last))
    shown, years = messages.count("count.films", len(films)), one if first == last else many
    about = messages("drawing.filmography-about", films=shown, years=years)
    drawing = Drawing(
        "timeline",
        messages("drawing.filmography", name=rows.person.name),
        " ".join(filter(None, (about, note))),
        height,
        join((*_axis(span, height), *_marks(placed))),
    )
    return Figure(drawing, _table(films, messages), note)


@dataclass(frozen=True, slots=True)
class _Row:
    """One film: its label stands on the side of its mark where there is more room, the roles beside the title or below it."""

    x: float
    title: tuple[str, ...]
    roles: str
    is_left: bool
    is_beside: bool

    @property
    def height(self) -> float:
        return _LEADING * (len(self.title) + (0 if self.is_beside else 1)) + _GAP


def _row(film: WorkedOn, x: float, most_lines: int) -> _Row:
    is_left = x > WIDTH / 2
    room = (x if is_left else WIDTH - x) - _LABEL - 4
    title, roles = wrap(film.film.name, _SIZE, room, most_lines), clean(", ".join(film.roles))
    is_beside = not roles or measure(title[-1], _SIZE) + measure(f"  {roles}", _SMALL) <= room
    return _Row(x, title, fit(roles, _SMALL, room), is_left, is_beside)


def _note(cut: int, undated: int, messages: Messages) -> str:
    counts = (("drawing.older", cut), ("drawing.undated", undated))
    parts = [messages.count(key, count) for key, count in counts if count]
    return messages("drawing.not-shown", what=messages.join(parts)) if parts else ""


def _place(year: int, span: tuple[int, int]) -> float:
    first, last = span
    return _LEFT + (_RIGHT - _LEFT) * (year - first) / (last - first)


def _ticks(span: tuple[int, int]) -> list[int]:
    """Return round years within a span, both ends included where they are round."""
    first, last = span
    step = next((each for each in _STEPS if (last - first) / each <= _MOST_TICKS), _STEPS[-1])
    return list(range(-(-first // step) * step, last + 1, step)) or [first]


def _axis(span: tuple[int, int], height: float) -> Iterator[Svg]:
    """Yield the years as upright lines, with their numbers above and below."""
    for year in _ticks(span):
        x = _place(year, span)
        half = measure(str(year), _SMALL) / 2
        at = min(max(x, half), WIDTH - half)
        yield element("path", d=f"M{x:.1f} 24V{height - 22:.1f}", class_="line", fill="none")
        for y in (16, height - 8):
            yield element("text", words(str(year)), x=at, y=y, text_anchor="middle", class_="soft", font_size=_SMALL)


def _marks(rows: Sequence[_Row]) -> Iterator[Svg]:
    y = float(_TOP)
    for row in rows:
        base = y + 11
        place: dict[str, str | float] = {
            "x": row.x + (-_LABEL if row.is_left else _LABEL),
            "text_anchor": "end" if row.is_left else "start",
        }
        yield element("circle", cx=row.x, cy=base - 4.5, r=5, class_="accent")
        *above, last = row.title
        yield lines_of(above, y=base, leading=_LEADING, class_="ink halo", font_size=_SIZE, **place)
        under = base + len(above) * _LEADING
        beside = (
            [element("tspan", words(row.roles), class_="soft", font_size=_SMALL, dx=6)] if row.is_beside and row.roles else []
        )
        yield element("text", words(last), *beside, y=under, class_="ink halo", font_size=_SIZE, **place)
        if not row.is_beside:
            yield element("text", words(row.roles), y=under + _LEADING, class_="soft halo", font_size=_SMALL, **place)
        y += row.height


def _table(films: Sequence[WorkedOn], messages: Messages) -> Table:
    return Table(
        tuple(messages(f"drawing.{each}") for each in ("year", "film", "as")),
        tuple(
            (
                (Reference(each.year),),
                (Reference(each.film.name, each.film.iri, each.film.language),),
                tuple(Reference(role) for role in each.roles),
            )
            for each in films
        ),
    )
