"""Three more pages of the seed's layout: labels there or lost, values missing, two directors, a short, three languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from filmgraph.findings import Severity
from filmgraph.model import ScreeningEvent
from filmgraph.sources.base import Reading

Row = tuple[str, str, str, str]
HARBOUR, KIEZEL, BAGUETTE = "film Harbour Lights 2025", "film Kiezel 2024", "film La Dernière Baguette 2021"

FACTS: dict[str, list[Row]] = {
    "harbour-lights": [
        (HARBOUR, "schema:name", "Harbour Lights", "stated"),
        (HARBOUR, "schema:dateCreated", "2025", "stated"),
        (HARBOUR, "schema:duration", "65 min", "stated"),
        (HARBOUR, "schema:genre", "genre:drama", "stated"),
        (HARBOUR, "schema:genre", "genre:comedy", "stated"),
        (HARBOUR, "fg:form", "form:feature", "stated"),
        (HARBOUR, "schema:inLanguage", "en", "stated"),
        (HARBOUR, "schema:inLanguage", "fr", "stated"),
        (HARBOUR, "schema:countryOfOrigin", "country:BE", "stated"),
        (HARBOUR, "schema:countryOfOrigin", "country:NL", "stated"),
        (HARBOUR, "schema:contentLocation", "place Ostend", "stated"),
        (HARBOUR, "schema:character", "character Hanne", "stated"),
        (HARBOUR, "schema:character", "character Idris", "stated"),
        (HARBOUR, "fg:inspiredBy", "work Salt and Wire", "stated"),
        (HARBOUR, "schema:image", "image 1f0e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "stated"),
        (HARBOUR, "schema:image", "image 2e1d3c4b-5a69-4788-9697-b4c3d2e1f0a5", "stated"),
        (HARBOUR, "fg:award", "award Best debut, Horizon", "stated"),
        (HARBOUR, "fg:credit", "director: person Mira Oosterlinck (1)", "stated"),
        (HARBOUR, "fg:credit", "director: person Tom Adekunle (2)", "stated"),
        (HARBOUR, "fg:credit", "composer: person Ida Brun (1)", "stated"),
        (HARBOUR, "fg:credit", "actor: person Noor Vermast (1)", "stated"),
        (HARBOUR, "fg:credit", "actor: person Jules Kembo (2)", "stated"),
        (HARBOUR, "fg:credit", "actor: person Anke Rietveld (3)", "stated"),
        (HARBOUR, "fg:credit", "screenwriter: person Tom Adekunle (1)", "stated"),
        (HARBOUR, "fg:credit", "cinematographer: person Karel Ostyn (1)", "stated"),
        (HARBOUR, "fg:credit", "sound-designer: person Wim Zande (1)", "stated"),
        (HARBOUR, "fg:credit", "editor: person Fatou Mbaye (1)", "stated"),
        (HARBOUR, "fg:credit", "producer: person Els Quackels (1)", "stated"),
        (HARBOUR, "fg:credit", "production-company: org Zilt Films (1)", "stated"),
        (HARBOUR, "fg:credit", "production-company: org Kade & Co (2)", "stated"),
        (HARBOUR, "fg:credit", "distributor: org Noordzee Distributie (1)", "stated"),
        (HARBOUR, "fg:credit", "world-sales: org Lantern Sales (1)", "stated"),
        ("film Ebb 2016", "schema:name", "Ebb", "stated"),
        ("film Ebb 2016", "schema:dateCreated", "2016", "stated"),
        ("film Ebb 2016", "fg:form", "form:short", "stated"),
        ("film Ebb 2016", "fg:credit", "director: person Mira Oosterlinck (1)", "stated"),
        ("film Low Water 2024", "schema:name", "Low Water", "stated"),
        ("film Low Water 2024", "schema:dateCreated", "2024", "stated"),
        ("film Low Water 2024", "fg:form", "form:feature", "stated"),
        ("film Low Water 2024", "fg:credit", "director: person Mira Oosterlinck (1)", "stated"),
        ("film Night Bus 2019", "schema:name", "Night Bus", "stated"),
        ("film Night Bus 2019", "schema:dateCreated", "2019", "stated"),
        ("film Night Bus 2019", "fg:form", "form:short", "stated"),
        ("film Night Bus 2019", "fg:credit", "director: person Tom Adekunle (1)", "stated"),
        ("award Best debut, Horizon", "schema:superEvent", "series Polder Film Days", "stated"),
        ("award Best debut, Horizon", "fg:outcome", "won", "stated"),
        ("work Salt and Wire", "schema:author", "person Ada Lindqvist", "stated"),
        ("text quote 1", "schema:text", "Harbour Lights is small, slow and entirely right.@en", "stated"),
        ("text quote 1", "schema:publisher", "org The Pier Review", "stated"),
        ("text logline", "schema:text", "Two people, one lamp, and a ship that does not come.@en", "stated"),
        ("festival Film Fest Gent 2026", "schema:startDate", "2026-03-12", "inferred"),
        ("festival Film Fest Gent 2026", "schema:endDate", "2026-03-22", "inferred"),
    ],
    "kiezel": [
        (KIEZEL, "schema:name", "Kiezel", "stated"),
        (KIEZEL, "schema:dateCreated", "2024", "stated"),
        (KIEZEL, "schema:duration", "14 min", "stated"),
        (KIEZEL, "schema:genre", "genre:animation", "stated"),
        (KIEZEL, "fg:form", "form:short", "stated"),
        (KIEZEL, "schema:inLanguage", "nl", "stated"),
        (KIEZEL, "schema:inLanguage", "tr", "stated"),
        (KIEZEL, "schema:contentLocation", "place Ghent", "stated"),
        (KIEZEL, "schema:character", "character Bilge", "stated"),
        (KIEZEL, "schema:character", "character Roos", "stated"),
        (KIEZEL, "schema:image", "image aa11bb22-cc33-4d44-8e55-ff6677889900", "stated"),
        (KIEZEL, "fg:credit", "director: person Sefa Demirci (1)", "stated"),
        (KIEZEL, "fg:credit", "actor: person Emre Aydin (1)", "stated"),
        (KIEZEL, "fg:credit", "producer: person Katrien Bal (1)", "stated"),
        ("place Ghent", "schema:alternateName", "Gent@nl", "stated"),
        ("film Was 2020", "schema:name", "Was", "stated"),
        ("film Was 2020", "schema:dateCreated", "2020", "stated"),
        ("film Was 2020", "fg:form", "form:short", "stated"),
        ("film Was 2020", "fg:credit", "director: person Sefa Demirci (1)", "stated"),
        ("film Draad 2022", "schema:name", "Draad", "stated"),
        ("film Draad 2022", "schema:dateCreated", "2022", "stated"),
        ("film Draad 2022", "fg:form", "form:short", "stated"),
        ("film Draad 2022", "fg:credit", "director: person Sefa Demirci (1)", "stated"),
        ("festival Film Fest Gent 2026", "schema:startDate", "2026-04-28", "inferred"),
        ("festival Film Fest Gent 2026", "schema:endDate", "2026-05-03", "inferred"),
    ],
    "la-derniere-baguette": [
        (BAGUETTE, "schema:name", "La Dernière Baguette", "stated"),
        (BAGUETTE, "schema:dateCreated", "2021", "stated"),
        (BAGUETTE, "schema:duration", "82 min", "stated"),
        (BAGUETTE, "schema:genre", "genre:comedy", "stated"),
        (BAGUETTE, "fg:form", "form:feature", "stated"),
        (BAGUETTE, "schema:inLanguage", "fr", "stated"),
        (BAGUETTE, "schema:inLanguage", "ar", "stated"),
        (BAGUETTE, "schema:countryOfOrigin", "country:FR", "stated"),
        (BAGUETTE, "schema:countryOfOrigin", "country:BE", "stated"),
        (BAGUETTE, "schema:contentLocation", "place Lille", "stated"),
        (BAGUETTE, "schema:character", "character Lou", "stated"),
        (BAGUETTE, "schema:character", "character Karim", "stated"),
        (BAGUETTE, "schema:image", "image 0c1d2e3f-4a5b-4c6d-8e7f-90a1b2c3d4e5", "stated"),
        (BAGUETTE, "fg:award", "award Meilleur scénario, Regards", "stated"),
        (BAGUETTE, "fg:credit", "director: person Lucie Ferrand (1)", "stated"),
        (BAGUETTE, "fg:credit", "actor: person Inès Haddad (1)", "stated"),
        (BAGUETTE, "fg:credit", "actor: person Paul Rousselet (2)", "stated"),
        (BAGUETTE, "fg:credit", "screenwriter: person Marc Delcourt (1)", "inferred"),
        (BAGUETTE, "fg:credit", "cinematographer: person Yann Kerbrat (1)", "stated"),
        (BAGUETTE, "fg:credit", "editor: person Sonia Belkacem (1)", "inferred"),
        (BAGUETTE, "fg:credit", "producer: person Hervé Lantin (1)", "inferred"),
        (BAGUETTE, "fg:credit", "production-company: org Farine Films (1)", "stated"),
        (BAGUETTE, "fg:credit", "production-company: org Atelier du Quai (2)", "stated"),
        (BAGUETTE, "fg:credit", "distributor: org Dune Distribution (1)", "stated"),
        ("film Mie 2012", "schema:name", "Mie", "stated"),
        ("film Mie 2012", "schema:dateCreated", "2012", "stated"),
        ("film Mie 2012", "fg:form", "form:short", "stated"),
        ("film Mie 2012", "fg:credit", "director: person Lucie Ferrand (1)", "stated"),
        ("film Levain 2016", "schema:name", "Levain", "stated"),
        ("film Levain 2016", "schema:dateCreated", "2016", "stated"),
        ("film Levain 2016", "fg:form", "form:feature", "stated"),
        ("film Levain 2016", "fg:credit", "director: person Lucie Ferrand (1)", "stated"),
        ("award Meilleur scénario, Regards", "schema:superEvent", "series Festival des Dunes", "stated"),
        ("text quote 1", "schema:publisher", "org Cahier du Littoral", "stated"),
    ],
}
LANGUAGES = {"harbour-lights": "en", "kiezel": "nl", "la-derniere-baguette": "fr"}
LABEL = "a label; its value is read from the line below"
UNREAD = {
    "harbour-lights": [
        (20, "a heading"),
        (25, "a heading"),
        *((line, LABEL) for line in range(27, 71, 4)),
        (71, "a heading"),
        (73, LABEL),
        (77, LABEL),
        (87, "boilerplate"),
    ],
    "kiezel": [
        (15, "a heading"),
        (23, "a label without its value"),
        (26, LABEL),
        (31, "it cannot be told which credit this line is"),
        (33, "a label without its value"),
        (36, LABEL),
        (41, "it cannot be told which credit this line is"),
        (43, "a heading"),
        (45, LABEL),
        (49, "a label without its value"),
        (55, "boilerplate"),
    ],
    "la-derniere-baguette": [
        (7, "this part of the line is not understood"),
        (17, "a heading"),
        (40, LABEL),
        (44, LABEL),
        (48, "a heading"),
        (53, LABEL),
        (60, "boilerplate"),
    ],
}
PAGES = sorted(FACTS)
HTML_PAGES = ["harbour-lights", "la-derniere-baguette"]


@pytest.fixture(scope="module")
def readings(read: Callable[..., Reading], page_text: Callable[[str], str]) -> dict[str, Reading]:
    names = [(page, "txt") for page in PAGES] + [(page, "html") for page in HTML_PAGES]
    return {f"{p}.{suffix}": read(page_text(f"{p}.{suffix}"), name=f"{p}.{suffix}", language=LANGUAGES[p]) for p, suffix in names}


@pytest.mark.parametrize(("page", "row"), [(page, row) for page in PAGES for row in FACTS[page]])
def test_fact_of_a_page(readings: dict[str, Reading], told: Callable[[Reading], list[Any]], page: str, row: Row) -> None:
    assert row in {tuple(each[:4]) for each in told(readings[f"{page}.txt"])}


@pytest.mark.parametrize("page", PAGES)
def test_films_of_a_page_have_these_facts_and_no_others(
    readings: dict[str, Reading], told: Callable[[Reading], list[Any]], page: str
) -> None:
    rows = {tuple(each[:4]) for each in told(readings[f"{page}.txt"]) if each[0].startswith("film ")}
    assert rows == {row for row in FACTS[page] if row[0].startswith("film ")}


@pytest.mark.parametrize("page", PAGES)
def test_unread_lines_of_a_page(readings: dict[str, Reading], page: str) -> None:
    assert [(each.place.line, each.why) for each in readings[f"{page}.txt"].unread] == UNREAD[page]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_gives_a_screening(readings: dict[str, Reading], page: str) -> None:
    assert not any(isinstance(each, ScreeningEvent) for each in readings[f"{page}.txt"].records)


@pytest.mark.parametrize("page", HTML_PAGES)
def test_html_says_what_the_text_says(readings: dict[str, Reading], told: Callable[[Reading], list[Any]], page: str) -> None:
    text, html = readings[f"{page}.txt"], readings[f"{page}.html"]
    assert sorted(each[:4] for each in told(html)) == sorted(each[:4] for each in told(text))
    assert sorted((each.text, each.why) for each in html.unread) == sorted((each.text, each.why) for each in text.unread)
    assert [(each.rule, each.message) for each in html.findings] == [(each.rule, each.message) for each in text.findings]


@pytest.mark.parametrize("page", HTML_PAGES)
def test_places_in_html_are_lines_that_hold_the_value(
    readings: dict[str, Reading], page_text: Callable[[str], str], told: Callable[[Reading], list[Any]], page: str
) -> None:
    lines = page_text(f"{page}.html").split("\n")
    credits = [each for each in told(readings[f"{page}.html"]) if each.property == "fg:credit" and "person" in each.value]
    for each in credits:
        name = each.value.partition("person ")[2].rpartition(" (")[0]
        assert name in lines[each.line - 1], each


def test_an_ordinal_that_the_filmography_contradicts_is_reported(readings: dict[str, Reading]) -> None:
    (finding,) = readings["la-derniere-baguette.txt"].findings
    assert (finding.rule, finding.severity, finding.places[0].line) == ("page-ordinal", Severity.WARNING, 9)
    assert "number 3" in finding.message
    assert "number 2" in finding.message


@pytest.mark.parametrize("page", ["harbour-lights", "kiezel"])
def test_an_ordinal_that_the_filmography_confirms_is_no_finding(readings: dict[str, Reading], page: str) -> None:
    assert readings[f"{page}.txt"].findings == ()
