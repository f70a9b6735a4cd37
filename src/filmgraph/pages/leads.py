"""The sentence under a page's title in a list of search results, and the title itself: made of what the page shows.

A lead is cut at the end of a clause, never within one; that a thing is made up is always said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from filmgraph.iris import Kind
from filmgraph.namespaces import SCHEMA
from filmgraph.pages.kinds import singular
from filmgraph.pages.model import (
    AgentPage,
    ConceptPage,
    CreditLine,
    FestivalPage,
    FilmPage,
    Reference,
    ScreeningPage,
    SourcePage,
    ThingPage,
    VenuePage,
)
from filmgraph.pages.moments import read_moment
from filmgraph.pages.view import View

__all__ = ["LEAD_LENGTH", "join_words", "write_lead", "write_note", "write_window_title"]

#: So many characters of a description do search engines show at most, roughly; the note on what is made up may go beyond.
LEAD_LENGTH: Final = 200
_NAMED: Final = 3
_ACTING: Final = ("actor", "voice-actor", "narrator")


def write_lead(page: ThingPage, view: View) -> str:
    """Return what a page is about, in plain sentences of at most `LEAD_LENGTH` characters, and whether it is made up."""
    clauses = next((write(page, view) for kind, write in _CLAUSES if isinstance(page, kind)), _of_thing(page))
    return " ".join(each for each in (_fit(clauses), page.fictional) if each)


def write_note(page: ThingPage, view: View) -> str:
    """Return what tells a thing from its namesakes; empty where there is no more to say than its kind."""
    if isinstance(page, FilmPage):
        return " · ".join(each for each in (page.year, _labels(page.directors)) if each)
    if isinstance(page, ScreeningPage):
        return " · ".join(each for each in (str(page.start or ""), page.venue.label if page.venue else "") if each)
    if isinstance(page, VenuePage):
        return ", ".join(page.address)
    if isinstance(page, AgentPage):
        return _agent_note(page, view)
    return _days(view) if page.kind is Kind.FESTIVAL else ""


def write_window_title(page: ThingPage, note: str, catalogue_title: str) -> str:
    """Return the title of a page for a list of results: what tells the thing from its namesakes, then the catalogue."""
    if note and page.kind is Kind.FESTIVAL:
        return f"{page.title} – programme, {note} – {catalogue_title}"
    return f"{page.title} – {note} – {catalogue_title}" if note and isinstance(page, AgentPage) else page.window_title


def join_words(words: Iterable[str], limit: int = _NAMED) -> str:
    """Return words as a list in a sentence, the first `limit` of them; it says how many it leaves out.

    >>> join_words(["a", "b"]), join_words(["a", "b", "c", "d", "e"])
    ('a and b', 'a, b, c and 2 more')
    """
    found = list(dict.fromkeys(each for each in words if each))
    if len(found) > limit:
        found = [*found[:limit], f"{len(found) - limit} more"]
    return " and ".join(each for each in (", ".join(found[:-1]), found[-1] if found else "") if each)


def _fit(clauses: Sequence[str]) -> str:
    """Return as many clauses as there is room for, as sentences; the first one whatever its length."""
    lead = ""
    for each in clauses:
        longer = f"{lead} {each}.".strip() if each else lead
        if lead and len(longer) > LEAD_LENGTH:
            break
        lead = longer
    return lead


def _labels(references: Iterable[Reference]) -> str:
    return join_words(each.label for each in references)


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}" if number else ""


def _screenings(view: View, *predicate_iris: str) -> dict[str, None]:
    """Return the screenings that link here, each once."""
    return dict.fromkeys(iri for each in predicate_iris for iri in view.incoming(each, Kind.SCREENING))


def _count_screenings(view: View, *predicate_iris: str) -> str:
    return _count(len(_screenings(view, *predicate_iris)), "screening", "screenings")


def _of_film(page: FilmPage, view: View) -> list[str]:
    heading = page.title + (f" ({page.year})" if page.year else "")
    by = _labels(page.directors)
    what = ", ".join(each.label for each in (*page.genres, *page.forms))
    origin = f"from {_labels(page.countries)}" if page.countries else ""
    spoken = f"in {_labels(page.languages)}" if page.languages else ""
    details = ", ".join(each for each in (" ".join(each for each in (what, origin) if each), page.runtime, spoken) if each)
    cast = join_words(line.agent.label for line in _cast(page))
    return [
        f"{heading}, a film by {by}" if by else heading,
        details[:1].upper() + details[1:],
        f"With {cast}" if cast else "",
        _count_screenings(view, SCHEMA.workPresented),
        "Credits, screenings and data",
    ]


def _cast(page: FilmPage) -> list[CreditLine]:
    lines = (line for each in page.departments for line in each.lines)
    acting = [line for line in lines if (line.role.iri or "").rpartition("/")[2] in _ACTING]
    return sorted(acting, key=lambda each: (each.billing, each.credit_iri))


def _of_screening(page: ScreeningPage, _view: View) -> list[str]:
    place = ", ".join(each.label for each in (page.venue, page.hall) if each)
    town = page.address[1] if len(page.address) > 2 else ""
    where = ", ".join(each for each in (place, town) if each)
    when = f", {page.start}" if page.start else ""
    part = _labels((*page.festival, *page.section))
    guests = join_words(line.agent.label for line in page.guests)
    return [
        f"{page.title}{when}" + (f", at {where}" if where else ""),
        page.status[:1].upper() + page.status[1:],
        f"Part of {part}" if part else "",
        f"With {guests}" if guests else "",
        "Times are local",
    ]


def _of_agent(page: AgentPage, view: View) -> list[str]:
    note = _agent_note(page, view)
    films = {line.film.iri: line for role in page.filmography for line in role.films}
    newest = sorted(films.values(), key=lambda each: (each.year, each.film.label), reverse=True)
    titles = join_words(f"{each.film.label} ({each.year})" if each.year else each.film.label for each in newest)
    return [
        f"{page.title}: {note}" if note else f"{page.title}, {page.kind_label}",
        f"Known here for {titles}" if titles else "",
        "Filmography, links and data",
    ]


def _agent_note(page: AgentPage, view: View) -> str:
    roles = join_words(each.role.label.casefold() for each in page.filmography)
    shown = _count_screenings(view, SCHEMA.performer, SCHEMA.contributor)
    return roles or (f"guest at {shown}" if shown else "")


def _of_festival(page: FestivalPage, view: View) -> list[str]:
    days, screenings = _days(view), _screenings(view, SCHEMA.superEvent)
    venues = {venue.label for each in screenings if (venue := view.place(each)[1])}
    films = {film for each in screenings for film in view.description.iris(each, SCHEMA.workPresented)}
    numbers = f"{_count(len(screenings), 'screening', 'screenings')} of {_count(len(films), 'film', 'films')}"
    sections = [view.label(each) for each in view.incoming(SCHEMA.superEvent, Kind.SECTION)]
    return [
        f"{page.title}, {days}" if days else page.title,
        f"{numbers} at {join_words(sorted(venues))}" if films and venues else "",
        f"Sections: {join_words(sections)}" if sections else "",
        "Programme, venues and data",
    ]


def _days(view: View) -> str:
    """Return the first and the last day of an edition."""
    days = (read_moment(view.description.text(view.iri, each)) for each in (SCHEMA.startDate, SCHEMA.endDate))
    return " to ".join(str(each) for each in days if each)


def _of_venue(page: VenuePage, view: View) -> list[str]:
    venue = f" of {page.venue.label}" if page.venue else ""
    address = f": {', '.join(page.address)}" if page.address else ""
    halls = view.incoming(SCHEMA.containedInPlace, Kind.HALL)
    return [
        f"{page.title}, {singular(page.kind)}{venue}{address}",
        join_words([_count(len(halls), "hall", "halls"), _count_screenings(view, SCHEMA.location)]),
        "Programme and data",
    ]


def _of_concept(page: ConceptPage, _view: View) -> list[str]:
    groups = join_words(f"{each.total} {each.label[:1].lower()}{each.label[1:]}" for each in page.groups)
    within = f" within {_labels(page.broader)}" if page.broader else ""
    return [f"{page.title}, {page.kind_label}{within}" + (f": {groups}" if groups else ""), "Names in all languages, and data"]


def _of_source(page: SourcePage, _view: View) -> list[str]:
    stated = _count(page.total, "statement", "statements")
    return [f"{page.title}, {page.kind_label}" + (f": {stated}" if stated else ""), "What it says, and where"]


def _of_thing(page: ThingPage) -> list[str]:
    return [f"{page.title}, {page.kind_label}: facts, links and data"]


_CLAUSES: Final[tuple[tuple[type[ThingPage], Callable[[Any, View], list[str]]], ...]] = (
    (FilmPage, _of_film),
    (ScreeningPage, _of_screening),
    (AgentPage, _of_agent),
    (FestivalPage, _of_festival),
    (VenuePage, _of_venue),
    (ConceptPage, _of_concept),
    (SourcePage, _of_source),
)
