"""Screenings as typed rows, for programmes and calendars; read from a store by look-ups alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pyoxigraph import NamedNode

from filmgraph.describe_model import to_term
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG, RDF, SCHEMA
from filmgraph.programme_record import Record, read_coordinates, read_day, read_status, read_time
from filmgraph.stores.base import Store, Term
from filmgraph.values import EventStatus

__all__ = [
    "SCREENED_KINDS",
    "Edition",
    "Named",
    "Screening",
    "ScreeningReader",
    "Start",
    "Venue",
    "Work",
    "evening_of",
    "find_zone",
    "in_order",
]

#: The kinds of things that have screenings.
SCREENED_KINDS = (
    Kind.SCREENING, Kind.FILM, Kind.PERSON, Kind.ORG, Kind.VENUE, Kind.HALL, Kind.SECTION, Kind.FESTIVAL, Kind.SERIES,
)  # fmt: skip
#: A screening that starts before this hour belongs to the evening before.
_DAY_STARTS = 5
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Named:
    """A thing and what it is called; `language` is the tag of the name, None for an original title."""

    iri: str
    name: str
    language: str | None = None

    @property
    def key(self) -> str:
        """The key at the end of the thing's IRI."""
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Work:
    """A film as a programme names it; `minutes` is its running time, `languages` are BCP 47 tags."""

    named: Named
    year: str = ""
    minutes: int | None = None
    directors: tuple[Named, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Venue:
    """Where a hall is. `country` is an ISO 3166-1 code, `time_zone` a name of the IANA database that is known here, or empty.

    `coordinates` are latitude and longitude in degrees (WGS 84).
    """

    named: Named
    street: str = ""
    town: str = ""
    country: str = ""
    time_zone: str = ""
    accessibility: str = ""
    coordinates: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """One screening with all that a programme or a calendar tells of it. Times carry the UTC offset that the graph gives them.

    `first_day` is that of its edition. `spoken` and `subtitles` are BCP 47 tags; what is spoken is what the screening says, else
    what its films say.
    """

    named: Named
    start: datetime | None
    end: datetime | None = None
    previous_start: datetime | None = None
    status: EventStatus = EventStatus.SCHEDULED
    films: tuple[Work, ...] = ()
    hall: Named | None = None
    venue: Venue | None = None
    festival: Named | None = None
    first_day: date | None = None
    section: Named | None = None
    spoken: tuple[str, ...] = ()
    subtitles: tuple[str, ...] = ()
    video_formats: tuple[str, ...] = ()
    guests: tuple[Named, ...] = ()
    is_fictional: bool = False

    @property
    def evening(self) -> date | None:
        """The day of the programme that it belongs to."""
        return None if self.start is None else evening_of(self.start, self.first_day)

    @property
    def is_off(self) -> bool:
        """Whether nothing takes place at `start`."""
        return self.status in (EventStatus.CANCELLED, EventStatus.POSTPONED)

    @property
    def minutes(self) -> int | None:
        """The running time of all films together; None when that of one is not known."""
        known = [each.minutes for each in self.films if each.minutes is not None]
        return sum(known) if known and len(known) == len(self.films) else None

    @property
    def languages(self) -> frozenset[str]:
        """The languages in which it can be followed."""
        return frozenset((*self.spoken, *self.subtitles))

    @property
    def time_zone(self) -> str:
        """The time zone of the venue; empty where it is not known."""
        return self.venue.time_zone if self.venue else ""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a festival, from its first to its last day."""

    named: Named
    first_day: date | None = None
    last_day: date | None = None
    is_fictional: bool = False

    def overlaps(self, other: Edition) -> bool:
        """Return whether two editions share a day."""
        if self.first_day is None or self.last_day is None or other.first_day is None or other.last_day is None:
            return False
        return self.first_day <= other.last_day and other.first_day <= self.last_day


@dataclass(frozen=True, slots=True)
class Start:
    """When a screening starts, where that is known."""

    screening_iri: str
    start: datetime | None


def evening_of(start: datetime, first_day: date | None = None) -> date:
    """Return the day of a programme: what starts after midnight belongs to the evening before, but not to one before `first_day`.

    >>> evening_of(datetime.fromisoformat("2026-10-18T00:30:00+02:00"))
    datetime.date(2026, 10, 17)
    """
    day = start.date()
    is_late = start.hour < _DAY_STARTS and (first_day is None or day > first_day)
    return day - timedelta(days=1) if is_late else day


def find_zone(name: str) -> ZoneInfo | None:
    """Return a time zone of the IANA database by its name, or None when there is none.

    >>> find_zone("Europe/Brussels"), find_zone("../Brussels")
    (zoneinfo.ZoneInfo(key='Europe/Brussels'), None)
    """
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def in_order(screenings: Iterable[Screening]) -> tuple[Screening, ...]:
    """Return screenings by start, those without one last."""
    return tuple(sorted(screenings, key=lambda each: (each.start or _LAST, each.named.iri)))


class ScreeningReader:
    """Reads rows from one release; what halls, venues and films say is read once, so keep a reader no longer than a programme."""

    def __init__(self, store: Store, iris: IriScheme) -> None:
        self._store = store
        self._iris = iris
        self._records: dict[str, Record] = {}

    def screenings_of(self, kind: Kind, key: str) -> tuple[Screening, ...]:
        """Return the screenings of a thing by start; of a person also those of the films that they worked on."""
        return in_order(self.read(each) for each in sorted(self._find(kind, self._iris.thing(kind, key))))

    def starts_of(self, kind: Kind, key: str) -> tuple[Start, ...]:
        """Return when the screenings of a thing start, in order, without reading more of them."""
        found = (Start(each, self._start(each)) for each in self._find(kind, self._iris.thing(kind, key)))
        return tuple(sorted(found, key=lambda each: (each.start or _LAST, each.screening_iri)))

    def all_starts(self) -> tuple[Start, ...]:
        """Return when all screenings of the release start, in order, those without a start left out."""
        found = []
        for quad in self._store.quads(None, NamedNode(SCHEMA.startDate)):
            thing = self._iris.parse(to_term(quad.subject).value)
            if thing is not None and thing.kind is Kind.SCREENING:
                iri = self._iris.thing(thing.kind, thing.key)
                start = read_time(to_term(quad.object).value, None) or self._start(iri)
                if start is not None:
                    found.append((start, iri))
        return tuple(Start(iri, start) for start, iri in sorted(found))

    def festival_of(self, iri: str) -> Named | None:
        """Return the edition that a screening belongs to."""
        return self._first(self._record(iri).iris(SCHEMA.superEvent))

    def name(self, kind: Kind, key: str) -> Named:
        """Return what a thing of the published graph is called; its key where it has no name."""
        return self._named(self._iris.thing(kind, key))

    def editions(self) -> tuple[Edition, ...]:
        """Return all editions by their first day, then by name."""
        found = self._store.quads(None, NamedNode(RDF.type), NamedNode(SCHEMA.Festival))
        editions = [self.edition(quad.subject.value) for quad in found if isinstance(quad.subject, NamedNode)]
        return tuple(sorted(editions, key=lambda each: (each.first_day or date.max, each.named.name, each.named.iri)))

    def edition(self, iri: str) -> Edition:
        """Return one edition."""
        record = self._record(iri)
        first, last = (read_day(record.text(each)) for each in (SCHEMA.startDate, SCHEMA.endDate))
        return Edition(self._named(iri), first, last or first, record.text(FG.isFictional) == "true")

    def read(self, iri: str) -> Screening:
        """Return one screening."""
        record = self._record(iri)
        hall, venue = self._place(record)
        zone = find_zone(venue.time_zone) if venue else None
        festivals = record.iris(SCHEMA.superEvent)
        films = tuple(self._work(each) for each in record.iris(SCHEMA.workPresented))
        spoken = record.texts(SCHEMA.inLanguage) or tuple(sorted({tag for film in films for tag in film.languages}))
        return Screening(
            named=self._named(iri),
            start=read_time(record.text(SCHEMA.startDate), zone),
            end=read_time(record.text(SCHEMA.endDate), zone),
            previous_start=read_time(record.text(SCHEMA.previousStartDate), zone),
            status=read_status(record.iris(SCHEMA.eventStatus)),
            films=films,
            hall=hall,
            venue=venue,
            festival=self._first(festivals),
            first_day=self.edition(festivals[0]).first_day if festivals else None,
            section=self._first(record.iris(FG.inSection)),
            spoken=spoken,
            subtitles=record.texts(SCHEMA.subtitleLanguage),
            video_formats=record.texts(SCHEMA.videoFormat),
            guests=tuple(self._named(each) for each in record.iris(SCHEMA.performer, SCHEMA.contributor)),
            is_fictional=any(self._record(each).text(FG.isFictional) == "true" for each in (iri, *festivals)),
        )

    def _start(self, iri: str) -> datetime | None:
        record = self._record(iri)
        start = read_time(record.text(SCHEMA.startDate), None)
        if start is not None:
            return start
        _, venue = self._place(record)
        return read_time(record.text(SCHEMA.startDate), find_zone(venue.time_zone) if venue else None)

    def _find(self, kind: Kind, iri: str) -> set[str]:
        match kind:
            case Kind.SCREENING:
                return {iri} if self._record(iri).values else set()
            case Kind.FILM:
                return self._linking(iri, SCHEMA.workPresented)
            case Kind.FESTIVAL:
                return self._linking(iri, SCHEMA.superEvent)
            case Kind.SECTION:
                return self._linking(iri, FG.inSection)
            case Kind.SERIES:
                editions = self._linking(iri, SCHEMA.superEvent, Kind.FESTIVAL)
                return {each for edition in editions for each in self._linking(edition, SCHEMA.superEvent)}
            case Kind.VENUE | Kind.HALL:
                places = {iri, *self._linking(iri, SCHEMA.containedInPlace, Kind.HALL)}
                return {each for place in places for each in self._linking(place, SCHEMA.location)}
            case Kind.PERSON | Kind.ORG:
                films = self._linking(iri, None, Kind.FILM)
                return self._linking(iri, None) | {s for film in films for s in self._linking(film, SCHEMA.workPresented)}
            case _:
                return set()

    def _linking(self, iri: str, predicate_iri: str | None, kind: Kind = Kind.SCREENING) -> set[str]:
        """Return the things of a kind that link to a thing."""
        predicate = NamedNode(predicate_iri) if predicate_iri else None
        quads = self._store.quads(None, predicate, NamedNode(iri))
        found = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}
        return {
            each for each in found if (thing := self._iris.parse(each)) is not None and thing.kind is kind and "#" not in each
        }

    def _place(self, screening: Record) -> tuple[Named | None, Venue | None]:
        for iri in screening.iris(SCHEMA.location):
            thing = self._iris.parse(iri)
            if thing is None or thing.kind is not Kind.HALL:
                return None, self.venue(iri)
            venues = self._record(iri).iris(SCHEMA.containedInPlace)
            return self._named(iri), self.venue(venues[0]) if venues else None
        return None, None

    def venue(self, iri: str) -> Venue:
        """Return one venue."""
        record = self._record(iri)
        address = next((self._record(each) for each in record.iris(SCHEMA.address)), Record({}))
        zone = find_zone(record.text(FG.timeZone))
        return Venue(
            self._named(iri),
            street=address.text(SCHEMA.streetAddress),
            town=f"{address.text(SCHEMA.postalCode)} {address.text(SCHEMA.addressLocality)}".strip(),
            country=address.text(SCHEMA.addressCountry),
            time_zone=zone.key if zone else "",
            accessibility=record.text(FG.accessibility),
            coordinates=read_coordinates(next((self._record(each) for each in record.iris(SCHEMA.geo)), record)),
        )

    def _work(self, iri: str) -> Work:
        record = self._record(iri)
        minutes = record.text(FG.runtimeMinutes)
        return Work(
            self._named(iri),
            year=record.text(SCHEMA.dateCreated)[:4],
            minutes=int(minutes) if minutes.isdecimal() else None,
            directors=tuple(self._named(each) for each in record.iris(SCHEMA.director)),
            languages=record.texts(SCHEMA.inLanguage),
        )

    def _first(self, iris: tuple[str, ...]) -> Named | None:
        return self._named(iris[0]) if iris else None

    def _named(self, iri: str) -> Named:
        name = self._record(iri).literal(SCHEMA.name)
        return Named(iri, name.value, name.language) if name else Named(iri, iri.rpartition("/")[2])

    def _record(self, iri: str) -> Record:
        if iri not in self._records:
            values: defaultdict[str, list[Term]] = defaultdict(list)
            for quad in self._store.quads(NamedNode(iri)):
                values[quad.predicate.value].append(to_term(quad.object))
            self._records[iri] = Record({predicate: sorted(terms, key=str) for predicate, terms in values.items()})
        return self._records[iri]
