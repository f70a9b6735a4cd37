"""The pages of people, organisations, events, places, concepts and sources, and the plain page of everything else."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from filmgraph.iris import Kind
from filmgraph.namespaces import FG, PROV, SCHEMA, SKOS
from filmgraph.pages.kinds import singular
from filmgraph.pages.model import (
    ConceptPage,
    FestivalPage,
    FilmLine,
    OrganizationPage,
    PersonPage,
    Reference,
    RoleLines,
    ScreeningPage,
    SourceNote,
    SourcePage,
    StatedThing,
    ThingPage,
    VenuePage,
)
from filmgraph.pages.moments import Moment
from filmgraph.pages.view import CREDIT_PROPERTIES, View

__all__ = [
    "build_concept_page",
    "build_festival_page",
    "build_organization_page",
    "build_person_page",
    "build_screening_page",
    "build_source_page",
    "build_thing_page",
    "build_venue_page",
]


def build_person_page(view: View, catalogue_title: str) -> PersonPage:
    """Return what the page of a person shows."""
    return PersonPage(**_agent(view, catalogue_title))


def build_organization_page(view: View, catalogue_title: str) -> OrganizationPage:
    """Return what the page of an organisation shows."""
    return OrganizationPage(**_agent(view, catalogue_title))


def build_festival_page(view: View, catalogue_title: str) -> FestivalPage:
    """Return what the page of one edition shows."""
    return FestivalPage(
        **_basics(view, catalogue_title, left_out=((SCHEMA.superEvent, Kind.SCREENING), (SCHEMA.superEvent, Kind.SECTION))),
        series=view.references(view.iri, SCHEMA.superEvent),
        start=_moment(view, SCHEMA.startDate),
        end=_moment(view, SCHEMA.endDate),
        sections=tuple(view.reference(each) for each in view.incoming(SCHEMA.superEvent, Kind.SECTION)),
        days=view.days(view.incoming(SCHEMA.superEvent, Kind.SCREENING)),
    )


def build_screening_page(view: View, catalogue_title: str) -> ScreeningPage:
    """Return what the page of a screening shows."""
    hall, venue = view.place(view.iri)
    start = _moment(view, SCHEMA.startDate)
    basics = _basics(view, catalogue_title)
    where = venue.label if venue else ""
    basics["window_title"] = " – ".join(each for each in (basics["title"], str(start or ""), where, catalogue_title) if each)
    credits = sorted((view.credit(each) for each in view.description.iris(view.iri, FG.credit)), key=lambda each: each.billing)
    return ScreeningPage(
        **basics,
        start=start,
        end=_moment(view, SCHEMA.endDate),
        status=view.status(view.iri),
        films=view.references(view.iri, SCHEMA.workPresented),
        hall=hall,
        venue=venue,
        address=_address(view, venue.iri or "") if venue else (),
        festival=view.references(view.iri, SCHEMA.superEvent),
        section=view.references(view.iri, FG.inSection),
        guests=tuple(credits),
        evening=evening.isoformat() if (evening := view.evening(view.iri)) else "",
        was=_moment(view, SCHEMA.previousStartDate),
    )


def build_venue_page(view: View, catalogue_title: str) -> VenuePage:
    """Return what the page of a venue or hall shows."""
    halls = view.incoming(SCHEMA.containedInPlace, Kind.HALL)
    venues = view.references(view.iri, SCHEMA.containedInPlace)
    basics = _basics(view, catalogue_title, left_out=((SCHEMA.containedInPlace, Kind.HALL), (SCHEMA.location, Kind.SCREENING)))
    if venues:
        basics["window_title"] = f"{basics['title']}, {venues[0].label} – {catalogue_title}"
    return VenuePage(
        **basics,
        address=_address(view, (venues[0].iri or "") if venues else view.iri),
        venue=venues[0] if venues else None,
        halls=tuple(view.reference(each) for each in halls),
    )


def build_concept_page(view: View, catalogue_title: str) -> ConceptPage:
    """Return what the page of a role, genre, form, country or language shows."""
    labels = view.description.literals(view.iri, SKOS.prefLabel)
    return ConceptPage(
        **_basics(view, catalogue_title, without=(SKOS.prefLabel, SCHEMA.name)),
        labels=tuple(Reference(each.value, language=each.language) for each in labels),
        broader=view.references(view.iri, SKOS.broader),
    )


def build_source_page(view: View, catalogue_title: str) -> SourcePage:
    """Return what the page of a source shows: what it states of which thing, and where."""
    by_thing: defaultdict[str, list[tuple[str, Reference, SourceNote]]] = defaultdict(list)
    for each in view.description.statements:
        thing_iri = each.subject_iri.partition("#")[0]
        by_thing[thing_iri].append((view.term(each.predicate_iri), view.value(each.value, each.predicate_iri), view.note(each)))
    stated = (StatedThing(view.reference(iri), tuple(facts)) for iri, facts in by_thing.items())
    total, shown = view.description.statement_total, len(view.description.statements)
    query = (
        f"SELECT ?thing ?property ?value WHERE {{ GRAPH <{view.description.scheme.source_graph(view.description.thing.key)}> "
        "{ ?thing ?property ?value } }"
    )
    return SourcePage(
        **_basics(view, catalogue_title, left_out=tuple((PROV.wasDerivedFrom, kind) for kind in Kind)),
        stated=tuple(sorted(stated, key=lambda each: each.thing.label.casefold())),
        shown=shown,
        total=total,
        query=query if total > shown else "",
    )


def build_thing_page(view: View, catalogue_title: str) -> ThingPage:
    """Return the plain page of any thing."""
    return ThingPage(**_basics(view, catalogue_title, shows_links=True))


def _basics(
    view: View,
    catalogue_title: str,
    *,
    left_out: tuple[tuple[str, Kind], ...] = (),
    without: tuple[str, ...] = (),
    shows_links: bool = False,
) -> dict[str, Any]:
    kind = view.description.thing.kind
    kind_label = singular(kind, view.messages)
    title = view.label(view.iri)
    name = next(iter(view.description.literals(view.iri, SCHEMA.name)), None)
    facts = view.facts(*without)
    if shows_links:
        facts = (*facts, *view.link_facts())
    return {
        "iri": view.iri,
        "kind": kind,
        "key": view.description.thing.key,
        "kind_label": kind_label,
        "title": title,
        "title_language": name.language if name and not kind.is_vocabulary else None,
        "window_title": f"{title} – {kind_label} – {catalogue_title}",
        "fictional": view.fictional_note(),
        "facts": facts,
        "groups": view.groups(*left_out),
        "rows": view.rows(),
    }


def _agent(view: View, catalogue_title: str) -> dict[str, Any]:
    credited = tuple((each, kind) for each in CREDIT_PROPERTIES for kind in (Kind.CREDIT, Kind.FILM))
    screenings = (s for each in (SCHEMA.performer, SCHEMA.contributor) for s in view.incoming(each, Kind.SCREENING))
    return {
        **_basics(
            view, catalogue_title, left_out=(*credited, (SCHEMA.performer, Kind.SCREENING), (SCHEMA.contributor, Kind.SCREENING))
        ),
        "filmography": _filmography(view),
        "screenings": view.screenings(screenings),
    }


def _filmography(view: View) -> tuple[RoleLines, ...]:
    by_role: defaultdict[str, list[FilmLine]] = defaultdict(list)
    for incoming in view.description.incoming:
        if incoming.segment != Kind.CREDIT.segment or incoming.predicate_iri not in CREDIT_PROPERTIES:
            continue
        for credit_iri in incoming.subjects:
            role = next(iter(view.description.iris(credit_iri, SCHEMA.roleName)), "")
            by_role[role] += _film_lines(view, credit_iri)
    lines = (
        RoleLines(view.reference(role), tuple(sorted(films, key=lambda each: (each.year, each.film.label), reverse=True)))
        for role, films in by_role.items()
        if films
    )
    return tuple(sorted(lines, key=lambda each: (-len(each.films), each.role.label)))


def _film_lines(view: View, credit_iri: str) -> list[FilmLine]:
    description = view.description
    films = description.subjects(FG.credit, credit_iri)
    return [
        FilmLine(
            film=view.reference(film),
            year=description.text(film, SCHEMA.dateCreated)[:4],
            directors=view.references(film, SCHEMA.director),
            character=description.text(credit_iri, SCHEMA.characterName),
        )
        for film in films
        if view.kind(film) is Kind.FILM
    ]


def _moment(view: View, predicate_iri: str) -> Moment | None:
    return view.moment(view.description.text(view.iri, predicate_iri))


def _address(view: View, venue_iri: str) -> tuple[str, ...]:
    return next((view.address(each) for each in view.description.iris(venue_iri, SCHEMA.address)), ())
