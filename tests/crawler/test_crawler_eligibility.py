"""What search engines ask of a page: no page of the demo has wrong markup, and the shapes see what is wrong."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from click.testing import CliRunner

from filmgraph.cli import main
from filmgraph.eligibility import Eligibility, judge, kind_of, list_pages, read_blocks
from filmgraph.errors import ReleaseError
from filmgraph.findings import Severity
from filmgraph.validation_publish import PageBlock, PublishingShapes, find_flaws, load_publishing_shapes
from tests.conftest import Built

BASE = "https://filmgraph.example/"
URL = f"{BASE}screening/x"
PLACE = {"@type": "MovieTheater", "name": "Lumen", "address": {"@type": "PostalAddress", "addressLocality": "Gent"}}
EVENT: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "ScreeningEvent",
    "@id": f"{BASE}id/screening/x",
    "name": "Here",
    "url": URL,
    "mainEntityOfPage": URL,
    "description": "Here, at Lumen.",
    "startDate": "2026-10-17T19:30:00+02:00",
    "eventStatus": "https://schema.org/EventScheduled",
    "location": PLACE,
}
MOVIE: dict[str, Any] = {
    "@context": "https://schema.org", "@type": "Movie", "name": "Here", "url": URL,
    "mainEntityOfPage": URL,
    "description": "Here.", "image": "https://x.example/a.jpg", "duration": "PT1H22M",
    "director": {"@type": "Person", "name": "Bas Devos"},
    "dateCreated": "2023",
}  # fmt: skip
LIST: dict[str, Any] = {
    "@context": "https://schema.org", "@type": "ItemList", "itemListElement": [{"@type": "ListItem", "position": 1, "url": URL}],
}  # fmt: skip
STEP = {"@type": "ListItem", "position": 1, "name": "Films", "item": URL}
WAY: dict[str, Any] = {
    "@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": [STEP, {**STEP, "position": 2}],
}  # fmt: skip
DATASET: dict[str, Any] = {
    "@context": "https://schema.org", "@type": "Dataset", "name": "Films", "description": "x" * 50,
    "distribution": {"@type": "DataDownload", "contentUrl": "https://x.example/a.nt", "encodingFormat": "application/n-triples"},
}  # fmt: skip
SITE: dict[str, Any] = {
    "@context": "https://schema.org", "@type": "WebSite", "name": "Films", "url": BASE,
    "potentialAction": {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{BASE}search?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def shapes() -> PublishingShapes:
    return load_publishing_shapes()


def flaws_of(block: dict[str, Any], shapes: PublishingShapes) -> set[str]:
    found = find_flaws([PageBlock(URL, block)], shapes)
    return {each.demand.id.removeprefix("Publish-") for each in found if each.demand.severity is not Severity.INFO}


@pytest.mark.parametrize("block", [EVENT, MOVIE, LIST, WAY, DATASET, SITE], ids=lambda block: block["@type"])
def test_whole_block_has_no_flaw(block: dict[str, Any], shapes: PublishingShapes) -> None:
    assert flaws_of(block, shapes) == set()


BROKEN: list[tuple[dict[str, Any], str, object, str]] = [
    (EVENT, "name", None, "Event-name"),
    (EVENT, "startDate", None, "Event-startDate"),
    (EVENT, "startDate", "2026-10-17T19:30:00", "Event-startDate"),
    (EVENT, "startDate", "17/10/2026", "Event-startDate"),
    (EVENT, "endDate", "tomorrow", "Event-endDate-form"),
    (EVENT, "location", None, "Event-location"),
    (EVENT, "location", "Gent", "Event-location"),
    (EVENT, "location", {"@type": "Place", "name": "Hall 1"}, "Event-location-address"),
    (EVENT, "location", {**PLACE, "address": {"@type": "PostalAddress", "addressCountry": "BE"}}, "Event-location-address"),
    (EVENT, "eventStatus", "http://schema.org/EventScheduled", "Event-eventStatus-value"),
    (EVENT, "eventStatus", "https://schema.org/EventRescheduled", "Rescheduled"),
    (EVENT, "eventAttendanceMode", "offline", "Event-attendanceMode"),
    (EVENT, "organizer", {"@type": "Organization"}, "Event-organizer-name"),
    (EVENT, "url", "/screening/x", "Event-url"),
    (EVENT, "description", None, "MainEntity-description"),
    (EVENT, "superEvent", {"@type": "Festival", "name": "Fest", "url": URL}, "Event-startDate"),
    (MOVIE, "name", None, "Movie-name"),
    (MOVIE, "image", None, "Movie-image"),
    (MOVIE, "dateCreated", "c. 1923", "Movie-dateCreated-form"),
    (MOVIE, "duration", "82 min", "Movie-duration"),
    (MOVIE, "director", {"@type": "Role", "director": {"@type": "Person", "name": "Bas Devos"}}, "Movie-director-type"),
    (LIST, "itemListElement", None, "ItemList-itemListElement"),
    (LIST, "itemListElement", [{"@type": "ListItem", "position": 0, "url": URL}], "ItemList-itemListElement"),
    (LIST, "itemListElement", [{"@type": "ListItem", "position": 1}], "ItemList-itemListElement"),
    (WAY, "itemListElement", [STEP], "BreadcrumbList-itemListElement"),
    (WAY, "itemListElement", [STEP, {"@type": "ListItem", "position": 2, "item": URL}], "BreadcrumbList-itemListElement"),
    (DATASET, "description", "Too short.", "Dataset-description"),
    (DATASET, "distribution", {"@type": "DataDownload", "name": "a"}, "Dataset-distribution-contentUrl"),
    (SITE, "url", "https://filmgraph.example", "WebSite-url"),
    (SITE, "potentialAction", {"@type": "SearchAction", "target": BASE}, "WebSite-potentialAction"),
]


@pytest.mark.parametrize(("whole", "member", "value", "demand"), BROKEN)
def test_flaw_is_found(whole: dict[str, Any], member: str, value: object, demand: str, shapes: PublishingShapes) -> None:
    block = deepcopy(whole)
    block.pop(member, None)
    assert demand in flaws_of(block if value is None else {**block, member: value}, shapes)


def test_what_only_a_root_needs_is_not_asked_of_what_is_nested(shapes: PublishingShapes) -> None:
    nested = {"@type": "Movie", "name": "Here"}
    assert flaws_of({**EVENT, "workPresented": nested}, shapes) == set()
    assert flaws_of({**EVENT, "workPresented": {"@type": "Movie"}}, shapes) == {"Movie-name"}


def test_two_pages_that_speak_of_one_thing_are_judged_apart(shapes: PublishingShapes) -> None:
    broken = {name: value for name, value in EVENT.items() if name != "location"}
    found = find_flaws([PageBlock(f"{BASE}screening/a", EVENT), PageBlock(f"{BASE}screening/b", broken)], shapes)
    required = [each for each in found if each.demand.severity is Severity.VIOLATION]
    assert [(each.page_url, each.demand.id) for each in required] == [(f"{BASE}screening/b", "Publish-Event-location")]


def test_every_demand_says_what_and_why(shapes: PublishingShapes) -> None:
    assert len(shapes.demands) > 40
    for each in shapes.demands:
        assert each.message, each.id
        assert each.feature.url.startswith("https://"), each.id
        assert (each.absence != "") == (each.severity is not Severity.VIOLATION), each.id


@pytest.fixture(scope="module")
def report(pages: dict[str, str], shapes: PublishingShapes) -> tuple[Eligibility, ...]:
    return judge(read_blocks(lambda path: pages[BASE + path[1:]], BASE, pages), shapes, BASE)


def test_no_page_of_the_demo_has_wrong_markup(report: tuple[Eligibility, ...]) -> None:
    wrong = [(line.kind, gap) for line in report for gap in line.gaps if gap.demand.severity is Severity.VIOLATION]
    assert wrong == []
    assert {"film", "person", "screening", "festival", "venue", "credit", "text", "other pages"} <= {each.kind for each in report}


def test_report_says_what_is_missing_on_how_many_pages(report: tuple[Eligibility, ...], pages: dict[str, str]) -> None:
    lines = {(each.kind, each.feature.name): each for each in report}
    screenings, films = lines["screening", "Event"], lines["film", "Movie carousel"]
    shown = [each for each in pages if kind_of(each, BASE) == "screening"]
    assert screenings.pages == screenings.eligible == len(shown) > 70
    gaps = {gap.demand.id: gap for gap in screenings.gaps}
    assert gaps["Publish-Event-offers"].pages == len(shown)
    assert 0 < gaps["Publish-Event-performer"].pages < len(shown)
    assert gaps["Publish-Event-performer"].demand.absence == "no source gives it"
    assert (films.eligible, films.gaps[0].demand.id, films.gaps[0].pages) == (0, "Publish-Movie-image", films.pages)


@pytest.mark.parametrize(
    ("feature", "kinds"),
    [("Event", {"festival", "screening"}), ("Movie carousel", {"film"}), ("Site name", {"other pages"})],
)
def test_feature_is_for_its_kinds_of_pages(feature: str, kinds: set[str], report: tuple[Eligibility, ...]) -> None:
    assert {each.kind for each in report if each.feature.name == feature} == kinds


def test_what_is_said_not_to_be_modelled_is_on_no_page(report: tuple[Eligibility, ...]) -> None:
    for line in report:
        for gap in line.gaps:
            if gap.demand.absence.startswith("not modelled:"):
                assert gap.pages == line.pages, gap.demand.id


def test_block_that_is_no_json_is_an_error() -> None:
    page = '<script type="application/ld+json">{"name": </script>'
    with pytest.raises(ReleaseError, match="no JSON"):
        list(read_blocks(lambda path: page, BASE, [BASE]))


def test_pages_are_those_of_the_sitemap() -> None:
    texts = {"/sitemap.xml": f"<loc>{BASE}sitemap/a-1.xml</loc>", "/sitemap/a-1.xml": f"<loc>{BASE}a/b</loc><loc>{BASE}</loc>"}
    assert list_pages(lambda path: texts[path], BASE) == [f"{BASE}a/b", BASE]


def test_command_reports_on_the_current_release(tiny_built: Built) -> None:
    catalogue = str(tiny_built.settings.catalogue_path)
    shown = CliRunner().invoke(main, ["eligibility", catalogue])
    assert shown.exit_code == 0, shown.output
    assert "Movie carousel: 0 of 2 pages eligible" in shown.stdout
    as_json = json.loads(CliRunner().invoke(main, ["eligibility", catalogue, "--json"]).stdout)
    (film,) = [each for each in as_json if (each["kind"], each["feature"]) == ("film", "Movie carousel")]
    assert (film["pages"], film["gaps"][0]["demand"]) == (2, "Publish-Movie-image")
