"""The grid of one evening: halls from top to bottom, hours from left to right.

Places are counted in real time from the first hour, so that nothing overlaps in the night when summer time ends: the hour that
comes twice stands twice in the heading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.pages.model import Reference
from filmgraph.pages.moments import Moment, read_moment
from filmgraph.pages.showing import status_text, to_reference
from filmgraph.programme import Screening, find_zone

__all__ = ["LONGEST", "MOST_HOURS", "SLOT", "Block", "Grid", "GridHall", "build_grid"]

SLOT = timedelta(minutes=5)
_HOUR = timedelta(hours=1)
#: What the style sheet has places for. An evening has 24 hours, or 25, and ends with its last film.
MOST_HOURS = 36
LONGEST = 12 * 12
# What is drawn where neither the end nor the running time is known.
_UNKNOWN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Block:
    """One screening in the grid: it starts `offset` slots after the first hour and is `span` slots long.

    `has_end` is false where the length is drawn without being known.
    """

    iri: str
    title: str
    start: Moment
    end: Moment | None
    offset: int
    span: int
    status: str = ""
    is_off: bool = False
    has_end: bool = True


@dataclass(frozen=True, slots=True)
class GridHall:
    """One row: a hall of a venue, or a venue without halls."""

    hall: Reference | None
    venue: Reference | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """`hours` are what the clock shows at each column; there are twelve slots in each."""

    hours: tuple[str, ...]
    halls: tuple[GridHall, ...]


def build_grid(screenings: Sequence[Screening], messages: Messages = ENGLISH) -> Grid | None:
    """Return the grid of an evening's screenings; None when there is none to draw."""
    starts = [each.start for each in screenings if each.start is not None]
    if not starts:
        return None
    earliest = min(starts)
    first = earliest.replace(minute=0, second=0, microsecond=0)
    last = max(_end(each) for each in screenings if each.start is not None)
    count = min(MOST_HOURS, -(-(last - first) // _HOUR))
    zones = [each.time_zone for each in screenings if each.time_zone]
    zone = find_zone(max(zones, key=zones.count)) if zones else None
    moments = (first.astimezone(UTC) + n * _HOUR for n in range(count))
    hours = tuple(each.astimezone(zone or first.tzinfo).strftime("%H:%M") for each in moments)
    return Grid(hours, _halls(screenings, first, messages))


def _halls(screenings: Sequence[Screening], first: datetime, messages: Messages) -> tuple[GridHall, ...]:
    by_hall: defaultdict[tuple[str, str, str], list[Screening]] = defaultdict(list)
    for each in screenings:
        venue = each.venue.named if each.venue else None
        by_hall[venue.name if venue else "", each.hall.name if each.hall else "", (each.hall or venue or each.named).iri].append(
            each
        )
    halls = []
    for _, found in sorted(by_hall.items(), key=lambda item: item[0]):
        hall, place = found[0].hall, found[0].venue
        blocks = tuple(block for each in found if (block := _block(each, first, messages)) is not None)
        halls.append(GridHall(to_reference(hall) if hall else None, to_reference(place.named) if place else None, blocks))
    return tuple(halls)


def _block(screening: Screening, first: datetime, messages: Messages) -> Block | None:
    start = read_moment(screening.start.isoformat(), messages) if screening.start else None
    if screening.start is None or start is None:
        return None
    return Block(
        iri=screening.named.iri,
        title=screening.named.name,
        start=start,
        end=read_moment(screening.end.isoformat(), messages) if screening.end else None,
        offset=(screening.start - first) // SLOT,
        span=max(3, min(LONGEST, -(-(_end(screening) - screening.start) // SLOT))),
        status=status_text(screening.status, messages),
        is_off=screening.is_off,
        has_end=screening.end is not None or screening.minutes is not None,
    )


def _end(screening: Screening) -> datetime:
    """Return when a screening ends, as far as it can be told: by its end, or by its films' length."""
    if screening.start is None:
        raise ValueError(f"{screening.named.iri} has no start, so it has no end")
    if screening.end is not None and screening.end > screening.start:
        return screening.end
    return screening.start + (timedelta(minutes=screening.minutes) if screening.minutes else _UNKNOWN)
