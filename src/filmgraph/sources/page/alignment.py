"""Which role each value of the credit zone belongs to, when labels are lost but the template's order is known.

The zone prints a label and a value for each of its slots, in a fixed order. A slot takes two places of a grid: label, then value.
Lines that are there have a place each; the blank lines between them bound how many lines were lost. A lost line leaves one blank
line when it vanished and two when it was emptied. A film without an editor has no such slot, so a slot may be skipped whole. A
value is read only where all ways to lay the lines on the grid agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Alignment", "ZoneItem", "align"]

# Two lines that agree with the template can be chance.
_FEWEST_ANCHORS = 2


@dataclass(frozen=True, slots=True)
class ZoneItem:
    """One line of the zone: a label (`role` is set) or a value.

    `gap` is the number of blank lines before it; None when what stood there is not known. `names` are the people that a value
    would name, empty when it is no list of names.
    """

    gap: int | None
    text: str
    role: str = ""
    names: tuple[str, ...] = ()

    @property
    def is_label(self) -> bool:
        """Whether the line is a label."""
        return bool(self.role)


@dataclass(frozen=True, slots=True)
class Alignment:
    """The roles of a zone's values by the position of the item; `is_damaged` when no way to lay the lines fits."""

    roles: dict[int, str]
    is_damaged: bool = False


def align(
    items: Sequence[ZoneItem],
    slots: Sequence[str],
    stated: Mapping[str, tuple[str, ...]],
    end_gap: int | None,
    fits: Callable[[str, ZoneItem, bool], bool],
) -> Alignment:
    """Return the role of each value that has only one.

    `stated` are the credits that the page gives elsewhere: a value equal to one of them stands at that role's slot, and it
    anchors the grid as labels do. `end_gap` is the gap before the heading behind the zone. `fits(role, item, has_label)` tells
    whether a value may be of a role at all.
    """
    grid = _Grid(tuple(items), tuple(slots), end_gap, fits)
    solutions = [each for each in grid.iter_solutions(0, -1) if _holds_anchors(items, slots, stated, each)]
    if not solutions:
        return Alignment({}, is_damaged=True)
    if _count_anchors(items, slots, stated, solutions[0]) < _FEWEST_ANCHORS:
        return Alignment({})
    agreed = {n: {each[n] for each in solutions} for n, item in enumerate(items) if not item.is_label}
    return Alignment({n: slots[cells.pop() // 2] for n, cells in agreed.items() if len(cells) == 1})


@dataclass(frozen=True, slots=True)
class _Grid:
    items: tuple[ZoneItem, ...]
    slots: tuple[str, ...]
    end_gap: int | None
    fits: Callable[[str, ZoneItem, bool], bool]

    def iter_solutions(self, n: int, last: int) -> Iterator[tuple[int, ...]]:
        """Yield the cells of the items from `n` on, each behind the cell `last`."""
        if n == len(self.items):
            if self.end_gap is None or _is_possible(self.end_gap, last, 2 * len(self.slots)):
                yield ()
            return
        item = self.items[n]
        for cell in self._cells(item, last):
            is_possible = n == 0 or item.gap is None or _is_possible(item.gap, last, cell)
            if is_possible and (item.is_label or self._holds(item, cell, n, last)):
                for rest in self.iter_solutions(n + 1, cell):
                    yield cell, *rest

    def _cells(self, item: ZoneItem, last: int) -> Iterator[int]:
        for slot, role in enumerate(self.slots):
            cell = 2 * slot + (0 if item.is_label else 1)
            if cell > last and (not item.is_label or role == item.role):
                yield cell

    def _holds(self, item: ZoneItem, cell: int, n: int, last: int) -> bool:
        has_label = n > 0 and last == cell - 1 and self.items[n - 1].is_label
        return self.fits(self.slots[cell // 2], item, has_label)


def _is_possible(gap: int, last: int, cell: int) -> bool:
    between = cell - last - 1
    skippable = max(0, cell // 2 - last // 2 - 1)
    fewest, most = gap // 2, max(0, gap - 1)
    return any(fewest <= between - 2 * skipped <= most for skipped in range(skippable + 1))


def _holds_anchors(
    items: Sequence[ZoneItem], slots: Sequence[str], stated: Mapping[str, tuple[str, ...]], cells: tuple[int, ...]
) -> bool:
    for names in {each.names for each in items if each.names and each.names in stated.values()}:
        own = {2 * slots.index(role) + 1 for role, each in stated.items() if each == names and role in slots}
        if own and not any(cell in own for item, cell in zip(items, cells, strict=True) if item.names == names):
            return False
    return True


def _count_anchors(
    items: Sequence[ZoneItem], slots: Sequence[str], stated: Mapping[str, tuple[str, ...]], cells: tuple[int, ...]
) -> int:
    placed = zip(items, cells, strict=True)
    return sum(1 for item, cell in placed if item.is_label or stated.get(slots[cell // 2]) == item.names)
