"""The sentence under a page's title in a list of search results, and the title itself: made of what the page shows.

A lead is cut at the end of a clause, never within one; that a thing is made up is always said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from filmgraph.iris import Kind
from filmgraph.namespaces import SCHEMA
from filmgraph.pages.kinds import capitalise
from filmgraph.pages.messages import ENGLISH, Messages
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
from filmgraph.pages.view import View

__all__ = ["LEAD_LENGTH", "join_words", "write_lead", "write_note", "write_window_title"]

#: So many characters of a description do search engines show at most, roughly; the note on what is made up may go beyond.
LEAD_LENGTH: Final = 200
_NAMED: Final = 3
_ACTING: Final = ("actor", "voice-actor", "narrator")


def write_lead(page: ThingPage, view: View) -> str:
    """Return what a page is about, in plain sentences of at most `LEAD_LENGTH` characters, and whether it is made up."""
    clauses = next((write(page, view) for kind, write in _CLAUSES if isinstance(page, kind)), None) or _of_thing(page, view)
    return " ".join(each for each in (_fit(clauses), page.fictional) if each)


def write_note(page: ThingPage, view: View) -> str:
    """Return what tells a thing from its namesakes; empty where there is no more to say than its kind."""
    if isinstance(page, FilmPage):
        return " · ".join(each for each in (page.year, _labels(page.directors, view)) if each)
    if isinstance(page, ScreeningPage):
        return " · ".join(each for each in (str(page.start or ""), page.venue.label if page.venue else "") if each)
    if isinstance(page, VenuePage):
        return ", ".join(page.address)
    if isinstance(page, AgentPage):
        return _agent_note(page, view)
    return _days(view) if page.kind is Kind.FESTIVAL else ""


def write_window_title(page: ThingPage, note: str, catalogue_title: str, messages: Messages = ENGLISH) -> str:
    """Return the title of a page for a list of results: what tells the thing from its namesakes, then the catalogue."""
    if note and page.kind is Kind.FESTIVAL:
        return f"{messages('lead.festival-title', title=page.title, days=note)} – {catalogue_title}"
    return f"{page.title} – {note} – {catalogue_title}" if note and isinstance(page, AgentPage) else page.window_title


def join_words(words: Iterable[str], limit: int = _NAMED, messages: Messages = ENGLISH) -> str:
    """Return words as a list in a sentence, the first `limit` of them; it says how many it leaves out.

    >>> join_words(["a", "b"]), join_words(["a", "b", "c", "d", "e"])
    ('a and b', 'a, b, c and 2 more')
    """
    found = list(dict.fromkeys(each for each in words if each))
    if len(found) > limit:
        found = [*found[:limit], messages("word.more", number=len(found) - limit)]
    return messages.join(found)


def _fit(clauses: Sequence[str]) -> str:
    """Return as many clauses as there is room for, as sentences; the first one whatever its length."""
    lead = ""
    for each in clauses:
        longer = f"{lead} {each}.".strip() if each else lead
        if lead and len(longer) > LEAD_LENGTH:
            break
        lead = longer
    return lead


def _join(words: Iterable[str], view: View) -> str:
    return join_words(words, messages=view.messages)


def _labels(references: Iterable[Reference], view: View) -> str:
    return _join((each.label for each in references), view)


def _count(number: int, key: str, view: View) -> str:
    return view.messages.count(f"count.{key}", number) if number else ""


def _screenings(view: View, *predicate_iris: str) -> dict[str, None]:
    """Return the screenings that link here, each once."""
    return dict.fromkeys(iri for each in predicate_iris for iri in view.incoming(each, Kind.SCREENING))


def _count_screenings(view: View, *predicate_iris: str) -> str:
    return _count(len(_screenings(view, *predicate_iris)), "screenings", view)


def _of_film(page: FilmPage, view: View) -> list[str]:
    say = view.messages
    heading = page.title + (f" ({page.year})" if page.year else "")
    by = _labels(page.directors, view)
    what = ", ".join(each.label for each in (*page.genres, *page.forms))
    origin = say("lead.from", countries=_labels(page.countries, view)) if page.countries else ""
    spoken = say("lead.in", languages=_labels(page.languages, view)) if page.languages else ""
    details = ", ".join(each for each in (" ".join(each for each in (what, origin) if each), page.runtime, spoken) if each)
    cast = _join((line.agent.label for line in _cast(page)), view)
    return [
        say("lead.film", heading=heading, directors=by) if by else heading,
        capitalise(details),
        say("lead.with", names=cast) if cast else "",
        _count_screenings(view, SCHEMA.workPresented),
        say("lead.film-end"),
    ]


def _cast(page: FilmPage) -> list[CreditLine]:
    lines = (line for each in page.departments for line in each.lines)
    acting = [line for line in lines if (line.role.iri or "").rpartition("/")[2] in _ACTING]
    return sorted(acting, key=lambda each: (each.billing, each.credit_iri))


def _of_screening(page: ScreeningPage, view: View) -> list[str]:
    say = view.messages
    place = ", ".join(each.label for each in (page.venue, page.hall) if each)
    town = page.address[1] if len(page.address) > 2 else ""
    where = ", ".join(each for each in (place, town) if each)
    what = f"{page.title}, {page.start}" if page.start else page.title
    part = _labels((*page.festival, *page.section), view)
    guests = _join((line.agent.label for line in page.guests), view)
    return [
        say("lead.at", what=what, where=where) if where else what,
        capitalise(page.status),
        say("lead.part-of", festival=part) if part else "",
        say("lead.with", names=guests) if guests else "",
        say("lead.local"),
    ]


def _of_agent(page: AgentPage, view: View) -> list[str]:
    say, note = view.messages, _agent_note(page, view)
    films = {line.film.iri: line for role in page.filmography for line in role.films}
    newest = sorted(films.values(), key=lambda each: (each.year, each.film.label), reverse=True)
    titles = _join((f"{each.film.label} ({each.year})" if each.year else each.film.label for each in newest), view)
    return [
        say("lead.agent", title=page.title, note=note) if note else f"{page.title}, {page.kind_label}",
        say("lead.known-for", titles=titles) if titles else "",
        say("lead.agent-end"),
    ]


def _agent_note(page: AgentPage, view: View) -> str:
    roles = _join((each.role.label.casefold() for each in page.filmography), view)
    shown = _count_screenings(view, SCHEMA.performer, SCHEMA.contributor)
    return roles or (view.messages("lead.guest-at", screenings=shown) if shown else "")


def _of_festival(page: FestivalPage, view: View) -> list[str]:
    say, days, screenings = view.messages, _days(view), _screenings(view, SCHEMA.superEvent)
    venues = {venue.label for each in screenings if (venue := view.place(each)[1])}
    films = {film for each in screenings for film in view.description.iris(each, SCHEMA.workPresented)}
    shown, presented = _count(len(screenings), "screenings", view), _count(len(films), "films", view)
    sections = [view.label(each) for each in view.incoming(SCHEMA.superEvent, Kind.SECTION)]
    return [
        f"{page.title}, {days}" if days else page.title,
        say("lead.festival", screenings=shown, films=presented, venues=_join(sorted(venues), view)) if films and venues else "",
        say("lead.sections", names=_join(sections, view)) if sections else "",
        say("lead.festival-end"),
    ]


def _days(view: View) -> str:
    """Return the first and the last day of an edition."""
    moments = (view.moment(view.description.text(view.iri, each)) for each in (SCHEMA.startDate, SCHEMA.endDate))
    days = [str(each) for each in moments if each]
    return view.messages("date.range", first=days[0], last=days[1]) if len(days) == 2 else "".join(days)


def _of_venue(page: VenuePage, view: View) -> list[str]:
    say, fields = view.messages, {"title": page.title, "kind": page.kind_label}
    what = say("lead.venue-of", **fields, venue=page.venue.label) if page.venue else say("lead.venue", **fields)
    halls = view.incoming(SCHEMA.containedInPlace, Kind.HALL)
    return [
        say("lead.agent", title=what, note=", ".join(page.address)) if page.address else what,
        _join([_count(len(halls), "halls", view), _count_screenings(view, SCHEMA.location)], view),
        say("lead.venue-end"),
    ]


def _of_concept(page: ConceptPage, view: View) -> list[str]:
    say, fields = view.messages, {"title": page.title, "kind": page.kind_label}
    groups = _join((f"{each.total} {each.label[:1].lower()}{each.label[1:]}" for each in page.groups), view)
    within = _labels(page.broader, view)
    what = say("lead.concept-within", **fields, concepts=within) if within else say("lead.venue", **fields)
    return [say("lead.agent", title=what, note=groups) if groups else what, say("lead.concept-end")]


def _of_source(page: SourcePage, view: View) -> list[str]:
    say, stated = view.messages, _count(page.total, "statements", view)
    what = say("lead.venue", title=page.title, kind=page.kind_label)
    return [say("lead.agent", title=what, note=stated) if stated else what, say("lead.source-end")]


def _of_thing(page: ThingPage, view: View) -> list[str]:
    return [view.messages("lead.thing", title=page.title, kind=page.kind_label)]


_CLAUSES: Final[tuple[tuple[type[ThingPage], Callable[[Any, View], list[str]]], ...]] = (
    (FilmPage, _of_film),
    (ScreeningPage, _of_screening),
    (AgentPage, _of_agent),
    (FestivalPage, _of_festival),
    (VenuePage, _of_venue),
    (ConceptPage, _of_concept),
    (SourcePage, _of_source),
)
