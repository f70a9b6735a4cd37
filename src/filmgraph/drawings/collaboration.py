"""Who worked with whom, on what: a person's films on the left, the people on the right, a line for each that worked on one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from filmgraph.careers import Collaboration, CoWorker, WorkedOn
from filmgraph.drawings.model import WIDTH, Drawing, Figure, Table
from filmgraph.drawings.svg import Svg, element, join, lines_of
from filmgraph.drawings.text import BOLD, wrap
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.pages.model import Reference

__all__ = ["MOST_FILMS", "MOST_PEOPLE", "draw_collaboration"]

#: With the person themselves, 25 nodes.
MOST_PEOPLE: Final = 16
MOST_FILMS: Final = 8
_SIZE, _LEADING = 13.5, 15.5
_TRUNK, _KNOT, _PEOPLE = 8, 178, 238  # where the three columns of nodes stand
_TOP, _GAP, _MARGIN = 44, 10, 8


@dataclass(frozen=True, slots=True)
class _Node:
    """A node with its label: `y` is where its lines arrive."""

    iri: str
    lines: tuple[str, ...]
    y: float = 0

    @property
    def height(self) -> float:
        return len(self.lines) * _LEADING + _GAP

    def at(self, y: float) -> _Node:
        return _Node(self.iri, self.lines, y)


def draw_collaboration(rows: Collaboration, messages: Messages = ENGLISH) -> Figure | None:
    """Return the drawing of a person's co-workers, or None where there are none."""
    if not rows.co_workers:
        return None
    films, people, height = _place(rows)
    name = rows.person.name
    content = join((*_threads(rows, films, people), *_film_nodes(name, films), *_people_nodes(people)))
    note = _note(rows, messages)
    about = messages("drawing.worked-with-about", name=name)
    title = messages("drawing.worked-with", name=name)
    drawing = Drawing("collaboration", title, " ".join(filter(None, (about, note))), height, content)
    return Figure(drawing, _table(rows, messages), note)


def _note(rows: Collaboration, messages: Messages) -> str:
    people, films = rows.co_worker_total - len(rows.co_workers), rows.film_total - len(rows.films)
    counts = (("count.people-more", people), ("count.films-more", films))
    left = [messages.count(key, count) for key, count in counts if count]
    return messages("drawing.not-shown", what=messages.join(left)) if left else ""


def _place(rows: Collaboration) -> tuple[list[_Node], list[_Node], float]:
    """Return the nodes of both columns in their places, and the height of the drawing."""
    films = [_Node(each.film.iri, _film_lines(each)) for each in rows.films]
    order = {node.iri: count for count, node in enumerate(films)}
    by_middle = sorted(rows.co_workers, key=lambda each: (_middle(each, order), each.person.name.casefold(), each.person.iri))
    people = [_Node(each.person.iri, wrap(each.person.name, _SIZE, WIDTH - _PEOPLE - 12, 2)) for each in by_middle]
    heights = [sum(node.height for node in column) for column in (films, people)]
    return _stack(films, max(heights), is_rail=True), _stack(people, max(heights)), _TOP + max(heights) + _MARGIN


def _film_lines(film: WorkedOn) -> tuple[str, ...]:
    label = f"{film.film.name} ({film.year})" if film.year else film.film.name
    return wrap(label, _SIZE, _KNOT - _TRUNK - 14, 2)


def _middle(co_worker: CoWorker, order: dict[str, int]) -> float:
    """Return the mean place of somebody's films, so that few lines cross."""
    return sum(order[each] for each in co_worker.film_iris) / len(co_worker.film_iris)


def _stack(column: Sequence[_Node], height: float, *, is_rail: bool = False) -> list[_Node]:
    """Return nodes one below the other, spread over `height`. A rail runs below its label, other lines arrive beside it."""
    spare = (height - sum(node.height for node in column)) / len(column)
    placed, y = [], float(_TOP)
    for node in column:
        y += spare / 2
        placed.append(node.at(y + node.height - 6 if is_rail else y + (node.height - _GAP) / 2 + 2))
        y += node.height + spare / 2
    return placed


def _threads(rows: Collaboration, films: Sequence[_Node], people: Sequence[_Node]) -> Iterator[Svg]:
    """Yield the lines from films to people, behind everything else."""
    film_ys, person_ys = ({node.iri: node.y for node in column} for column in (films, people))
    bend = (_PEOPLE - _KNOT) / 2
    for each in rows.co_workers:
        for film in each.film_iris:
            y, to = film_ys[film], person_ys[each.person.iri]
            path = f"M{_KNOT} {y:.1f}C{_KNOT + bend:.1f} {y:.1f} {_PEOPLE - bend:.1f} {to:.1f} {_PEOPLE} {to:.1f}"
            yield element("path", d=path, class_="thread", fill="none", stroke_width=1.2)


def _film_nodes(name: str, films: Sequence[_Node]) -> Iterator[Svg]:
    """Yield the person, the trunk to all films, and each film on its rail."""
    title = wrap(name, (_SIZE + 1.5) * BOLD, WIDTH - _TRUNK - 18, 1)
    yield element("path", d=f"M{_TRUNK} 20V{films[-1].y:.1f}", class_="thread", fill="none", stroke_width=1.2)
    yield element("circle", cx=_TRUNK, cy=20, r=6, class_="accent")
    yield lines_of(title, x=_TRUNK + 14, y=25, leading=_LEADING, class_="ink", font_size=_SIZE + 1.5, font_weight="600")
    for node in films:
        yield element("path", d=f"M{_TRUNK} {node.y:.1f}H{_KNOT}", class_="thread", fill="none", stroke_width=1.2)
        first = node.y - 5 - (len(node.lines) - 1) * _LEADING
        yield lines_of(node.lines, x=_TRUNK + 8, y=first, leading=_LEADING, class_="ink", font_size=_SIZE)
        yield element("rect", x=_KNOT - 4, y=node.y - 4, width=8, height=8, class_="accent")


def _people_nodes(people: Sequence[_Node]) -> Iterator[Svg]:
    for node in people:
        yield element("circle", cx=_PEOPLE, cy=node.y, r=4, class_="accent")
        first = node.y + 4.5 - (len(node.lines) - 1) * _LEADING / 2
        yield lines_of(node.lines, x=_PEOPLE + 9, y=first, leading=_LEADING, class_="ink", font_size=_SIZE)


def _table(rows: Collaboration, messages: Messages) -> Table:
    films = {each.film.iri: Reference(each.film.name, each.film.iri, each.film.language, each.year) for each in rows.films}
    return Table(
        tuple(messages(f"drawing.{each}") for each in ("name", "as", "together", "all")),
        tuple(
            (
                (Reference(each.person.name, each.person.iri, each.person.language),),
                tuple(Reference(role) for role in each.roles),
                tuple(films[iri] for iri in films if iri in each.film_iris),
                (Reference(messages.number(each.film_total)),),
            )
            for each in rows.co_workers
        ),
        numbers=frozenset({3}),
    )
