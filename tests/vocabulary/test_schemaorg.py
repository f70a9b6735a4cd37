from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from filmgraph import model, schemaorg
from filmgraph.errors import VocabularyError
from filmgraph.namespaces import FG, SCHEMA
from filmgraph.schemaorg import TermFault, Terms, load_terms

PREFIXES = """
@prefix fg: <https://filmgraph.example/ns#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix schema: <http://schema.org/> .
@prefix secure: <https://schema.org/> .
@base <https://filmgraph.example/id/> .
"""
TERMS = load_terms()


def to_triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse((PREFIXES + turtle).encode(), format=RdfFormat.TURTLE)]


@pytest.mark.parametrize(
    "name", ["Movie", "director", "EventScheduled", "Text", "ScreeningEvent", "PerformanceRole", "workPresented", "actors"]
)
def test_term_of_the_vocabulary_is_known(name: str) -> None:
    assert TERMS.is_known(SCHEMA.term(name))


@pytest.mark.parametrize(
    "iri",
    [SCHEMA.distributor, SCHEMA.movie, "https://schema.org/Movie", FG.Auditorium, SCHEMA, "http://example.org/director", ""],
)
def test_other_iri_is_not_known(iri: str) -> None:
    assert not TERMS.is_known(iri)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("actors", "actor"),
        ("directors", "director"),
        ("namedPosition", "roleName"),
        ("isBasedOnUrl", "isBasedOn"),
        ("actor", None),
    ],
)
def test_superseded_term_names_its_successor(old: str, new: str | None) -> None:
    assert TERMS.superseded_by(SCHEMA.term(old)) == (SCHEMA.term(new) if new else None)


@pytest.mark.parametrize(
    "turtle",
    [
        "<film/a> a schema:Movie ; schema:name 'A' ; schema:director <person/b> ; schema:countryOfOrigin <country/BE> .",
        "<screening/a> a schema:ScreeningEvent ; schema:eventStatus schema:EventScheduled ; schema:performer <person/b> .",
        "<credit/a> a schema:Role ; schema:director <person/b> ; schema:musicBy <person/b> .",
        "<credit/a> a schema:PerformanceRole ; schema:actor <person/b> ; schema:characterName 'B' .",
        "<hall/a> a fg:Auditorium ; schema:containedInPlace <venue/b> ; schema:maximumAttendeeCapacity 3 .",
        "<award/a> a fg:AwardDecision ; schema:superEvent <series/b> ; schema:startDate '2026' .",
        "<character/a> a fg:Character ; schema:birthDate '1900' .",
        "<source/a> a prov:Entity , schema:WebPage ; schema:license <x> .",
        "<untyped> schema:director <person/b> .",
        "<entity> a prov:Entity ; schema:director <person/b> .",
        "<film/a> a schema:Movie ; schema:license <http://schema.org/docs/terms.html> ; schema:url <http://schema.org/> .",
        "<role/a> fg:directProperty schema:director .",
        "<film/a> a schema:Movie ; schema:duration 'PT1H'^^schema:Duration .",
    ],
)
def test_right_use_has_no_problem(turtle: str) -> None:
    assert TERMS.check(to_triples(turtle)) == []


@pytest.mark.parametrize(
    ("turtle", "fault", "term", "words"),
    [
        ("<a> schema:distributor <b> .", TermFault.UNKNOWN, SCHEMA.distributor, "no term of schema.org"),
        ("<a> a schema:Film .", TermFault.UNKNOWN, SCHEMA.Film, "no term of schema.org"),
        ("<a> schema:eventStatus schema:EventOff .", TermFault.UNKNOWN, SCHEMA.EventOff, "no term of schema.org"),
        ("schema:Filmm fg:form <b> .", TermFault.UNKNOWN, SCHEMA.Filmm, "no term of schema.org"),
        ("<a> schema:duration '1'^^schema:Minute .", TermFault.UNKNOWN, SCHEMA.Minute, "no term of schema.org"),
        ("<a> schema:Movie <b> .", TermFault.UNKNOWN, SCHEMA.Movie, "no property"),
        ("<a> a schema:director .", TermFault.UNKNOWN, SCHEMA.director, "no class"),
        ("<a> a schema:EventScheduled .", TermFault.UNKNOWN, SCHEMA.EventScheduled, "no class"),
        ("<a> a schema:Movie ; schema:actors <b> .", TermFault.SUPERSEDED, SCHEMA.actors, "use schema:actor"),
        ("<a> a schema:Person ; schema:director <b> .", TermFault.DOMAIN, SCHEMA.director, "not for schema:Person"),
        (
            "<a> a schema:MovieTheater ; schema:accessibilitySummary 'x' .",
            TermFault.DOMAIN,
            SCHEMA.accessibilitySummary,
            "CreativeWork",
        ),
        ("<a> a fg:Auditorium ; schema:screenCount 3 .", TermFault.DOMAIN, SCHEMA.screenCount, "not for fg:Auditorium"),
        ("<a> a secure:Movie .", TermFault.HTTPS, "https://schema.org/Movie", "write http"),
        ("<a> secure:name 'x' .", TermFault.HTTPS, "https://schema.org/name", "write http"),
    ],
)
def test_wrong_use_is_told(turtle: str, fault: TermFault, term: str, words: str) -> None:
    problems = TERMS.check(to_triples(turtle))
    assert [(each.fault, each.term) for each in problems] == [(fault, term)]
    assert words in problems[0].message


def test_problem_names_its_subject_and_comes_once() -> None:
    problems = TERMS.check(to_triples("<film/a> schema:actors <b> , <c> . <film/b> schema:actors <b> ."))
    assert [each.subject for each in problems] == ["https://filmgraph.example/id/film/a", "https://filmgraph.example/id/film/b"]


def test_blank_node_is_checked_too() -> None:
    problems = TERMS.check(to_triples("[] a schema:Person ; schema:director <b> ."))
    assert [each.fault for each in problems] == [TermFault.DOMAIN]


def test_type_may_stand_after_the_property() -> None:
    problems = TERMS.check(to_triples("<a> schema:director <b> . <a> a schema:Person ."))
    assert [each.fault for each in problems] == [TermFault.DOMAIN]


def test_own_class_has_the_superclasses_of_schema_org() -> None:
    above = TERMS.superclasses[FG.ProgrammeSection]
    assert {FG.ProgrammeSection, SCHEMA.EventSeries, SCHEMA.Event, SCHEMA.Series, SCHEMA.Thing} <= above


RECORDS = [
    each for each in vars(model).values() if isinstance(each, type) and issubclass(each, model.Thing) and each is not model.Thing
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: str(each.__name__))
def test_every_field_of_a_record_fits_its_class(record: type[model.Thing]) -> None:
    class_iri = next(
        iri
        for name in (record.__name__, "CreativeWork")
        for iri in (SCHEMA.term(name), FG.term(name))
        if iri in TERMS.superclasses
    )
    inside = ADDRESS if record is model.MovieTheater else frozenset()
    for field in dataclasses.fields(record):
        iri = model.property_iri(field)
        if iri is not None and iri.startswith(SCHEMA) and iri not in inside:
            assert TERMS.is_known(iri), f"{record.__name__}.{field.name} is {iri}"
            assert TERMS.fits_domain(iri, [class_iri]), f"{record.__name__}.{field.name} is {iri}, which is not for {class_iri}"


# These fields of a venue become its schema:PostalAddress.
ADDRESS = frozenset({SCHEMA.streetAddress, SCHEMA.postalCode, SCHEMA.addressLocality, SCHEMA.addressCountry})


def test_address_parts_fit_a_postal_address() -> None:
    assert all(TERMS.fits_domain(iri, [SCHEMA.PostalAddress]) for iri in ADDRESS)


def test_release_is_told() -> None:
    assert TERMS.release == "30.0"


def test_missing_ontology_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match=r"filmgraph\.ttl cannot be read"):
        load_terms(tmp_path)


def test_damaged_table_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "schemaorg_terms.json").write_text('{"release": "30.0"}', encoding="utf-8")
    monkeypatch.setattr(schemaorg, "files", lambda _package: tmp_path)
    with pytest.raises(VocabularyError, match=r"schemaorg_terms\.json is damaged"):
        load_terms()


def test_terms_are_shared_by_nobody() -> None:
    assert load_terms() is not load_terms()
    assert isinstance(load_terms(), Terms)
