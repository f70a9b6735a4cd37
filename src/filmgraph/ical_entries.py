"""What a calendar tells of a screening."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from filmgraph.ical import Entry, EntryStatus
from filmgraph.iris import Kind
from filmgraph.pages.moments import long_day, read_moment
from filmgraph.pages.showing import status_text, to_languages
from filmgraph.programme import Screening, Venue, find_zone
from filmgraph.revisions import Revisions
from filmgraph.values import EventStatus
from filmgraph.vocabulary import Vocabulary

__all__ = ["build_entries"]


def build_entries(
    screenings: Iterable[Screening], revisions: Revisions, vocabulary: Vocabulary, page_url: Callable[[str], str]
) -> tuple[Entry, ...]:
    """Return an entry for each screening that has a time; `page_url` gives the address of a screening's page by its key.

    Cancelled and postponed screenings stay, so that they do not just vanish from the calendars of those who planned to go.
    """
    return tuple(_entry(each, revisions, vocabulary, page_url) for each in screenings if each.start is not None)


def _entry(screening: Screening, revisions: Revisions, vocabulary: Vocabulary, page_url: Callable[[str], str]) -> Entry:
    if screening.start is None:
        raise ValueError(f"{screening.named.iri} has no start: a calendar has no place for it")
    has_end = screening.end is not None and screening.end > screening.start
    revision = revisions.of(screening.named.iri, _named_iris(screening))
    word = status_text(screening.status) if screening.is_off or screening.status is EventStatus.MOVED_ONLINE else ""
    return Entry(
        uid=screening.named.iri,
        summary=f"{word.capitalize()}: {screening.named.name}" if word else screening.named.name,
        start=screening.start,
        end=screening.end if has_end else None,
        duration=timedelta(minutes=screening.minutes) if screening.minutes and not has_end else None,
        zone=find_zone(screening.time_zone),
        sequence=revision.sequence,
        modified=revision.modified,
        status=EntryStatus.CANCELLED if screening.is_off else EntryStatus.CONFIRMED,
        description="\n".join(_lines(screening, vocabulary)),
        location=_location(screening, vocabulary),
        coordinates=screening.venue.coordinates if screening.venue else None,
        url=page_url(screening.named.key),
        categories=tuple(each.name for each in (screening.festival, screening.section) if each),
    )


def _named_iris(screening: Screening) -> Iterator[str]:
    """Yield the things whose names or address an entry repeats."""
    yield from (film.named.iri for film in screening.films)
    venue = screening.venue.named if screening.venue else None
    for named in (screening.hall, venue, screening.section, screening.festival):
        if named is not None:
            yield named.iri


def _location(screening: Screening, vocabulary: Vocabulary) -> str:
    venue = screening.venue
    parts = [screening.hall.name] if screening.hall else []
    return ", ".join((*parts, venue.named.name, *_address(venue, vocabulary))) if venue else ", ".join(parts)


def _address(venue: Venue, vocabulary: Vocabulary) -> Iterator[str]:
    concept = vocabulary.concept(Kind.COUNTRY, venue.country) if venue.country else None
    yield from (each for each in (venue.street, venue.town, concept.label() if concept else venue.country) if each)


def _lines(screening: Screening, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield what the description says, line by line."""
    yield from _changes(screening)
    for work in screening.films:
        by = ", ".join(each.name for each in work.directors)
        title = f"{work.named.name} ({work.year})" if work.year else work.named.name
        yield ", ".join(each for each in (title, f"by {by}" if by else "", f"{work.minutes} min" if work.minutes else "") if each)
    for label, tags in (("Spoken", screening.spoken), ("Subtitles", screening.subtitles)):
        if tags:
            yield f"{label}: {', '.join(each.label for each in to_languages(tags, vocabulary))}"
    if screening.guests:
        yield f"With {', '.join(each.name for each in screening.guests)}"
    if screening.venue and screening.venue.accessibility:
        yield f"Access: {screening.venue.accessibility}"
    if screening.is_fictional:
        yield "Fictional: this screening was made up to show the data."


def _changes(screening: Screening) -> Iterator[str]:
    """Yield what is out of the ordinary: another time, and a night that belongs to the evening before."""
    if screening.previous_start is not None and screening.previous_start != screening.start:
        yield f"First planned for {read_moment(screening.previous_start.isoformat())}."
    evening = screening.evening
    if evening is not None and screening.start is not None and evening != screening.start.date():
        yield f"After midnight: in the programme of {long_day(evening)}."
