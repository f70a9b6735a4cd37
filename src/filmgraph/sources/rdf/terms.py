"""What classes and properties mean: the rules by which statements become values of records.

A record's own properties come from `model`, which names them; the further ones are schema.org's as others use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Final, get_args, get_type_hints

from filmgraph.iris import Kind
from filmgraph.model import (
    Auditorium,
    AwardDecision,
    Book,
    Character,
    EventSeries,
    Festival,
    ImageObject,
    Movie,
    MovieTheater,
    Organization,
    Person,
    Place,
    ProgrammeSection,
    Prose,
    ScreeningEvent,
    Thing,
    property_iri,
)
from filmgraph.namespaces import FG, FOAF, OWL, RDFS, SCHEMA, SKOS
from filmgraph.values import (
    ConceptRef,
    Credit,
    Degrees,
    EventStatus,
    Identifier,
    Link,
    Minutes,
    PartialDate,
    Ref,
    Text,
)

__all__ = ["CLASSES", "DERIVED", "FORMS", "INVERSES", "NAMES", "NODES", "RECORDS", "SINGLE", "Node", "Rule", "rules_for"]

#: The record of each kind of thing.
RECORDS: Final[Mapping[Kind, type[Thing]]] = MappingProxyType(
    {
        Kind.FILM: Movie,
        Kind.PERSON: Person,
        Kind.ORG: Organization,
        Kind.FESTIVAL: Festival,
        Kind.SERIES: EventSeries,
        Kind.SECTION: ProgrammeSection,
        Kind.SCREENING: ScreeningEvent,
        Kind.VENUE: MovieTheater,
        Kind.HALL: Auditorium,
        Kind.PLACE: Place,
        Kind.CHARACTER: Character,
        Kind.AWARD: AwardDecision,
        Kind.WORK: Book,
        Kind.IMAGE: ImageObject,
        Kind.TEXT: Prose,
    }
)
#: Classes by what they make, the more special ones first: a thing of several classes is the first of them.
CLASSES: Final[tuple[tuple[str, Kind], ...]] = (
    (FG.Auditorium, Kind.HALL),
    (FG.ProgrammeSection, Kind.SECTION),
    (FG.AwardDecision, Kind.AWARD),
    (FG.Character, Kind.CHARACTER),
    (SCHEMA.ScreeningEvent, Kind.SCREENING),
    (SCHEMA.Festival, Kind.FESTIVAL),
    (SCHEMA.EventSeries, Kind.SERIES),
    (SCHEMA.MovieTheater, Kind.VENUE),
    (SCHEMA.EventVenue, Kind.VENUE),
    (SCHEMA.PerformingArtsTheater, Kind.VENUE),
    (SCHEMA.MusicVenue, Kind.VENUE),
    (SCHEMA.Movie, Kind.FILM),
    (SCHEMA.TVSeries, Kind.FILM),
    (SCHEMA.MovieSeries, Kind.FILM),
    (SCHEMA.Episode, Kind.FILM),
    (SCHEMA.Book, Kind.WORK),
    (SCHEMA.ImageObject, Kind.IMAGE),
    (SCHEMA.Quotation, Kind.TEXT),
    (SCHEMA.Person, Kind.PERSON),
    (SCHEMA.Organization, Kind.ORG),
    (SCHEMA.Place, Kind.PLACE),
    (FOAF.Person, Kind.PERSON),
    (FOAF.Organization, Kind.ORG),
)
#: The form that a class of films tells.
FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {SCHEMA.TVSeries: "series", SCHEMA.MovieSeries: "series", SCHEMA.Episode: "episode"}
)


@dataclass(frozen=True, slots=True)
class Node:
    """A class of nodes that stand between a thing and its values; `why` says why one is listed that nothing leads to."""

    name: str
    why: str


_ALONE: Final = "nothing that the file describes leads to it"
NODES: Final[tuple[tuple[str, Node], ...]] = (
    (SCHEMA.Role, Node("role", _ALONE)),
    (SCHEMA.PropertyValue, Node("identifier", _ALONE)),
    (SCHEMA.PostalAddress, Node("address", _ALONE)),
    (SCHEMA.GeoCoordinates, Node("geo", _ALONE)),
    (SCHEMA.Country, Node("country", _ALONE)),
    (SCHEMA.Language, Node("language", _ALONE)),
    (SCHEMA.QuantitativeValue, Node("quantity", _ALONE)),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a property says of a record.

    `field` is the record's, `kind` how the value is read (a method of `records.Builder`). `role` is a credit's; `to` are the
    kinds of thing that a reference may lead to, the first one where the source does not tell; `scheme` is an identifier's.
    `reason` says why the value is inferred; `is_last` takes it only where no other property gives the field a value;
    `takes_year` leaves out month and day; `drops_tag` makes a name the original one, whatever its language.
    """

    field: str
    kind: str
    role: str = ""
    to: tuple[Kind, ...] = ()
    scheme: str = ""
    reason: str = ""
    is_last: bool = False
    takes_year: bool = False
    drops_tag: bool = False


_AGENTS: Final = (Kind.PERSON, Kind.ORG)
_ORGANISERS: Final = (Kind.ORG, Kind.PERSON)
_TARGETS: Final[Mapping[str, tuple[Kind, ...]]] = MappingProxyType(
    {
        "content_location": (Kind.PLACE,),
        "character": (Kind.CHARACTER,),
        "inspired_by": (Kind.WORK, Kind.FILM),
        "image": (Kind.IMAGE,),
        "award": (Kind.AWARD,),
        "contained_in_place": (Kind.VENUE,),
        "organizer": _ORGANISERS,
        "in_section": (Kind.SECTION,),
        "location": (Kind.VENUE, Kind.HALL, Kind.PLACE),
        "work_presented": (Kind.FILM,),
        "awarded_to": (Kind.FILM, Kind.PERSON, Kind.ORG),
        "author": _AGENTS,
        "copyright_holder": _ORGANISERS,
        "about": (Kind.FILM, *(each for each in RECORDS if each is not Kind.FILM)),
        "publisher": _ORGANISERS,
    }
)
_EVENTS_ABOVE: Final = MappingProxyType(
    {
        Kind.FESTIVAL: (Kind.SERIES,),
        Kind.SECTION: (Kind.FESTIVAL,),
        Kind.SCREENING: (Kind.FESTIVAL,),
        Kind.AWARD: (Kind.FESTIVAL, Kind.SERIES),
    }
)
_KIND_OF_FIELD: Final = MappingProxyType(
    {
        "genre": "genre",
        "form": "form",
        "country_of_origin": "country",
        "in_language": "language",
        "subtitle_language": "language",
        "address_country": "country_code",
    }
)
_KIND_OF_VALUE: Final[Mapping[type, str]] = MappingProxyType(
    {
        Text: "text",
        PartialDate: "date",
        Minutes: "minutes",
        Degrees: "degrees",
        ConceptRef: "genre",
        EventStatus: "status",
        Identifier: "identifier",
        Link: "link",
        Ref: "ref",
        Credit: "credit",
        bool: "boolean",
        int: "integer",
        str: "string",
    }
)
#: Fields that hold one value; a further one is listed.
SINGLE: Final = frozenset(
    {
        *("date_created", "duration", "form", "birth_date", "death_date", "start_date", "end_date", "door_time"),
        *("previous_start_date", "event_status", "location", "in_section", "contained_in_place", "super_event"),
        *("maximum_attendee_capacity", "remaining_attendee_capacity", "video_format", "edition_number", "is_fictional"),
        *("outcome", "time_zone", "screen_count", "latitude", "longitude", "street_address", "postal_code"),
        *("address_locality", "address_country", "text", "text_kind", "representative_of_page", "accessibility"),
    }
)
#: Properties by which a thing is called, the better ones first.
NAMES: Final = (SCHEMA.name, RDFS.label, FOAF.name, SKOS.prefLabel, SCHEMA.alternateName, SCHEMA.familyName, SCHEMA.givenName)
#: What follows from other statements of our own releases.
DERIVED: Final = frozenset({SCHEMA.eventAttendanceMode, SCHEMA.award})
#: Properties that say from the other end what another one says.
INVERSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        SCHEMA.subEvent: SCHEMA.superEvent,
        SCHEMA.term("subEvents"): SCHEMA.superEvent,
        SCHEMA.containsPlace: SCHEMA.containedInPlace,
    }
)
_PUBLISHED: Final = "The source gives the year of publication; it is taken for that of production."
_SAME: Final = Rule("same_as", "link")
_ANY: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        RDFS.label: Rule("name", "text", is_last=True),
        FOAF.name: Rule("name", "text", is_last=True),
        SKOS.prefLabel: Rule("name", "text", is_last=True),
        SKOS.altLabel: Rule("alternate_name", "text"),
        SCHEMA.legalName: Rule("alternate_name", "text"),
        OWL.sameAs: _SAME,
        SKOS.exactMatch: _SAME,
        SCHEMA.mainEntityOfPage: Rule("url", "link"),
    }
)


def _credits(to: tuple[Kind, ...] = _AGENTS, **roles: str) -> dict[str, Rule]:
    return {SCHEMA.term(name): Rule("credit", "credit", role=role, to=to) for name, role in roles.items()}


_MORE: Final[Mapping[Kind, Mapping[str, Rule]]] = MappingProxyType(
    {
        Kind.FILM: {
            **_credits(
                director="director", directors="director", actor="actor", actors="actor", author="screenwriter",
                producer="producer", musicBy="composer", editor="editor", contributor="", translator="",
            ),
            **_credits((Kind.ORG,), productionCompany="production-company"),
            SCHEMA.datePublished: Rule("date_created", "date", reason=_PUBLISHED, is_last=True, takes_year=True),
            SCHEMA.copyrightYear: Rule("date_created", "date", reason=_PUBLISHED, is_last=True, takes_year=True),
            SCHEMA.timeRequired: Rule("duration", "minutes", is_last=True),
            FG.runtimeMinutes: Rule("duration", "minutes", is_last=True),
            SCHEMA.titleEIDR: Rule("identifier", "identifier", scheme="eidr"),
            SCHEMA.description: Rule("", "prose"),
            SCHEMA.abstract: Rule("", "prose"),
        },
        Kind.PERSON: {
            SCHEMA.givenName: Rule("given", "part_of_name", is_last=True),
            SCHEMA.familyName: Rule("family", "part_of_name", is_last=True),
        },
        Kind.VENUE: {
            SCHEMA.address: Rule("", "address"),
            SCHEMA.geo: Rule("", "geo"),
        },
        Kind.SCREENING: {
            **_credits(performer="guest"),
            SCHEMA.workFeatured: Rule("work_presented", "ref", to=(Kind.FILM,)),
            SCHEMA.workPerformed: Rule("work_presented", "ref", to=(Kind.FILM,)),
        },
        Kind.HALL: {SCHEMA.maximumPhysicalAttendeeCapacity: Rule("maximum_attendee_capacity", "integer", is_last=True)},
    }
)  # fmt: skip


@cache
def rules_for(kind: Kind) -> Mapping[str, Rule]:
    """Return the rules of each property that a thing of a kind may have."""
    record_class = RECORDS[kind]
    hints = get_type_hints(record_class)
    rules = dict(_ANY)
    for each in fields(record_class):
        iri = property_iri(each)
        if iri is not None:
            value_class = get_args(get_args(hints[each.name])[0])[0]
            usual = _KIND_OF_FIELD.get(each.name) or _KIND_OF_VALUE.get(value_class, "moment")
            to = _EVENTS_ABOVE.get(kind, ()) if each.name == "super_event" else _TARGETS.get(each.name, _AGENTS)
            rules[iri] = Rule(each.name, "credit_node" if usual == "credit" else usual, to=to)
    return MappingProxyType({**rules, **_MORE.get(kind, {})})
