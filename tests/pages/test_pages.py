"""What the pages show: labels, facts with their sources, credits in order, local times; every triple of the document."""

from __future__ import annotations

from typing import TypeVar

import pytest

from filmgraph.describe import describe, find_things
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG, SCHEMA, SKOS
from filmgraph.pages import ThingPage, build_page, plural, singular
from filmgraph.pages.kinds import group_label
from filmgraph.pages.model import (
    ConceptPage,
    FestivalPage,
    FilmPage,
    OrganizationPage,
    PersonPage,
    ScreeningPage,
    SourcePage,
    VenuePage,
)
from filmgraph.pages.moments import duration_text, read_moment
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary

BASE = "https://films.example/"
Page = TypeVar("Page", bound=ThingPage)


def page_of(kind: type[Page], store: Store, iris: IriScheme, vocabulary: Vocabulary, path: str, base: str = BASE) -> Page:
    description = describe(store, f"{base}id/{path}", iris)
    assert description is not None
    page = build_page(description, vocabulary, "Demo films")
    assert isinstance(page, kind)
    return page


@pytest.fixture
def film(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> FilmPage:
    return page_of(FilmPage, store, iris, vocabulary, "film/here-2023")


def test_film_opens_with_what_identifies_it(film: FilmPage) -> None:
    assert (film.title, film.year, film.runtime, film.runtime_iso) == ("Here", "2023", "1 h 22 min", "PT1H22M")
    assert [each.label for each in film.directors] == ["Bas Devos"]
    assert [each.label for each in film.countries] == ["Belgium"]
    assert [(each.label, each.language) for each in film.other_titles] == [("Hier", "nl-be"), ("Ici", "fr")]
    assert film.window_title == "Here (2023) – Bas Devos – Demo films"


def test_film_without_director_and_year_has_a_short_window_title(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    page = page_of(FilmPage, store, iris, vocabulary, "film/script-1999")
    assert page.window_title == f"{page.title} (1999) – Demo films"


def test_language_outside_the_scheme_is_shown_as_its_tag(film: FilmPage) -> None:
    assert [(each.label, each.iri is None) for each in film.languages] == [("French", False), ("Dutch", False), ("xx", True)]


def test_screenings_are_in_order_with_local_time_place_and_status(film: FilmPage) -> None:
    first, second = film.screenings
    assert (str(first.start), first.status, first.hall) == ("Fri 16 Oct 2026, 00:15", "cancelled", None)
    assert (str(second.start), second.status) == ("Sat 17 Oct 2026, 19:30", "")
    assert second.hall is not None
    assert second.venue is not None
    assert (second.venue.label, second.hall.label, second.is_fictional) == ("Lumen", "Hall 1", True)


def test_credits_are_by_department_in_billing_order(film: FilmPage) -> None:
    assert [each.label for each in film.departments] == ["Direction", "Other credits"]
    cast = [line for line in film.departments[1].lines if line.role.label == "Actor"]
    assert [(line.agent.label, line.character, line.credited_as) for line in cast] == [
        ("Stefan Gota", "Stefan", "S. Gota"),
        ("Liyo Gong", "", ""),
    ]


def test_credit_tells_all_its_sources_and_its_certainty(film: FilmPage) -> None:
    stated, own = next(line for line in film.departments[1].lines if line.character == "Stefan").notes
    assert (stated.place, [each.label for each in stated.sources]) == ("pages/here.txt, line 12", ["Film page"])
    assert ([each.label for each in own.sources], own.is_stated, own.reason) == (["Table of films"], False, "programme book")


def test_texts_come_with_their_rights(film: FilmPage) -> None:
    prose, quote = film.texts
    assert (prose.is_quotation, prose.kind, prose.rights) == (False, "introduction", "© Film Fest. Not part of the CC0 data.")
    assert (quote.is_quotation, quote.text, quote.language) == (True, "Flush with pleasures", "en")


def test_states_are_told_in_words(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    page = page_of(ScreeningPage, store, iris, vocabulary, "screening/here-1")
    facts = {each.property_iri: each.values[0].reference.label for each in page.facts}
    assert (facts[SCHEMA.eventStatus], facts[SCHEMA.eventAttendanceMode]) == ("scheduled", "offline")


@pytest.mark.parametrize(
    ("path", "note"),
    [
        ("screening/here-1", "This screening is fictional: it was made up to show the data."),
        ("section/shorts", "This programme section is fictional: it was made up to show the data."),
        ("hall/lumen-1", "This hall is known only from a fictional event."),
        ("film/here-2023", ""),
        ("person/bas-devos", ""),
        ("work/gathering-moss", ""),
    ],
)
def test_made_up_things_are_marked_and_real_ones_are_not(
    store: Store, iris: IriScheme, vocabulary: Vocabulary, path: str, note: str
) -> None:
    assert page_of(ThingPage, store, iris, vocabulary, path).fictional == note


def test_hall_is_told_from_its_namesakes_by_its_venue(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    assert page_of(VenuePage, store, iris, vocabulary, "hall/lumen-1").window_title == "Hall 1, Lumen – Demo films"


def test_fact_opens_to_place_and_overruled_value(film: FilmPage) -> None:
    facts = {each.property_iri: each for each in film.facts}
    (note,) = facts[SCHEMA.duration].values[0].notes
    assert (note.place, note.certainty, note.anchor) == ("pages/here.txt, line 7", "stated", "fact-aaaaaaaaaaaa")
    (overruled,) = facts[SCHEMA.dateCreated].overruled
    assert (overruled.reference.label, overruled.notes[0].reason) == ("2024", "the year of the catalogue")
    assert [each.reference.label for each in facts[SCHEMA.dateCreated].values] == ["2023"]


def test_person_has_films_by_role_with_character(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    director = page_of(PersonPage, store, iris, vocabulary, "person/bas-devos")
    (role,) = director.filmography
    assert [(line.film.label, line.year) for line in role.films] == [("Here", "2023"), ("Violet", "2013")]
    assert [str(each.start) for each in director.screenings] == ["Sat 17 Oct 2026, 19:30"]
    actor = page_of(PersonPage, store, iris, vocabulary, "person/stefan-gota")
    assert [(each.role.label, each.films[0].character) for each in actor.filmography] == [("Actor", "Stefan")]


def test_organisation_shows_what_links_to_it(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    page = page_of(OrganizationPage, store, iris, vocabulary, "org/fest")
    assert {each.label for each in page.groups} == {
        "Festivals they organise",
        "Images they hold the rights to",
        "Sources they published",
    }


def test_festival_has_its_programme_by_day_and_is_marked_fictional(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    page = page_of(FestivalPage, store, iris, vocabulary, "festival/fest-2026")
    assert [(day.day, len(day.lines)) for day in page.days] == [("Fri 16 Oct 2026", 1), ("Sat 17 Oct 2026", 1)]
    assert page.fictional == "This festival edition is fictional: it was made up to show the data."
    assert [each.label for each in page.sections] == ["Shorts"]


def test_screening_has_place_address_and_guests(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    page = page_of(ScreeningPage, store, iris, vocabulary, "screening/here-1")
    assert page.address == ("Straat 1", "9000 Gent", "Belgium")
    assert page.start is not None
    assert page.start.offset == "UTC+02:00"
    assert [(each.role.label, each.agent.label) for each in page.guests] == [("Guest", "Bas Devos")]
    assert page.window_title == "Here – Sat 17 Oct 2026, 19:30 – Lumen – Demo films"
    assert page.fictional


@pytest.mark.parametrize("path", ["venue/lumen", "hall/lumen-1"])
def test_venue_and_hall_show_the_address(store: Store, iris: IriScheme, vocabulary: Vocabulary, path: str) -> None:
    assert page_of(VenuePage, store, iris, vocabulary, path).address[0] == "Straat 1"


def test_concept_shows_labels_and_use(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    page = page_of(ConceptPage, store, iris, vocabulary, "role/director", "https://filmgraph.example/")
    assert [(each.label, each.language) for each in page.labels] == [("Director", "en"), ("Réalisateur", "fr")]
    assert [each.label for each in page.broader] == ["Direction"]
    (group,) = page.groups
    assert (group.label, group.total, group.query) == ("Credits in this role", 2, "")
    assert [each.label for each in group.items] == ["Bas Devos (Director)", "Bas Devos (Director)"]


def test_source_shows_what_it_states_by_thing(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    page = page_of(SourcePage, store, iris, vocabulary, "source/table")
    assert [(each.thing.label, len(each.facts)) for each in page.stated] == [("Here", 1), ("Lumen", 1)]
    label, value, note = page.stated[0].facts[0]
    assert (label, value.label, note.outcome) == ("date created", "2024", "overruled")
    assert (page.shown, page.total, page.query) == (2, 2, "")


def test_every_thing_has_a_page_with_all_its_triples(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    for iri in (each for found in find_things(store, iris).values() for each in found):
        description = describe(store, iri, iris)
        assert description is not None
        page = build_page(description, vocabulary, "Demo films")
        assert page.title
        assert page.kind is Kind.from_segment(description.thing.segment)
        rows = [(row.subject_iri, row.predicate_iri, row.value) for row in page.rows]
        assert rows == [
            (str(t.subject)[1:-1], t.predicate.value, getattr(t.object, "value", None)) for t in description.triples
        ], iri


def test_credit_has_a_name_of_its_own(store: Store, iris: IriScheme, vocabulary: Vocabulary) -> None:
    page = page_of(ThingPage, store, iris, vocabulary, "credit/here-2023-actor-1")
    assert page.title == "Stefan Gota (Actor)"
    assert SCHEMA.actor in {each.property_iri for each in page.facts}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_words(kind: Kind) -> None:
    assert singular(kind)
    assert plural(kind)
    assert singular(kind) != plural(kind)


@pytest.mark.parametrize(
    ("predicate", "kind", "expected"),
    [
        (SCHEMA.director, Kind.FILM, "Films they directed"),
        (SKOS.inScheme, Kind.ROLE, "Roles of this scheme"),
        (FG.unknown, Kind.CHARACTER, "Characters"),
    ],
)
def test_group_is_named_after_the_link(predicate: str, kind: Kind, expected: str) -> None:
    assert group_label(predicate, kind) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-10-17T19:30:00+02:00", "Sat 17 Oct 2026, 19:30"),
        ("2026-10-25T00:15:00Z", "Sun 25 Oct 2026, 00:15"),
        ("2026-10-25T00:15:00", "Sun 25 Oct 2026, 00:15"),
        ("2026-10-16", "Fri 16 Oct 2026"),
        ("2026-10", "Oct 2026"),
        ("2026", "2026"),
        ("2026-13-01", "None"),
        ("soon", "None"),
        ("", "None"),
    ],
)
def test_moment_is_shown_in_its_own_local_time(text: str, shown: str) -> None:
    assert str(read_moment(text)) == shown


@pytest.mark.parametrize(
    ("text", "shown"), [("PT1H22M", "1 h 22 min"), ("PT60M", "60 min"), ("PT", "PT"), ("P1D", "P1D"), ("", "")]
)
def test_duration_is_shown_in_hours_and_minutes(text: str, shown: str) -> None:
    assert duration_text(text) == shown
