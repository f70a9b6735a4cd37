"""How often each role is credited: a bar for each, the longest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from filmgraph.careers import RoleCount
from filmgraph.drawings.model import WIDTH, Drawing, Figure, Table
from filmgraph.drawings.svg import Svg, element, join, words
from filmgraph.drawings.text import fit, measure
from filmgraph.pages.model import Reference

__all__ = ["MOST_ROLES", "draw_roles"]

MOST_ROLES: Final = 20
_SIZE, _ROW, _GAP = 12.5, 21, 8
_WIDEST: Final = 180  # of the labels


def draw_roles(counts: Sequence[RoleCount], release_id: str) -> Figure | None:
    """Return the drawing of the roles of a release, the most frequent first, the rest as one bar; None without any credit."""
    if not counts:
        return None
    total = sum(each.credits for each in counts)
    bars = [(each.label, each.credits) for each in counts[:MOST_ROLES]]
    rest = counts[MOST_ROLES:]
    if rest:
        bars.append((f"{len(rest)} other role{'s' if len(rest) != 1 else ''}", sum(each.credits for each in rest)))
    about = f"{total:,} credits in {len(counts):,} roles. The most frequent role is {bars[0][0]}, with {bars[0][1]:,} credits."
    drawing = Drawing("roles", f"Credits by role in release {release_id}", about, len(bars) * _ROW + 6, join(_rows(bars)))
    note = f"{len(rest):,} roles that are credited less often are drawn as one bar." if len(rest) > 1 else ""
    return Figure(drawing, _table(counts, total), note)


def _rows(bars: Sequence[tuple[str, int]]) -> Iterator[Svg]:
    most = max(count for _, count in bars)
    labels = [fit(label, _SIZE, _WIDEST) for label, _ in bars]
    base = max(measure(each, _SIZE) for each in labels)
    room = WIDTH - base - 3 * _GAP - max(measure(f"{count:,}", _SIZE) for _, count in bars)
    for place, (label, (_, count)) in enumerate(zip(labels, bars, strict=True)):
        y = place * _ROW + 3
        length = max(room * count / most, 1)
        yield element("text", words(label), x=base, y=y + 13, text_anchor="end", class_="ink", font_size=_SIZE)
        yield element("rect", x=base + _GAP, y=y + 1, width=length, height=_ROW - 5, class_="accent")
        yield element("text", words(f"{count:,}"), x=base + 2 * _GAP + length, y=y + 13, class_="soft", font_size=_SIZE)


def _table(counts: Sequence[RoleCount], total: int) -> Table:
    return Table(
        ("Role", "Credits", "Share"),
        tuple(
            (
                (Reference(each.label, each.role_iri),),
                (Reference(f"{each.credits:,}"),),
                (Reference(f"{each.credits / total:.1%}"),),
            )
            for each in counts
        ),
        numbers=frozenset({1, 2}),
    )
