"""A catalogue whose sources are saved pages and a calendar, built twice by the real pipeline: what moved is the same thing."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from filmgraph.cli import main
from filmgraph.links import ACCEPTED, links_csv, with_decision
from filmgraph.namespaces import SCHEMA
from tests.sources.calendar.test_calendar_reading import PROFILE, calendar, event
from tests.sources.html.test_html_pages import FILM, ld

SETTINGS = """
[catalogue]
id = "site"
base_iri = "https://films.example/"
title = "Site"
publisher = "Site"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
contact = "data@films.example"

[[sources]]
id = "web"
kind = "html"
path = "site"

[[sources]]
id = "calendar"
kind = "calendar"
path = "programme.ics"
profile = "programme.toml"

[[sources]]
id = "links"
kind = "links"
path = "links.csv"
"""
LINK = "http://www.wikidata.org/entity/Q901"
SCREENING = (
    "SUMMARY:Here (2023)",
    "DTEND;TZID=Europe/Brussels:20261018T220000",
    "LOCATION:Hall 1\\, Lantern",
    "STATUS:CONFIRMED",
)
EDITION = """
[columns.edition]
text = "X Festival (2026)"
property = "super_event"
to = "festival"
by = "name"
"""
FESTIVAL = {
    "@context": "https://schema.org",
    "@type": "Festival",
    "name": "X Festival",
    "startDate": "2026-10-16",
    "endDate": "2026-10-25",
    "organizer": {"@type": "Organization", "name": "X"},
}


def build(catalogue: Path) -> tuple[str, dict[tuple[str, str], set[str]]]:
    """Build a release; return what was said, and what it states of screenings and films, by subject and property."""
    done = CliRunner().invoke(main, ["build", str(catalogue)])
    assert done.exit_code == 0, done.output
    store = Store.read_only(str(catalogue / "releases" / "current" / "store"))
    told: dict[tuple[str, str], set[str]] = {}
    for quad in store.quads_for_pattern(None, None, None, DefaultGraph()):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            told.setdefault((quad.subject.value, quad.predicate.value), set()).add(quad.object.value)
    return done.output, told


def subjects(told: dict[tuple[str, str], set[str]], segment: str) -> set[str]:
    return {subject for subject, _ in told if f"/id/{segment}/" in subject and "#" not in subject}


def test_moved_screening_keeps_its_key_and_pages_come_and_go(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "filmgraph.toml").write_text(SETTINGS)
    (tmp_path / "programme.toml").write_text(PROFILE + EDITION)
    (tmp_path / "site" / "here.html").write_text(ld({"@context": "https://schema.org", **FILM}, FESTIVAL))
    (tmp_path / "site" / "gone.html").write_text(ld({"@context": "https://schema.org", **FILM, "name": "Gone"}))
    (tmp_path / "programme.ics").write_text(calendar(event(*SCREENING)))
    (tmp_path / "links.csv").write_text(links_csv(()))
    _, first = build(tmp_path)
    (screening,) = subjects(first, "screening")
    assert first[screening, SCHEMA.startDate] == {"2026-10-17T19:30:00+02:00"}
    (film,) = first[screening, SCHEMA.workPresented]
    assert first[film, SCHEMA.name] == {"Here"}

    (tmp_path / "site" / "gone.html").unlink()
    (tmp_path / "site" / "there.html").write_text(ld({"@context": "https://schema.org", **FILM, "name": "There"}))
    moved = event("SEQUENCE:1", *SCREENING, start="DTSTART;TZID=Europe/Brussels:20261018T200000")
    (tmp_path / "programme.ics").write_text(calendar(moved))
    accepted = with_decision((), film.rpartition("/")[2], LINK, ACCEPTED, "Ida", "2026-11-23", "")
    (tmp_path / "links.csv").write_text(links_csv(accepted))
    said, second = build(tmp_path)
    assert second[film, SCHEMA.sameAs] == {LINK}
    assert second[film, SCHEMA.identifier] == {f"{film}#wikidata-q901"}
    assert subjects(second, "screening") == {screening}
    assert second[screening, SCHEMA.startDate] == {"2026-10-18T20:00:00+02:00"}
    assert {name for iri in subjects(second, "film") for name in second[iri, SCHEMA.name]} == {"Here", "There"}
    assert "3 of 3 source files read" in said
    inputs = json.loads((tmp_path / "releases" / "current" / "manifest.json").read_text())["inputs"]
    assert {"site", "programme.ics", "programme.toml"} <= inputs.keys()
