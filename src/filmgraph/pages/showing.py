"""One screening as programmes show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from filmgraph.iris import Kind
from filmgraph.namespaces import SCHEMA
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.pages.model import Reference
from filmgraph.pages.moments import Moment, long_day, read_moment
from filmgraph.programme import Named, Screening, Work
from filmgraph.values import EventStatus
from filmgraph.vocabulary import Vocabulary

__all__ = ["FilmNote", "Showing", "build_showing", "offset_text", "status_text", "to_languages", "to_reference"]


@dataclass(frozen=True, slots=True)
class FilmNote:
    """A film of a screening; `runtime` in words, empty where it is not known."""

    film: Reference
    directors: tuple[Reference, ...] = ()
    runtime: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """One screening of a programme.

    `title` is empty where it is that of its one film. `late` tells on which day it starts where that is not the evening that it
    is listed under. `was` is the time before it was moved. A trace stands where it was moved from; `moved_to` tells where to.
    """

    iri: str
    key: str
    title: str
    start: Moment | None
    end: Moment | None
    films: tuple[FilmNote, ...]
    hall: Reference | None = None
    venue: Reference | None = None
    festival: Reference | None = None
    section: Reference | None = None
    spoken: tuple[Reference, ...] = ()
    subtitles: tuple[Reference, ...] = ()
    video_formats: tuple[str, ...] = ()
    guests: tuple[Reference, ...] = ()
    accessibility: str = ""
    status: str = ""
    is_off: bool = False
    was: Moment | None = None
    late: str = ""
    is_trace: bool = False
    moved_to: Moment | None = None
    is_fictional: bool = False


def status_text(status: EventStatus, messages: Messages = ENGLISH) -> str:
    """Return what is said of a screening that does not take place as planned; empty where it does."""
    return "" if status is EventStatus.SCHEDULED else messages(f"state.{status.value.removeprefix(SCHEMA)}")


def build_showing(
    screening: Screening, vocabulary: Vocabulary, evening: date | None = None, messages: Messages = ENGLISH
) -> Showing:
    """Return a screening as it is shown, under an evening where that is given."""
    start, films = screening.start, screening.films
    is_late = start is not None and evening is not None and start.date() != evening
    has_own_title = [each.named.name for each in films] != [screening.named.name]
    return Showing(
        iri=screening.named.iri,
        key=screening.named.key,
        title=screening.named.name if has_own_title else "",
        start=_moment(start, messages),
        end=_moment(screening.end, messages),
        films=tuple(_film_note(each, messages) for each in films),
        hall=to_reference(screening.hall) if screening.hall else None,
        venue=to_reference(screening.venue.named) if screening.venue else None,
        festival=to_reference(screening.festival) if screening.festival else None,
        section=to_reference(screening.section) if screening.section else None,
        spoken=to_languages(screening.spoken, vocabulary, messages),
        subtitles=to_languages(screening.subtitles, vocabulary, messages),
        video_formats=screening.video_formats,
        guests=tuple(map(to_reference, screening.guests)),
        accessibility=screening.venue.accessibility if screening.venue else "",
        status=status_text(screening.status, messages),
        is_off=screening.is_off,
        was=_moment(screening.previous_start, messages),
        late=long_day(start.date(), messages) if is_late and start else "",
        is_fictional=screening.is_fictional,
    )


def offset_text(moment: datetime) -> str:
    """Return the UTC offset of a time, such as `UTC+02:00`."""
    offset = moment.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"


def to_reference(named: Named) -> Reference:
    """Return a link to a thing."""
    return Reference(named.name, named.iri, named.language)


def to_languages(tags: tuple[str, ...], vocabulary: Vocabulary, messages: Messages = ENGLISH) -> tuple[Reference, ...]:
    """Return links to languages by their tags, by label; the bare tag for one that the scheme does not have."""
    concepts = ((tag, vocabulary.concept(Kind.LANGUAGE, tag)) for tag in tags)
    found = [Reference(concept.label(messages.language), concept.iri) if concept else Reference(tag) for tag, concept in concepts]
    return tuple(sorted(found, key=lambda each: each.label.casefold()))


def _film_note(work: Work, messages: Messages) -> FilmNote:
    film = Reference(work.named.name, work.named.iri, work.named.language, work.year)
    runtime = messages("word.duration-minutes", minutes=work.minutes) if work.minutes else ""
    return FilmNote(film, tuple(map(to_reference, work.directors)), runtime)


def _moment(moment: datetime | None, messages: Messages) -> Moment | None:
    return read_moment(moment.isoformat(), messages) if moment else None
