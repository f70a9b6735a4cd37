"""Every case file is reported exactly as it says, and every rule has a case that breaks it and one that keeps it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, Graph, Namespace, URIRef

from filmgraph.findings import Report
from filmgraph.namespaces import SH, SHAPES
from filmgraph.validation import Shapes, full_catalogue

CASES = sorted((Path(__file__).parent / "cases").glob("*.ttl"))
_SH = Namespace(SH)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_has_exactly_the_findings_it_expects(
    path: Path, read_case: Callable[[Path], Any], validate_case: Callable[[Any], Report]
) -> None:
    case = read_case(path)
    report = validate_case(case)
    # Blank nodes get a new name at every reading.
    found = {(each.rule, each.focus_iri) for each in report}
    assert found == case.expected, "\n".join(f"{each.rule} {each.focus_iri}: {each.message}" for each in report)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_says_why_it_is_there_and_its_name_says_what_it_expects(path: Path, read_case: Callable[[Path], Any]) -> None:
    case = read_case(path)
    assert case.comment.endswith(".")
    assert ("-invalid-" in path.stem) == bool(case.expected)
    assert ("-valid-" in path.stem) != bool(case.expected)


def test_every_rule_has_an_invalid_case(shapes: Shapes, read_case: Callable[[Path], Any]) -> None:
    broken = {rule for path in CASES for rule, _ in read_case(path).expected}
    known = {info.id for info in full_catalogue(shapes)}
    assert known - broken == set()
    assert broken - known == set()


def test_every_core_shape_has_a_case_whose_values_it_accepts(shapes: Shapes, read_case: Callable[[Path], Any]) -> None:
    """A shape is tried by a valid case when that case has a thing it aims at, with a value where the shape is about one."""
    valid = Graph()
    for path in CASES:
        if "-valid-" in path.stem:
            for each in (*read_case(path).published, *read_case(path).texts):
                valid.add((URIRef(each.subject.value), URIRef(each.predicate.value), URIRef(getattr(each.object, "value", ""))))
    untried = {str(shape) for shape in shapes.core_graph.subjects(_SH.severity) if not _is_tried(shape, shapes.core_graph, valid)}
    assert untried == set()


def _is_tried(shape: Any, graph: Graph, valid: Graph) -> bool:
    owners = [shape, *graph.subjects(_SH.property, shape)]
    targets = {
        focus
        for owner in owners
        for focus in (
            *(s for each in graph.objects(owner, _SH.targetClass) for s in valid.subjects(RDF.type, each)),
            *(s for each in graph.objects(owner, _SH.targetSubjectsOf) for s in valid.subjects(each)),
        )
    }
    path = graph.value(shape, _SH.path)
    if not isinstance(path, URIRef):
        return bool(targets)
    return any((focus, path, None) in valid for focus in targets)


@pytest.mark.parametrize(
    ("rule_id", "stem"),
    [
        ("DurationTwin", "movie-valid-full"),
        ("FormFitsDuration", "movie-valid-month-and-tags"),
        ("DuplicateFilm", "movie-valid-two-of-one-title"),
        ("FilmDescribedInEnglish", "movie-valid-full"),
        ("CreditProperty", "movie-valid-full"),
        ("CreditDirectEdge", "movie-valid-full"),
        ("DirectEdgeCredit", "movie-valid-full"),
        ("CharacterOnActingCredit", "movie-valid-full"),
        ("CreditTwice", "credit-valid-two-characters"),
        ("BillingTwice", "credit-valid-two-characters"),
        ("InferredUnconfirmed", "credit-valid-inferred-twice"),
        ("BirthBeforeDeath", "person-valid-died-in-year-of-birth"),
        ("BornBeforeFilm", "person-valid-dates"),
        ("ChildInCrew", "person-valid-child-actor-and-source-author"),
        ("DeadBeforeFilm", "person-valid-child-actor-and-source-author"),
        ("Namesakes", "person-valid-namesakes-with-ids"),
        ("ScreeningWithinFestival", "screening-event-valid-after-midnight"),
        ("ScreeningAfterProduction", "screening-event-valid-plain"),
        ("SlotLongEnough", "screening-event-valid-plain"),
        ("PreviousStartOnlyWhenMoved", "screening-event-valid-full"),
        ("RescheduledHasPreviousStart", "screening-event-valid-full"),
        ("CapacityWithinHall", "screening-event-valid-full"),
        ("GuestInTwoPlaces", "screening-event-valid-guest-moves-on"),
        ("ScreenCount", "movie-theater-valid-two-halls"),
        ("SubtitledInOwnLanguage", "screening-event-valid-plain"),
        ("DubbedScreening", "screening-event-valid-full"),
        ("FestivalLength", "festival-valid-sixty-days"),
        ("EditionNumberTwice", "festival-valid-two-editions"),
        ("EditionOrder", "festival-valid-two-editions"),
        ("SectionOfFestival", "screening-event-valid-full"),
        ("AwardAfterFilm", "movie-valid-full"),
        ("DanglingReference", "movie-valid-full"),
        ("NoHttpsSchema", "thing-valid-identifiers-and-links"),
        ("SameAsUnique", "person-valid-namesakes-with-ids"),
        ("IdentifierUnique", "thing-valid-identifiers-and-links"),
        ("ThingHasType", "movie-valid-full"),
        ("NotationUnique", "concept-valid-genre-and-role"),
        ("BroaderCycle", "movie-valid-full"),
        ("RoleDirectProperty", "concept-valid-genre-and-role"),
        ("HallOverlap", "screening-event-valid-cancelled-overlap"),
        ("KnownTimeZone", "screening-event-valid-plain"),
        ("TimeZoneOffset", "screening-event-valid-after-midnight"),
        ("KnownLanguage", "movie-valid-month-and-tags"),
        ("SchemaTerm", "movie-valid-full"),
        ("IdentifierForm", "thing-valid-identifiers-and-links"),
        ("IriKind", "movie-valid-full"),
        ("NoBlankNode", "movie-valid-full"),
        ("TextAmongFacts", "text-valid-synopsis"),
    ],
)
def test_every_rule_that_is_no_core_shape_has_a_valid_case(rule_id: str, stem: str) -> None:
    assert stem in {path.stem for path in CASES}
    assert "-valid-" in stem


def test_the_table_of_valid_cases_is_complete(shapes: Shapes) -> None:
    marks = test_every_rule_that_is_no_core_shape_has_a_valid_case.pytestmark  # type: ignore[attr-defined]
    listed = {rule_id for mark in marks for rule_id, _ in mark.args[1]}
    core = {info.id for info in shapes.core_catalogue}
    assert listed == {info.id for info in full_catalogue(shapes)} - core
    assert all(SHAPES not in rule_id for rule_id in listed)
