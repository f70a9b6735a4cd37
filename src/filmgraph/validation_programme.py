"""Which screenings meet in one hall, and which are too short for their films.

The halls are swept, each programme sorted by start. Comparing every pair is quadratic: a thousand screenings took twelve seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from filmgraph.namespaces import FG, SCHEMA
from filmgraph.validation_facts import Facts

__all__ = ["Overlap", "Slot", "find_overlaps", "find_short_slots", "iter_slots", "read_datetime", "sweep"]

# These leave the hall free.
_NOT_IN_HALL = frozenset({SCHEMA.EventCancelled, SCHEMA.EventPostponed, SCHEMA.EventMovedOnline})


@dataclass(frozen=True, slots=True)
class Slot:
    """The time that a screening takes in its hall: from `start`, until but without `end`; both carry an offset."""

    screening_iri: str
    hall_iri: str
    start: datetime
    end: datetime
    start_text: str = ""


@dataclass(frozen=True, slots=True)
class Overlap:
    """A screening that starts while another is still running in the same hall."""

    later_iri: str
    later_start_text: str
    earlier_iri: str
    earlier_end: datetime
    hall_iri: str


def find_overlaps(facts: Facts) -> Iterator[Overlap]:
    """Yield every screening that starts while another still runs in its hall, with the one that runs longest."""
    by_hall: dict[str, list[Slot]] = defaultdict(list)
    for slot in iter_slots(facts):
        by_hall[slot.hall_iri].append(slot)
    for hall in sorted(by_hall):
        yield from sweep(by_hall[hall])


def sweep(slots: Iterable[Slot]) -> Iterator[Overlap]:
    """Yield the overlaps within one hall. Adjacent slots do not overlap; a slot without length never does."""
    running: Slot | None = None
    for slot in sorted(slots, key=lambda each: (each.start, each.end, each.screening_iri)):
        if slot.end <= slot.start:
            continue
        if running is not None and slot.start < running.end:
            yield Overlap(slot.screening_iri, slot.start_text, running.screening_iri, running.end, slot.hall_iri)
        if running is None or slot.end > running.end:
            running = slot


def iter_slots(facts: Facts) -> Iterator[Slot]:
    """Yield the slot of every screening that takes place in a hall and whose times can be read."""
    halls = set(facts.of_class(FG.Auditorium))
    for screening in facts.of_class(SCHEMA.ScreeningEvent):
        hall = facts.first(screening, SCHEMA.location)
        start_text = facts.first(screening, SCHEMA.startDate) or ""
        start = read_datetime(start_text)
        if hall in halls and start is not None and not _NOT_IN_HALL.intersection(facts.values(screening, SCHEMA.eventStatus)):
            end = read_datetime(facts.first(screening, SCHEMA.endDate) or "") or start + _length(facts, screening)
            yield Slot(screening, hall, start, end, start_text)


def _length(facts: Facts, screening: str) -> timedelta:
    """Return how long the films of a screening are together, as far as their running times are known."""
    films = facts.values(screening, SCHEMA.workPresented)
    minutes = (facts.first(film, FG.runtimeMinutes) or "" for film in films)
    return timedelta(minutes=sum(int(each) for each in minutes if each.isdecimal()))


def find_short_slots(facts: Facts) -> Iterator[tuple[str, int, str]]:
    """Yield every screening that ends before its films do: its IRI, the films' minutes together, its end as written."""
    for screening in facts.of_class(SCHEMA.ScreeningEvent):
        end_text = facts.first(screening, SCHEMA.endDate) or ""
        start, end = read_datetime(facts.first(screening, SCHEMA.startDate) or ""), read_datetime(end_text)
        length = _length(facts, screening)
        if start is not None and end is not None and start <= end < start + length:
            yield screening, length // timedelta(minutes=1), end_text


def read_datetime(text: str) -> datetime | None:
    """Return the moment that an xsd:dateTime means, or None when it has no offset or does not parse."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
