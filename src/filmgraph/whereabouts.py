"""Venues with their coordinates, as typed rows for maps; read from a store by look-ups alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import asin, atan2, cos, degrees, radians, sin, sqrt
from typing import Final

from pyoxigraph import NamedNode

from filmgraph.describe_model import to_iri, to_term
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import SCHEMA
from filmgraph.programme import Named, ScreeningReader, Venue
from filmgraph.stores.base import Store

__all__ = ["Spot", "bearing", "distance", "locate", "venues_around", "venues_of_edition"]

#: The mean radius of the earth, in metres (IUGG).
_EARTH: Final = 6_371_009
#: A venue that is further away, in metres, is not in the same town, whatever its address says.
_FAR: Final = 60_000


@dataclass(frozen=True, slots=True)
class Spot:
    """A venue on the map: latitude and longitude in degrees (WGS 84). `town` is its post code and town."""

    named: Named
    latitude: float
    longitude: float
    street: str = ""
    town: str = ""


def distance(one: Spot, other: Spot) -> float:
    """Return the distance of two spots in metres, by the haversine formula."""
    north, east = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    half = sin(north / 2) ** 2 + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
    return 2 * _EARTH * asin(sqrt(min(1.0, half)))


def bearing(one: Spot, other: Spot) -> float:
    """Return the direction from one spot to another in degrees, clockwise from north."""
    east = radians(other.longitude - one.longitude)
    here, there = radians(one.latitude), radians(other.latitude)
    return degrees(atan2(sin(east) * cos(there), cos(here) * sin(there) - sin(here) * cos(there) * cos(east))) % 360


def locate(venues: Iterable[Venue]) -> tuple[Spot, ...]:
    """Return the venues whose coordinates are known, each once, by name."""
    spots = {each.named.iri: _to_spot(each) for each in venues}
    return tuple(sorted(filter(None, spots.values()), key=lambda each: (each.named.name.casefold(), each.named.iri)))


def venues_around(store: Store, iris: IriScheme, key: str) -> tuple[Spot, ...]:
    """Return a venue and the others of its town, the nearest first; nothing when it has no coordinates."""
    reader = ScreeningReader(store, iris)
    own = reader.venue(iris.thing(Kind.VENUE, key))
    here = _to_spot(own)
    if here is None:
        return ()
    others = locate(reader.venue(each) for each in _same_town(store, iris, own))
    near = [each for each in others if each.named.iri != here.named.iri and distance(here, each) <= _FAR]
    return (here, *sorted(near, key=lambda each: (distance(here, each), each.named.iri)))


def venues_of_edition(store: Store, iris: IriScheme, key: str) -> tuple[Spot, ...]:
    """Return the venues of a festival edition whose coordinates are known, by name."""
    reader = ScreeningReader(store, iris)
    events = store.quads(None, NamedNode(SCHEMA.superEvent), NamedNode(iris.thing(Kind.FESTIVAL, key)))
    places = {place for event in events for place in _objects(store, to_iri(event.subject), SCHEMA.location)}
    halls = {each: _objects(store, each, SCHEMA.containedInPlace) for each in places}
    venues = {venue for place, above in halls.items() for venue in above or [place]}
    return locate(reader.venue(each) for each in sorted(venues))


def _objects(store: Store, iri: str, predicate_iri: str) -> list[str]:
    return [to_iri(quad.object) for quad in store.quads(NamedNode(iri), NamedNode(predicate_iri))]


def _same_town(store: Store, iris: IriScheme, venue: Venue) -> Iterator[str]:
    """Yield the venues that have the town of a venue in their addresses."""
    town = NamedNode(SCHEMA.addressLocality)
    for link in store.quads(NamedNode(venue.named.iri), NamedNode(SCHEMA.address)):
        for own in store.quads(NamedNode(to_iri(link.object)), town):
            for quad in store.quads(None, town, to_term(own.object)):
                found = iris.parse(to_iri(quad.subject))
                if found is not None and found.kind is Kind.VENUE:
                    yield iris.thing(Kind.VENUE, found.key)


def _to_spot(venue: Venue) -> Spot | None:
    if venue.coordinates is None:
        return None
    return Spot(venue.named, *venue.coordinates, street=venue.street, town=venue.town)
