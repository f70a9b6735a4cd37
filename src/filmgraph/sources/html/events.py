"""Screenings, festivals and venues of a page → their records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from filmgraph.findings import Severity
from filmgraph.folding import fold
from filmgraph.iris import Kind
from filmgraph.model import Auditorium, EventSeries, Festival, Movie, MovieTheater, PartialDate, Ref, ScreeningEvent, Text
from filmgraph.sources.html.agents import GROUPS, Agents
from filmgraph.sources.html.films import FILMS, Films
from filmgraph.sources.html.nodes import Datum, Node
from filmgraph.sources.html.page import Page
from filmgraph.sources.html.values import parse_partial_date, parse_time

__all__ = ["EVENTS", "FESTIVALS", "SCREENINGS", "VENUES", "Events"]

SCREENINGS: Final = frozenset({"ScreeningEvent"})
EVENTS: Final = frozenset({"Event", "SocialEvent", "VisualArtsEvent", "TheaterEvent", "ExhibitionEvent"}) | SCREENINGS
FESTIVALS: Final = frozenset({"Festival"})
VENUES: Final = frozenset({"MovieTheater"})
_WORKS: Final = ("workPresented", "workFeatured", "workPerformed", "about")
_TIMES: Final = {
    "startDate": "start_date",
    "endDate": "end_date",
    "doorTime": "door_time",
    "previousStartDate": "previous_start_date",
}
_KINDS: Final = {
    "eventStatus": ("event_status", "status"),
    "inLanguage": ("in_language", "language"),
    "subtitleLanguage": ("subtitle_language", "language"),
}
_YEAR: Final = re.compile(r"\(?\b(?:19|20)[0-9]{2}\b\)?")
_CAST: Final = "actor"
_NO_SERIES: Final = "the page names no series; it is called like the edition without its year"
_PARTS: Final = {"streetAddress": "street_address", "postalCode": "postal_code", "addressLocality": "address_locality"}
_READ: Final = {
    *_TIMES,
    *_WORKS,
    "name",
    "location",
    "superEvent",
    "eventStatus",
    "performer",
    "performers",
    "subtitleLanguage",
    "url",
}
_READ_TOO: Final = {"videoFormat", "sameAs", "inLanguage", "subEvent", "organizer"}


@dataclass(frozen=True, slots=True)
class Events:
    """Reads events into what is gathered of a page."""

    page: Page

    def is_screening(self, node: Node) -> bool:
        """Return whether an event is one: it is called so, it presents a film, or the profile says that all are."""
        if node.is_a(SCREENINGS):
            return True
        return node.is_a(EVENTS) and (self.page.profile.has_plain_events or any(each.is_a(FILMS) for each in node.nodes(*_WORKS)))

    def read_screening(self, node: Node, festival: Ref | None = None) -> None:
        """Add a screening with its films and its venue."""
        if id(node) in self.page.used:
            return
        self.page.used[id(node)] = None
        name = next(node.data("name"), None)
        films = list(self._films(node, name))
        start = self._time(node)
        if not films or start is None:
            message = "The screening names no film." if not films else "The page does not say when the screening starts."
            self.page.found.remark("html-screening", Severity.WARNING, node.line, node.text("name") or "ScreeningEvent", message)
            return
        title = name.text if name and name.text else " + ".join(film.name for film, _, _ in films)
        # Film and start together tell screenings apart, as in sheets; a change of hall does not.
        known_by = " + ".join(film.name for film, _, _ in films)
        ref = self.page.found.begin(ScreeningEvent, Ref(Kind.SCREENING, f"{known_by} {start:%Y-%m-%d %H:%M}"), node.line)
        self.page.used[id(node)] = ref
        self.page.found.add(ref, "name", Text(title), name.line if name else node.line)
        for film, line, reason in films:
            self.page.found.add(ref, "work_presented", film, line, reason)
        self._read_facts(node, ref, festival)
        self._read_performers(node, ref, [film for film, _, _ in films])
        self.page.leave_rest(node, _READ | _READ_TOO)

    def _films(self, node: Node, name: Datum | None) -> Iterator[tuple[Ref, int, str]]:
        """Yield the films that are shown, with line and why it is concluded."""
        films, works = Films(self.page), list(node.data(*_WORKS[:3]))
        works += (each for each in node.data("about") if isinstance(each.content, Node) and each.content.is_a(FILMS))
        for datum in works:
            if isinstance(datum.content, str):
                yield films.ref(datum.content), datum.line, ""
            elif film := films.read(datum.content) if datum.content.text("name") else None:
                yield film, datum.line, ""
        if not works and name is not None and name.text:
            yield films.ref(name.text), name.line, "the page names no film; the screening is called after it"

    def _time(self, node: Node) -> datetime | None:
        return next(
            (
                time
                for each in node.data("startDate")
                if isinstance(time := parse_time(each.text, self.page.profile.zone), datetime)
            ),
            None,
        )

    def _read_facts(self, node: Node, ref: Ref, festival: Ref | None) -> None:
        page = self.page
        for name, field_name in _TIMES.items():
            for datum in node.data(name):
                page.add_parsed(ref, field_name, parse_time(datum.text, page.profile.zone), datum)
        for name, (field_name, kind) in _KINDS.items():
            page.add_kind(ref, field_name, kind, node.data(name))
        page.add_links(ref, node)
        for datum in node.data("videoFormat"):
            page.found.add(ref, "video_format", datum.text, datum.line)
        for datum in node.data("location"):
            self._add_location(ref, datum)
        if festival is not None:
            page.found.add(ref, "super_event", festival, node.line)
        for datum in (each for each in node.data("superEvent") if each.text):
            page.found.add(ref, "super_event", self.festival_ref(datum), datum.line)

    def _add_location(self, ref: Ref, datum: Datum) -> None:
        if isinstance(datum.content, Node) and datum.content.is_a({"VirtualLocation"}):
            self.page.found.leave(datum.line, datum.text, "it takes place online as well", is_understood=True)
            return
        place = self.read_venue(datum.content) if isinstance(datum.content, Node) else Ref(Kind.VENUE, datum.content)
        if place is not None:
            self.page.found.add(ref, "location", place, datum.line)

    def _read_performers(self, node: Node, ref: Ref, films: list[Ref]) -> None:
        """Credit performers where the profile says what they are; a group that is called like the film is nobody."""
        role = self.page.profile.performers
        names = {fold(each.name) for each in films} | {fold(node.text("name"))}
        people = []
        for datum in node.data("performer", "performers"):
            if isinstance(datum.content, Node) and datum.content.is_a(GROUPS) and fold(datum.text) in names:
                why = f"the page calls the film itself {' and '.join(sorted(datum.content.types))}, to fill a field"
                self.page.found.leave(datum.line, datum.text, why, is_understood=True)
            else:
                people.append(datum)
        if people and not role:
            message = (
                "Performers of a screening may be the film's cast, or guests. Say in a profile which: "
                'performers = "cast" or performers = "guests".'
            )
            self.page.found.remark(
                "html-performer", Severity.WARNING, people[0].line, ", ".join(each.text for each in people), message
            )
        elif people:
            Agents(self.page).credit(self._begin_film(films[0], people[0].line) if role == _CAST else ref, role, iter(people))

    def _begin_film(self, film: Ref, line: int) -> Ref:
        """Make sure of a record of a film that the page may name only here."""
        self.page.found.begin(Movie, film, line)
        self.page.found.add(film, "name", Text(film.name), line)
        return film

    def read_venue(self, node: Node) -> Ref | None:
        """Return the venue that a node describes, or the hall where it lies in one, and add what it says."""
        if id(node) in self.page.used:
            return self.page.used[id(node)]
        self.page.used[id(node)] = None
        name = next((each for each in node.data("name") if each.text), None)
        if name is None:
            self.page.found.remark(
                "html-name", Severity.WARNING, node.line, "Place", "The page describes a place without a name."
            )
            return None
        outer = next(node.nodes("containedInPlace", "containedIn"), None)
        if outer is not None and outer.is_a(VENUES) and (venue := self.read_venue(outer)) is not None:
            return self._read_hall(node, name, venue)
        venue = self.page.found.begin(MovieTheater, Ref(Kind.VENUE, name.text), node.line)
        self.page.used[id(node)] = venue
        self.page.found.add(venue, "name", Text(name.text), name.line)
        self._read_place(node, venue)
        return venue

    def _read_hall(self, node: Node, name: Datum, venue: Ref) -> Ref:
        hall = self.page.found.begin(Auditorium, Ref(Kind.HALL, name.text, within=venue), node.line)
        self.page.used[id(node)] = hall
        self.page.found.add(hall, "name", Text(name.text), name.line)
        self.page.found.add(hall, "contained_in_place", venue, node.line)
        self.page.add_kind(hall, "maximum_attendee_capacity", "integer", node.data("maximumAttendeeCapacity"))
        return hall

    def _read_place(self, node: Node, venue: Ref) -> None:
        page = self.page
        page.add_links(venue, node)
        for address in node.nodes("address"):
            self._read_address(address, venue)
        for datum in (each for each in node.data("address") if isinstance(each.content, str)):
            why = "an address in one piece: street, code and town cannot be told apart"
            page.found.leave(datum.line, datum.text, why)
        for where in (node, *node.nodes("geo")):
            for name in ("latitude", "longitude"):
                page.add_kind(venue, name, "degrees", where.data(name))

    def _read_address(self, node: Node, venue: Ref) -> None:
        for name, field_name in _PARTS.items():
            for datum in node.data(name):
                self.page.found.add(venue, field_name, datum.text, datum.line)
        for datum in node.data("addressCountry"):
            country = self.page.texts.parse(datum.text, "country")
            self.page.add_parsed(venue, "address_country", getattr(country, "key", country), datum)

    def festival_ref(self, datum: Datum) -> Ref:
        """Return the reference to an edition by its name; one that the page describes has its year."""
        return self.read_festival(datum.content) if isinstance(datum.content, Node) else Ref(Kind.FESTIVAL, datum.content)

    def read_festival(self, node: Node) -> Ref:
        """Return the edition that a node describes, and add what it says, if it is called a festival."""
        known = self.page.used.get(id(node))
        if known is not None:
            return known
        start = parse_partial_date(node.text("startDate")) if node.text("startDate") else None
        ref = Ref(Kind.FESTIVAL, node.text("name"), year=start.year if isinstance(start, PartialDate) else None)
        self.page.used[id(node)] = ref
        if not node.is_a(FESTIVALS):
            return ref
        self.page.found.begin(Festival, ref, node.line)
        name = next(node.data("name"))
        self.page.found.add(ref, "name", Text(name.text), name.line)
        links = [*self.page.iter_links(node), *self.page.iter_dates(node, {"startDate": "start_date", "endDate": "end_date"})]
        for field_name, value, line in links:
            self.page.found.add(ref, field_name, value, line)
        series = [each for each in node.nodes("superEvent") if each.is_a({"EventSeries"}) and each.text("name")]
        for each in series:
            self._read_series(ref, each.text("name"), each.line)
            self.page.used[id(each)] = Ref(Kind.SERIES, each.text("name"))
        if not series:
            self._read_series(ref, _YEAR.sub("", name.text).strip(" -–,") or name.text, name.line, _NO_SERIES)
        self.page.leave_rest(node, _READ | _READ_TOO)
        return ref

    def _read_series(self, edition: Ref, name: str, line: int, reason: str = "") -> None:
        series = self.page.found.begin(EventSeries, Ref(Kind.SERIES, name), line)
        self.page.found.add(series, "name", Text(name), line, reason)
        self.page.found.add(edition, "super_event", series, line, reason)
