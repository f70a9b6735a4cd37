"""What the published graph says of one thing, and its times, days and places as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pyoxigraph import Literal, NamedNode

from filmgraph.namespaces import SCHEMA
from filmgraph.stores.base import Term
from filmgraph.values import EventStatus

__all__ = ["Record", "read_coordinates", "read_day", "read_status", "read_time"]


@dataclass(frozen=True, slots=True)
class Record:
    """What the published graph says of one thing, by property."""

    values: Mapping[str, list[Term]]

    def iris(self, *predicate_iris: str) -> tuple[str, ...]:
        """Return the values of some properties that are IRIs."""
        return tuple(each.value for p in predicate_iris for each in self.values.get(p, ()) if isinstance(each, NamedNode))

    def literals(self, predicate_iri: str) -> Iterator[Literal]:
        """Return the values of a property that are literals."""
        return (each for each in self.values.get(predicate_iri, ()) if isinstance(each, Literal))

    def literal(self, predicate_iri: str) -> Literal | None:
        """Return one value: untagged, else English, else the first."""
        found = list(self.literals(predicate_iri))
        return min(found, key=lambda each: (each.language is not None, each.language != "en"), default=None)

    def text(self, predicate_iri: str) -> str:
        """Return one value as text; empty when there is none."""
        found = self.literal(predicate_iri)
        return found.value if found else ""

    def texts(self, predicate_iri: str) -> tuple[str, ...]:
        """Return all values that are literals."""
        return tuple(each.value for each in self.literals(predicate_iri))


def read_time(text: str, zone: ZoneInfo | None) -> datetime | None:
    """Return a point in time; one without an offset is in the venue's zone, and None where that is not known."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.utcoffset() is not None:
        return moment
    # With its offset spelled out: between two times of one zone, Python counts the hours of the clock.
    return datetime.fromisoformat(moment.replace(tzinfo=zone).isoformat()) if zone else None


def read_day(text: str) -> date | None:
    """Return the day that a date or time names; None for a mere year or month."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def read_status(iris: Iterable[str]) -> EventStatus:
    """Return the state of an event; what is not said, or not known here, is scheduled."""
    known = {each.value: each for each in EventStatus}
    return next((known[each] for each in iris if each in known), EventStatus.SCHEDULED)


def read_coordinates(record: Record) -> tuple[float, float] | None:
    """Return latitude and longitude in degrees; None when they are not told, or lie nowhere on earth."""
    try:
        latitude, longitude = (float(record.text(each)) for each in (SCHEMA.latitude, SCHEMA.longitude))
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
