"""Break the demo in every usual way: each fault is reported at its place as its rule says, and the old release stays."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from filmgraph.errors import ReleaseBlockedError
from filmgraph.findings import Finding, Severity
from filmgraph.release import find_current, publish
from filmgraph.vocabulary import Vocabulary
from tests.conftest import NOW, Assembler, Builder, Built, copy_demo

Edit = Callable[[list[dict[str, str]]], None]


@dataclass(frozen=True)
class Break:
    """One mistake: in `table`, and the rule that has to name `row` and `column`."""

    name: str
    table: str
    edit: Edit
    rule: str
    severity: Severity
    row: int | None = None
    column: str | None = None


def put(key: str, column: str, value: str) -> Edit:
    def edit(rows: list[dict[str, str]]) -> None:
        found = [row for row in rows if row.get("key", row.get("film")) == key]
        assert found, f"the demo has no row {key!r} any more"
        found[0][column] = value

    return edit


def drop(key: str) -> Edit:
    def edit(rows: list[dict[str, str]]) -> None:
        found = [row for row in rows if row.get("key") == key]
        assert found
        rows.remove(found[0])

    return edit


def same_hall(rows: list[dict[str, str]]) -> None:
    rows[1].update({name: rows[0][name] for name in ("hall", "start", "end")})
    rows[1]["doors"] = ""


def add_column(rows: list[dict[str, str]]) -> None:
    for row in rows:
        row["ticket_price"] = "12"


V, W = Severity.VIOLATION, Severity.WARNING
FIRST = "demo-2026-001"
BREAKS = [
    Break("a date that does not exist", "screenings", put(FIRST, "start", "2026-10-32 19:30"), "read-date", V, 2, "start"),
    Break("a date in another order", "screenings", put(FIRST, "start", "16/10/2026 19:30"), "read-date", V, 2, "start"),
    Break("no start", "screenings", put(FIRST, "start", ""), "read-required", V, 2, "start"),
    Break(
        "an hour that the clocks show twice", "screenings", put(FIRST, "start", "2026-10-25 02:30"), "read-date", V, 2, "start"
    ),
    Break("no title", "films", put("violet-2013", "original_title", ""), "read-required", V, 6, "original_title"),
    Break("an unknown language", "films", put("here-2023", "languages", "Dutsch"), "read-language", V, 9, "languages"),
    Break("an unknown country", "films", put("here-2023", "countries", "Belgum"), "read-country", V, 9, "countries"),
    Break("an unknown genre", "films", put("here-2023", "genre", "Dramma"), "read-genre", V, 9, "genre"),
    Break("a year in words", "films", put("here-2023", "year", "last year"), "read-date", V, 9, "year"),
    Break("a year before film", "films", put("close-2022", "year", "1222"), "Movie-dateCreated", V, 61, "year"),
    Break("a running time in words", "films", put("here-2023", "run_time", "long"), "read-minutes", V, 9, "run_time"),
    Break("an endless film", "films", put("close-2022", "run_time", "5000"), "Movie-runtimeMinutes", V, 61, "run_time"),
    Break("a form that does not fit", "films", put("close-2022", "form", "short"), "FormFitsDuration", W, 61, None),
    Break("a malformed IMDb number", "films", put("close-2022", "imdb", "12"), "IdentifierForm", V, 61, "imdb"),
    Break("an unknown role", "credits", put("here-2023", "role", "tea maker"), "read-role", V, 2, "role"),
    Break("a source nobody described", "credits", put("here-2023", "source", "hearsay"), "read-source", V, 2, "source"),
    Break(
        "a screening outside the festival",
        "screenings",
        put(FIRST, "start", "2026-11-16 19:30"),
        "ScreeningWithinFestival",
        V,
        2,
        None,
    ),
    Break("two in one hall", "screenings", same_hall, "HallOverlap", V, 3, None),
    Break("an end before the start", "screenings", put(FIRST, "end", "2026-10-16 18:30"), "ScreeningEvent-startDate-order", V, 2),
    Break("doors after the start", "screenings", put(FIRST, "doors", "2026-10-16 20:30"), "ScreeningEvent-doorTime", V, 2),
    Break("a slot shorter than the film", "screenings", put(FIRST, "end", "2026-10-16 20:00"), "SlotLongEnough", W, 2, None),
    Break("a film nobody described", "screenings", put(FIRST, "films", "no-such-film-1999"), "DanglingReference", V, 2, "films"),
    Break("a hall nobody described", "screenings", put(FIRST, "hall", "no-such-hall"), "DanglingReference", V, 2, "hall"),
    Break("an unknown status", "screenings", put(FIRST, "status", "maybe"), "read-status", V, 2, "status"),
    Break("moved, but from when", "screenings", put(FIRST, "status", "rescheduled"), "RescheduledHasPreviousStart", V, 2, None),
    Break("more seats than the hall has", "screenings", put(FIRST, "seats", "9999"), "CapacityWithinHall", V, 2, None),
    Break(
        "more seats left than seats",
        "screenings",
        put(FIRST, "seats_left", "9998"),
        "ScreeningEvent-remainingAttendeeCapacity",
        V,
        2,
        None,
    ),
    Break(
        "a festival that ends before it starts",
        "editions",
        put("demo-film-festival-2026", "last_day", "15/10/2026"),
        "Festival-startDate-order",
        V,
        2,
    ),
    Break("a time zone that is none", "venues", put("lantern", "time_zone", "Europe/Ghent"), "KnownTimeZone", V, 2, None),
    Break("a venue dropped", "venues", drop("lantern"), "DanglingReference", V, None, None),
    Break("a column nobody explained", "halls", add_column, "read-column", W, 1, "ticket_price"),
    Break(
        "a year that press and festival dispute", "films", put("violet-2013", "year", "2012"), "resolve-conflict", W, 6, "year"
    ),
]


def apply(fault: Break, catalogue: Path) -> None:
    path = catalogue / "tables" / f"{fault.table}.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    fault.edit(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")


@pytest.fixture(scope="module")
def broken_demo(tmp_path_factory: pytest.TempPathFactory, build_catalogue: Builder) -> Built:
    """A demo of its own with a release, into which each case copies its broken table."""
    return build_catalogue(copy_demo(tmp_path_factory.mktemp("broken") / "data"))


@pytest.mark.parametrize("fault", BREAKS, ids=lambda fault: fault.name)
def test_a_broken_demo_is_reported_at_its_place(
    fault: Break, broken_demo: Built, assemble_catalogue: Assembler, loaded_vocabulary: Vocabulary
) -> None:
    catalogue = broken_demo.settings.catalogue_path
    path = catalogue / "tables" / f"{fault.table}.csv"
    intact = path.read_bytes()
    ids = (catalogue / "ids.csv").read_bytes()
    try:
        apply(fault, catalogue)
        assembly = assemble_catalogue(catalogue)
        report = assembly.report
        found = [each for each in report if each.rule == fault.rule and stands_at(each, fault)]
        rules = sorted(
            {f"{each.rule} at {'; '.join(map(str, each.places))}" for each in report if each.severity is not Severity.INFO}
        )
        assert found, f"no {fault.rule} there, but: {rules}"
        assert {each.severity for each in found} == {fault.severity}
        assert report.blocks_release == (fault.severity is V)
        if fault.severity is V:
            with pytest.raises(ReleaseBlockedError):
                publish(assembly, loaded_vocabulary, lambda: NOW, lambda stage: None)
            assert find_current(broken_demo.settings.releases_path) == broken_demo.path
            assert (catalogue / "ids.csv").read_bytes() == ids
    finally:
        path.write_bytes(intact)


def stands_at(finding: Finding, fault: Break) -> bool:
    if fault.row is None:
        return bool(finding.places)
    places = [
        place for place in finding.places if place.path == f"tables/{fault.table}.csv" and (place.row or place.line) == fault.row
    ]
    return any(fault.column in (None, place.column) for place in places)


def test_there_are_enough_ways() -> None:
    assert len(BREAKS) >= 20
    assert len({each.rule for each in BREAKS}) >= 18


def test_the_intact_demo_has_no_violation(broken_demo: Built) -> None:
    assert not broken_demo.assembly.report.blocks_release
