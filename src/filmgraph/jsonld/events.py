"""What the blocks of screenings, editions and festivals say.

Search engines ask three things of the graph that it says by a chain of links, and not by one: a place with both name and address
(the hall and its venue as one), where an edition takes place (where its screenings are), and who organises a screening (who
organises its edition, or the festival that this belongs to). Nothing else is concluded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from filmgraph.iris import Kind
from filmgraph.jsonld.movie import presented
from filmgraph.jsonld.writer import CONTEXT_URL, Body, Writer
from filmgraph.namespaces import FG

__all__ = ["NESTED_EVENTS", "festival", "fiction", "screening", "section", "series"]

#: An edition names so many of its screenings at most, the first ones; each has a block on its own page.
NESTED_EVENTS: Final = 50
_TIMES: Final = ("startDate", "endDate")
_STATES: Final = ("eventStatus", "eventAttendanceMode")


def screening(writer: Writer, iri: str) -> Body:
    """Return the members of a screening."""
    places = [_place(writer, each) for each in writer.urls(iri, "location")]
    editions = [_edition(writer, each) | {"location": places} for each in writer.urls(iri, "superEvent")]
    return {
        **writer.members(iri, *_TIMES, "doorTime", "previousStartDate"),
        **_state(writer, iri),
        "location": places,
        "workPresented": [presented(writer, each) for each in writer.urls(iri, "workPresented")],
        "superEvent": editions,
        "organizer": _organizers(writer, iri),
        "performer": writer.things(iri, "performer"),
        "inLanguage": writer.texts(iri, "inLanguage"),
        "subtitleLanguage": writer.texts(iri, "subtitleLanguage"),
        "videoFormat": writer.texts(iri, "videoFormat"),
        "maximumAttendeeCapacity": writer.number(iri, "maximumAttendeeCapacity"),
        "remainingAttendeeCapacity": writer.number(iri, "remainingAttendeeCapacity"),
        "description": fiction(writer, iri),
    }


def festival(writer: Writer, iri: str) -> Body:
    """Return the members of an edition, with its first screenings by their time."""
    screenings = sorted(writer.incoming("superEvent", Kind.SCREENING), key=lambda each: (writer.text(each, "startDate"), each))
    return {
        **writer.members(iri, *_TIMES),
        "location": _venues(writer, screenings),
        "superEvent": writer.things(iri, "superEvent"),
        "organizer": _organizers(writer, iri),
        "subEvent": [_nested(writer, each) for each in screenings[:NESTED_EVENTS]],
        "description": fiction(writer, iri),
        **writer.identity(iri),
    }


def series(writer: Writer, iri: str) -> Body:
    """Return the members of a festival over the years, with its editions."""
    editions = sorted(writer.incoming("superEvent", Kind.FESTIVAL), key=lambda each: (writer.text(each, "startDate"), each))
    return {
        "organizer": _organizers(writer, iri),
        "subEvent": [writer.thing(each) | writer.members(each, *_TIMES) for each in editions],
        "description": fiction(writer, iri),
        **writer.identity(iri),
    }


def section(writer: Writer, iri: str) -> Body:
    """Return the members of a section of a programme."""
    return {
        "superEvent": [_edition(writer, each) for each in writer.urls(iri, "superEvent")],
        "description": fiction(writer, iri),
    }


def fiction(writer: Writer, iri: str) -> str:
    """Return what must be said of a made-up event wherever it is read."""
    own = writer.text(iri, "disambiguatingDescription")
    events = (iri, *writer.urls(iri, "superEvent"))
    is_fictional = any(writer.description.text(each, FG.isFictional) == "true" for each in events)
    return own or ("Fictional: made up to show the data; it does not take place." if is_fictional else "")


def _nested(writer: Writer, iri: str) -> Body:
    """Return a screening as its edition names it: no more than an event needs, as there are many."""
    places = [_place(writer, each) for each in writer.urls(iri, "location")]
    bare = [{name: each[name] for name in ("@type", "name", "address") if name in each} for each in places]
    return writer.thing(iri) | writer.members(iri, "startDate") | _state(writer, iri) | {"location": bare}


def _edition(writer: Writer, iri: str) -> Body:
    return writer.thing(iri) | writer.members(iri, *_TIMES)


def _state(writer: Writer, iri: str) -> Body:
    return {name: [f"{CONTEXT_URL}/{each.rpartition('/')[2]}" for each in writer.urls(iri, name)] for name in _STATES}


def _venues(writer: Writer, screenings: Iterable[str]) -> list[Body]:
    """Return where screenings are, each venue once; in which of its halls, says each screening."""
    places = dict.fromkeys(place for each in screenings for place in writer.urls(each, "location"))
    venues = dict.fromkeys(venue for place in places for venue in writer.urls(place, "containedInPlace") or (place,))
    return [_place(writer, each) for each in venues]


def _place(writer: Writer, iri: str) -> Body:
    """Return a hall and its venue as one place, because an event's place needs both a name and an address."""
    venue = next(iter(writer.urls(iri, "containedInPlace")), iri)
    place = writer.thing(venue) | {"address": writer.addresses(venue)}
    return place | ({"name": f"{writer.label(venue)}, {writer.label(iri)}"} if venue != iri else {})


def _organizers(writer: Writer, iri: str) -> list[Body]:
    """Return who organises an event, else the event that it belongs to."""
    for _ in Kind:
        found = writer.things(iri, "organizer")
        above = writer.urls(iri, "superEvent")
        if found or not above:
            return found
        iri = above[0]
    return []
