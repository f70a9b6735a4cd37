"""What a source says, before it is RDF: frozen records named after schema.org classes, each value with its place.

Every property of a record is a tuple of `Fact`s, even where a thing has only one value: a source that contradicts
itself is reported, not silently cut. A property's field names the RDF property it becomes. No rdflib here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from filmgraph.findings import SourcePlace
from filmgraph.namespaces import FG, SCHEMA
from filmgraph.values import (
    Certainty,
    ConceptRef,
    Credit,
    Degrees,
    EventStatus,
    Fact,
    Facts,
    Identifier,
    Link,
    Minutes,
    PartialDate,
    Ref,
    Text,
    Value,
)

__all__ = [
    "Auditorium",
    "AwardDecision",
    "Book",
    "Certainty",
    "Character",
    "ConceptRef",
    "Credit",
    "Degrees",
    "EventSeries",
    "EventStatus",
    "Fact",
    "Festival",
    "Identifier",
    "ImageObject",
    "Link",
    "Minutes",
    "Movie",
    "MovieTheater",
    "Organization",
    "PartialDate",
    "Person",
    "Place",
    "ProgrammeSection",
    "Prose",
    "Quotation",
    "Ref",
    "ScreeningEvent",
    "Text",
    "Thing",
    "Value",
    "iter_facts",
    "property_iri",
]


def prop(iri: str) -> Any:  # noqa: ANN401 -- the type of a dataclass field descriptor is the field's own
    """Declare a record's field as the RDF property `iri`, empty unless given."""
    return field(default=(), metadata={"iri": iri})


def property_iri(dataclass_field: dataclasses.Field[Any]) -> str | None:
    """Return the RDF property that a record's field stands for, or None for its bookkeeping fields."""
    iri = dataclass_field.metadata.get("iri")
    return iri if isinstance(iri, str) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What all records share. `place` is where the source starts to speak of the thing."""

    ref: Ref
    place: SourcePlace
    name: Facts[Text] = prop(SCHEMA.name)
    alternate_name: Facts[Text] = prop(SCHEMA.alternateName)
    identifier: Facts[Identifier] = prop(SCHEMA.identifier)
    same_as: Facts[Link] = prop(SCHEMA.sameAs)
    url: Facts[Link] = prop(SCHEMA.url)

    @property
    def class_iris(self) -> tuple[str, ...]:
        """The classes that the thing is typed with."""
        return (self.ref.kind.class_iri,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movie(Thing):
    """https://schema.org/Movie. An untagged `name` is the original title; translations go to `alternate_name`."""

    date_created: Facts[PartialDate] = prop(SCHEMA.dateCreated)
    duration: Facts[Minutes] = prop(SCHEMA.duration)
    genre: Facts[ConceptRef] = prop(SCHEMA.genre)
    form: Facts[ConceptRef] = prop(FG.form)
    in_language: Facts[str] = prop(SCHEMA.inLanguage)
    country_of_origin: Facts[ConceptRef] = prop(SCHEMA.countryOfOrigin)
    content_location: Facts[Ref] = prop(SCHEMA.contentLocation)
    character: Facts[Ref] = prop(SCHEMA.character)
    inspired_by: Facts[Ref] = prop(FG.inspiredBy)
    image: Facts[Ref] = prop(SCHEMA.image)
    award: Facts[Ref] = prop(FG.award)
    credit: Facts[Credit] = prop(FG.credit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Thing):
    """https://schema.org/Person."""

    birth_date: Facts[PartialDate] = prop(SCHEMA.birthDate)
    death_date: Facts[PartialDate] = prop(SCHEMA.deathDate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization(Thing):
    """https://schema.org/Organization."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Thing):
    """https://schema.org/Place: a town or region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovieTheater(Thing):
    """https://schema.org/MovieTheater: a venue. The address parts become one PostalAddress."""

    street_address: Facts[str] = prop(SCHEMA.streetAddress)
    postal_code: Facts[str] = prop(SCHEMA.postalCode)
    address_locality: Facts[str] = prop(SCHEMA.addressLocality)
    address_country: Facts[str] = prop(SCHEMA.addressCountry)
    latitude: Facts[Degrees] = prop(SCHEMA.latitude)
    longitude: Facts[Degrees] = prop(SCHEMA.longitude)
    screen_count: Facts[int] = prop(SCHEMA.screenCount)
    time_zone: Facts[str] = prop(FG.timeZone)
    accessibility: Facts[Text] = prop(FG.accessibility)
    is_fictional: Facts[bool] = prop(FG.isFictional)


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditorium(Thing):
    """One hall of a venue: the unit that holds one screening at a time."""

    contained_in_place: Facts[Ref] = prop(SCHEMA.containedInPlace)
    maximum_attendee_capacity: Facts[int] = prop(SCHEMA.maximumAttendeeCapacity)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSeries(Thing):
    """https://schema.org/EventSeries: a festival over the years."""

    organizer: Facts[Ref] = prop(SCHEMA.organizer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Festival(Thing):
    """https://schema.org/Festival: one edition."""

    start_date: Facts[PartialDate] = prop(SCHEMA.startDate)
    end_date: Facts[PartialDate] = prop(SCHEMA.endDate)
    super_event: Facts[Ref] = prop(SCHEMA.superEvent)
    organizer: Facts[Ref] = prop(SCHEMA.organizer)
    edition_number: Facts[int] = prop(FG.editionNumber)
    is_fictional: Facts[bool] = prop(FG.isFictional)
    disambiguating_description: Facts[Text] = prop(SCHEMA.disambiguatingDescription)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeSection(Thing):
    """A strand of an edition's programme."""

    super_event: Facts[Ref] = prop(SCHEMA.superEvent)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningEvent(Thing):
    """https://schema.org/ScreeningEvent. Times carry their UTC offset."""

    work_presented: Facts[Ref] = prop(SCHEMA.workPresented)
    super_event: Facts[Ref] = prop(SCHEMA.superEvent)
    in_section: Facts[Ref] = prop(FG.inSection)
    location: Facts[Ref] = prop(SCHEMA.location)
    start_date: Facts[datetime] = prop(SCHEMA.startDate)
    end_date: Facts[datetime] = prop(SCHEMA.endDate)
    door_time: Facts[datetime] = prop(SCHEMA.doorTime)
    previous_start_date: Facts[datetime] = prop(SCHEMA.previousStartDate)
    event_status: Facts[EventStatus] = prop(SCHEMA.eventStatus)
    in_language: Facts[str] = prop(SCHEMA.inLanguage)
    subtitle_language: Facts[str] = prop(SCHEMA.subtitleLanguage)
    video_format: Facts[str] = prop(SCHEMA.videoFormat)
    maximum_attendee_capacity: Facts[int] = prop(SCHEMA.maximumAttendeeCapacity)
    remaining_attendee_capacity: Facts[int] = prop(SCHEMA.remainingAttendeeCapacity)
    credit: Facts[Credit] = prop(FG.credit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Character(Thing):
    """A fictional person of a film."""

    description: Facts[Text] = prop(SCHEMA.description)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardDecision(Thing):
    """An award given, or a nomination; `outcome` is `won` or `nominated`."""

    super_event: Facts[Ref] = prop(SCHEMA.superEvent)
    awarded_to: Facts[Ref] = prop(FG.awardedTo)
    outcome: Facts[str] = prop(FG.outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book(Thing):
    """https://schema.org/Book: what a film was made after."""

    author: Facts[Ref] = prop(SCHEMA.author)

    @property
    def class_iris(self) -> tuple[str, ...]:
        """A book is typed as such."""
        return (SCHEMA.Book,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageObject(Thing):
    """https://schema.org/ImageObject: a picture known by its identifier; the file itself is not ours."""

    representative_of_page: Facts[bool] = prop(SCHEMA.representativeOfPage)
    content_url: Facts[Link] = prop(SCHEMA.contentUrl)
    credit_text: Facts[str] = prop(SCHEMA.creditText)
    license: Facts[Link] = prop(SCHEMA.license)
    copyright_holder: Facts[Ref] = prop(SCHEMA.copyrightHolder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose(Thing):
    """A text of somebody's about a film (introduction, synopsis); kept out of the CC0 graph.

    `text_kind` is `introduction`, `logline` or `synopsis`.
    """

    about: Facts[Ref] = prop(SCHEMA.about)
    text: Facts[Text] = prop(SCHEMA.text)
    text_kind: Facts[str] = prop(FG.textKind)
    copyright_holder: Facts[Ref] = prop(SCHEMA.copyrightHolder)
    license: Facts[Link] = prop(SCHEMA.license)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation(Thing):
    """https://schema.org/Quotation: words of the press about a film; kept out of the CC0 graph."""

    about: Facts[Ref] = prop(SCHEMA.about)
    text: Facts[Text] = prop(SCHEMA.text)
    publisher: Facts[Ref] = prop(SCHEMA.publisher)

    @property
    def class_iris(self) -> tuple[str, ...]:
        """A quotation is typed as such."""
        return (SCHEMA.Quotation,)


def iter_facts(thing: Thing) -> Iterator[tuple[str, Fact[Value]]]:
    """Yield (property IRI, fact) for every value of a record, in the order of its fields."""
    record_class: Any = type(thing)  # mypy does not see that a class is hashable
    for name, iri in _properties(record_class):
        for fact in getattr(thing, name):
            yield iri, fact


@cache
def _properties(record_class: type[Thing]) -> tuple[tuple[str, str], ...]:
    """Return the fields of a class of records that are properties, with their IRIs."""
    return tuple((each.name, iri) for each in dataclasses.fields(record_class) if (iri := property_iri(each)) is not None)
