"""How often each role is credited: a bar for each, the longest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from filmgraph.careers import RoleCount
from filmgraph.drawings.model import WIDTH, Drawing, Figure, Table
from filmgraph.drawings.svg import Svg, element, join, words
from filmgraph.drawings.text import fit, measure
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.pages.model import Reference

__all__ = ["MOST_ROLES", "draw_roles"]

MOST_ROLES: Final = 20
_SIZE, _ROW, _GAP = 12.5, 21, 8
_WIDEST: Final = 180  # of the labels


def draw_roles(counts: Sequence[RoleCount], release_id: str, messages: Messages = ENGLISH) -> Figure | None:
    """Return the drawing of the roles of a release, the most frequent first, the rest as one bar; None without any credit."""
    if not counts:
        return None
    total = sum(each.credits for each in counts)
    bars = [(each.label, each.credits) for each in counts[:MOST_ROLES]]
    rest = counts[MOST_ROLES:]
    if rest:
        bars.append((messages.count("drawing.other-roles", len(rest)), sum(each.credits for each in rest)))
    (role, most), number = bars[0], messages.number
    numbers = {"credits": number(total), "roles": number(len(counts)), "role": role, "most": number(most)}
    about, title = messages("drawing.roles-about", **numbers), messages("drawing.roles-title", release=release_id)
    drawing = Drawing("roles", title, about, len(bars) * _ROW + 6, join(_rows(bars, messages)))
    note = messages.count("drawing.roles-note", len(rest)) if len(rest) > 1 else ""
    return Figure(drawing, _table(counts, total, messages), note)


def _rows(bars: Sequence[tuple[str, int]], messages: Messages) -> Iterator[Svg]:
    most = max(count for _, count in bars)
    labels = [fit(label, _SIZE, _WIDEST) for label, _ in bars]
    base = max(measure(each, _SIZE) for each in labels)
    room = WIDTH - base - 3 * _GAP - max(measure(messages.number(count), _SIZE) for _, count in bars)
    for place, (label, (_, count)) in enumerate(zip(labels, bars, strict=True)):
        y = place * _ROW + 3
        length = max(room * count / most, 1)
        yield element("text", words(label), x=base, y=y + 13, text_anchor="end", class_="ink", font_size=_SIZE)
        yield element("rect", x=base + _GAP, y=y + 1, width=length, height=_ROW - 5, class_="accent")
        yield element("text", words(messages.number(count)), x=base + 2 * _GAP + length, y=y + 13, class_="soft", font_size=_SIZE)


def _table(counts: Sequence[RoleCount], total: int, messages: Messages) -> Table:
    return Table(
        tuple(messages(f"drawing.{each}") for each in ("role", "credits", "share")),
        tuple(
            (
                (Reference(each.label, each.role_iri),),
                (Reference(messages.number(each.credits)),),
                (Reference(f"{messages.number(100 * each.credits / total, 1)}%"),),
            )
            for each in counts
        ),
        numbers=frozenset({1, 2}),
    )
