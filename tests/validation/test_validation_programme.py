"""The hall sweep finds what comparing every pair finds; slots and short slots are read from the facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.namespaces import FG, RDF, SCHEMA, XSD
from filmgraph.validation_facts import Facts
from filmgraph.validation_programme import Slot, find_overlaps, find_short_slots, read_datetime, sweep
from filmgraph.vocabulary import load_vocabulary

_BASE = "https://festival.example/id/"
_START = datetime(2026, 10, 24, 18, tzinfo=UTC)
_VOCABULARY = load_vocabulary()


def _naive(slots: list[Slot]) -> set[str]:
    """Pair by pair: whoever starts while another runs; of two that start together, the later in order."""
    real = sorted((slot for slot in slots if slot.start < slot.end), key=lambda each: (each.start, each.end, each.screening_iri))
    return {
        later.screening_iri
        for position, later in enumerate(real)
        for earlier in real[:position]
        if later.start < earlier.end and earlier.start < later.end
    }


# Few starts and lengths, so that adjacent slots, doubles and empty ones are common; offsets change how a start is written.
_slots = st.lists(st.tuples(st.integers(0, 24), st.integers(0, 6), st.sampled_from([-5, 0, 1, 2, 5.5])), max_size=30).map(
    lambda rows: [
        Slot(
            f"{_BASE}screening/s{number}",
            f"{_BASE}hall/h",
            (_START + timedelta(minutes=30 * start)).astimezone(timezone(timedelta(hours=offset))),
            (_START + timedelta(minutes=30 * (start + length))).astimezone(UTC),
        )
        for number, (start, length, offset) in enumerate(rows)
    ]
)


@given(_slots)
def test_the_sweep_finds_what_comparing_every_pair_finds(slots: list[Slot]) -> None:
    assert {overlap.later_iri for overlap in sweep(slots)} == _naive(slots)


@given(_slots)
def test_the_sweep_does_not_depend_on_the_order_of_the_programme(slots: list[Slot]) -> None:
    assert list(sweep(slots)) == list(sweep(reversed(slots)))


@given(_slots)
def test_what_the_sweep_names_as_running_does_run(slots: list[Slot]) -> None:
    by_iri = {slot.screening_iri: slot for slot in slots}
    for overlap in sweep(slots):
        earlier, later = by_iri[overlap.earlier_iri], by_iri[overlap.later_iri]
        assert earlier.start <= later.start < earlier.end == overlap.earlier_end


def _facts(*screenings: tuple[str, dict[str, str]], minutes: int = 90) -> Facts:
    hall, film = NamedNode(f"{_BASE}hall/h"), NamedNode(f"{_BASE}film/f")
    triples = [
        Triple(hall, NamedNode(RDF.type), NamedNode(FG.Auditorium)),
        Triple(film, NamedNode(RDF.type), NamedNode(SCHEMA.Movie)),
        Triple(film, NamedNode(FG.runtimeMinutes), Literal(minutes)),
    ]
    for key, properties in screenings:
        subject = NamedNode(f"{_BASE}screening/{key}")
        triples.append(Triple(subject, NamedNode(RDF.type), NamedNode(SCHEMA.ScreeningEvent)))
        triples.append(Triple(subject, NamedNode(SCHEMA.location), hall))
        triples.append(Triple(subject, NamedNode(SCHEMA.workPresented), film))
        for predicate, value in properties.items():
            is_time = predicate in (SCHEMA.startDate, SCHEMA.endDate)
            term = Literal(value, datatype=NamedNode(XSD.dateTime)) if is_time else NamedNode(value)
            triples.append(Triple(subject, NamedNode(predicate), term))
    return Facts.of(triples, (), _VOCABULARY)


@pytest.mark.parametrize(
    ("status", "overlaps"),
    [
        (SCHEMA.EventScheduled, 1),
        (SCHEMA.EventRescheduled, 1),
        (SCHEMA.EventCancelled, 0),
        (SCHEMA.EventPostponed, 0),
        (SCHEMA.EventMovedOnline, 0),
    ],
)
def test_only_what_takes_place_in_the_hall_takes_the_hall(status: str, overlaps: int) -> None:
    facts = _facts(
        ("a", {SCHEMA.startDate: "2026-10-17T19:00:00+02:00", SCHEMA.endDate: "2026-10-17T21:00:00+02:00"}),
        ("b", {SCHEMA.startDate: "2026-10-17T20:00:00+02:00", SCHEMA.eventStatus: status}),
    )
    assert len(list(find_overlaps(facts))) == overlaps


@pytest.mark.parametrize(
    ("second_start", "overlaps"), [("20:29:00+02:00", 1), ("20:30:00+02:00", 0), ("18:30:00Z", 0), ("18:29:00Z", 1)]
)
def test_a_screening_without_an_end_lasts_as_long_as_its_films(second_start: str, overlaps: int) -> None:
    facts = _facts(
        ("a", {SCHEMA.startDate: "2026-10-17T19:00:00+02:00"}),
        ("b", {SCHEMA.startDate: f"2026-10-17T{second_start}"}),
    )
    assert [overlap.later_iri for overlap in find_overlaps(facts)] == [f"{_BASE}screening/b"] * overlaps


@pytest.mark.parametrize("start", ["2026-10-17T19:00:00", "tonight", ""])
def test_a_start_that_cannot_be_placed_in_time_meets_nothing(start: str) -> None:
    facts = _facts(("a", {SCHEMA.startDate: start}), ("b", {SCHEMA.startDate: start}))
    assert list(find_overlaps(facts)) == []
    assert list(find_short_slots(facts)) == []
    assert read_datetime(start) is None


@pytest.mark.parametrize(
    ("start", "end", "is_short"),
    [
        ("2026-12-31T23:30:00+01:00", "2027-01-01T01:00:00+01:00", False),
        ("2026-12-31T23:30:00+01:00", "2027-01-01T00:59:00+01:00", True),
        ("2026-10-25T02:30:00+02:00", "2026-10-25T03:00:00+01:00", False),
        ("2026-10-25T02:30:00+02:00", "2026-10-25T02:59:00+01:00", True),
    ],
)
def test_a_slot_is_measured_across_midnight_new_year_and_the_end_of_summer_time(start: str, end: str, is_short: bool) -> None:
    facts = _facts(("a", {SCHEMA.startDate: start, SCHEMA.endDate: end}))
    assert [(minutes, text) for _, minutes, text in find_short_slots(facts)] == ([(90, end)] if is_short else [])
