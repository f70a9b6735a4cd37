"""Which screenings in the same hall a change bears upon: those at about the same time, for what runs in a hall runs for hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode

from filmgraph.incremental_graph import View
from filmgraph.namespaces import SCHEMA
from filmgraph.validation_programme import read_datetime

__all__ = ["find_neighbours"]

#: What takes longer, or has no end, may meet anything in its hall.
_LONGEST: Final = timedelta(days=3)
#: A screening that meets a changed one begins within `_LONGEST` of it; and one that meets that one within twice as much.
_NEAR: Final = timedelta(days=4)
_AROUND: Final = timedelta(days=8)


class _Span(NamedTuple):
    """From the first start of a screening to its last end, before and after a change."""

    start: datetime
    end: datetime


def find_neighbours(things: Iterable[str], both: View) -> tuple[frozenset[str], frozenset[str]]:
    """Return the screenings that may meet one of the things in a hall, or take place in it, and those that may meet these.

    `both` is the graph before and after the change together.
    """
    places = {iri: _halls(iri, both) for iri in things}
    near = {each for iri in places for each in both.subjects(NamedNode(iri), SCHEMA.location)}
    around: set[str] = set()
    for hall in {each for halls in places.values() for each in halls}:
        own = [_span(iri, both) for iri, halls in places.items() if hall in halls]
        spans = {iri: _span(iri, both) for iri in both.subjects(hall, SCHEMA.location)}
        if None in own or None in spans.values():
            near.update(spans)
        else:
            near.update(_within(_NEAR, own, spans))
            around.update(_within(_AROUND, own, spans))
    return frozenset(near), frozenset(around)


def _halls(iri: str, both: View) -> frozenset[NamedNode | Literal]:
    return frozenset(both.values(iri, SCHEMA.location))


def _within(distance: timedelta, own: list[_Span | None], spans: dict[str, _Span | None]) -> Iterator[str]:
    for iri, span in spans.items():
        if span and any(each and span.start <= each.end + distance and each.start <= span.end + distance for each in own):
            yield iri


def _span(iri: str, both: View) -> _Span | None:
    """Return when a screening takes place; None where that is not known, or where it takes longer than any."""
    starts, ends = (_moments(iri, predicate, both) for predicate in (SCHEMA.startDate, SCHEMA.endDate))
    if not starts or not ends or None in starts or None in ends:
        return None
    span = _Span(min(filter(None, starts)), max(filter(None, ends)))
    # Each start with each end: one that was moved by a month is two spans, and is looked at as one that may meet anything.
    return span if span.end - span.start <= _LONGEST else None


def _moments(iri: str, predicate: str, both: View) -> list[datetime | None]:
    return [read_datetime(each.value) for each in both.values(iri, predicate)]
