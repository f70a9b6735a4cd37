from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from filmgraph.findings import Severity
from filmgraph.iris import Kind
from filmgraph.model import Credit, Fact, Movie, Prose, Quotation, Ref, ScreeningEvent, iter_facts
from filmgraph.sources.base import Reading
from filmgraph.sources.page import NOTHING_TO_READ

HERE = "film Here 2023"
LEAD = "3403742a-8a58-4466-a58d-2ca62d72d558"
FILMOGRAPHY = [
    ("Taurus", 2005, "short"),
    ("Pillar", 2006, "short"),
    ("The Close", 2008, "short"),
    ("We Know", 2009, "short"),
    ("Violet", 2013, "feature"),
    ("Hellhole", 2019, "feature"),
    ("Ghost Tropic", 2019, "feature"),
    ("Here", 2023, "feature"),
]
STATED = [
    (HERE, "schema:image", f"image {LEAD}", 2),
    (HERE, "schema:image", f"image {LEAD}", 25),
    (HERE, "schema:image", "image 75fc8dcd-53ae-4004-82a9-a6acc3802adc", 23),
    (HERE, "schema:image", "image 8436f16d-179d-42c6-bcfb-93a21fcfc61e", 24),
    (f"image {LEAD}", "schema:identifier", f"uuid {LEAD}", 2),
    (f"image {LEAD}", "schema:representativeOfPage", "True", 2),
    (HERE, "fg:credit", "director: person Bas Devos (1)", 4),
    (HERE, "schema:duration", "82 min", 7),
    (HERE, "schema:dateCreated", "2023", 7),
    (HERE, "schema:genre", "genre:drama", 7),
    *((HERE, "schema:inLanguage", tag, line) for tag in ("nl", "fr", "zh", "ro") for line in (7, 59)),
    (HERE, "fg:credit", "director: person Bas Devos (1)", 8),
    (HERE, "fg:credit", "composer: person Brecht Ameel (1)", 8),
    (HERE, "fg:credit", "actor: person Stefan Gota (1)", 8),
    (HERE, "fg:credit", "actor: person Liyo Gong (2)", 8),
    (HERE, "schema:name", "Here", 9),
    (HERE, "fg:form", "form:feature", 9),
    (HERE, "fg:credit", "director: person Bas Devos (1)", 9),
    (HERE, "schema:contentLocation", "place Brussels", 9),
    ("place Brussels", "schema:name", "Brussels", 9),
    ("text introduction", "fg:textKind", "introduction", 9),
    ("text introduction", "schema:about", HERE, 9),
    ("text logline", "fg:textKind", "logline", 11),
    ("text logline", "schema:about", HERE, 11),
    ("film Hellhole 2019", "schema:name", "Hellhole", 13),
    ("film Hellhole 2019", "schema:dateCreated", "2019", 13),
    ("film Ghost Tropic 2019", "schema:name", "Ghost Tropic", 13),
    (HERE, "fg:award", "award Best film, Encounters", 13),
    ("award Best film, Encounters", "schema:name", "Best film, Encounters", 13),
    ("award Best film, Encounters", "schema:superEvent", "series Berlinale", 13),
    ("award Best film, Encounters", "fg:awardedTo", HERE, 13),
    ("award Best film, Encounters", "fg:outcome", "won", 13),
    ("series Berlinale", "schema:name", "Berlinale", 13),
    (HERE, "schema:character", "character Stefan", 15),
    (HERE, "schema:character", "character Shuxiu", 15),
    ("character Stefan", "schema:name", "Stefan", 15),
    ("character Shuxiu", "schema:name", "Shuxiu", 15),
    (HERE, "fg:inspiredBy", "work Gathering Moss", 17),
    ("work Gathering Moss", "schema:name", "Gathering Moss", 17),
    ("work Gathering Moss", "schema:author", "person Robin Wall Kimmerer", 17),
    (HERE, "fg:credit", "cinematographer: person Grimm Vandekerckhove (1)", 17),
    (HERE, "fg:credit", "cinematographer: person Grimm Vandekerckhove (1)", 42),
    ("text quote 1", "schema:about", HERE, 19),
    ("text quote 1", "schema:publisher", "org The Film Stage", 19),
    ("text quote 1", "schema:text", "Here is a film flush with everyday pleasures@en", 19),
    (HERE, "fg:credit", "director: person Bas Devos (1)", 29),
    (HERE, "fg:credit", "composer: person Brecht Ameel (1)", 32),
    (HERE, "fg:credit", "actor: person Stefan Gota (1)", 35),
    (HERE, "fg:credit", "actor: person Liyo Gong (2)", 35),
    *((f"film {title} {year}", "schema:name", title, 68) for title, year, _ in FILMOGRAPHY),
    *((f"film {title} {year}", "schema:dateCreated", str(year), 68) for title, year, _ in FILMOGRAPHY),
    *((f"film {title} {year}", "fg:form", f"form:{form}", 68) for title, year, form in FILMOGRAPHY),
    *((f"film {title} {year}", "fg:credit", "director: person Bas Devos (1)", 67) for title, year, _ in FILMOGRAPHY),
]
INFERRED = [
    ("festival Film Fest Gent 2024", "schema:startDate", "2024-10-09", 1),
    ("festival Film Fest Gent 2024", "schema:endDate", "2024-10-20", 1),
    ("festival Film Fest Gent 2024", "schema:superEvent", "series Film Fest Gent", 1),
    (HERE, "fg:credit", "screenwriter: person Bas Devos (1)", 38),
    (HERE, "fg:credit", "editor: person Dieter Diependaele (1)", 45),
    (HERE, "fg:credit", "producer: person Marc Goyens (1)", 48),
    (HERE, "fg:credit", "distributor: org Imagine Film Distribution (1)", 54),
]


@pytest.fixture(scope="module")
def reading(read: Callable[..., Reading], seed_text: str) -> Reading:
    return read(seed_text)


@pytest.fixture(scope="module")
def rows(reading: Reading, told: Callable[[Reading], list[Any]]) -> set[tuple[Any, ...]]:
    return {tuple(each) for each in told(reading)}


@pytest.mark.parametrize(("subject", "name", "value", "line"), STATED)
def test_stated_fact_of_the_seed(rows: set[tuple[Any, ...]], subject: str, name: str, value: str, line: int) -> None:
    assert (subject, name, value, "stated", line) in rows


@pytest.mark.parametrize(("subject", "name", "value", "line"), INFERRED)
def test_inferred_fact_of_the_seed(rows: set[tuple[Any, ...]], subject: str, name: str, value: str, line: int) -> None:
    assert (subject, name, value, "inferred", line) in rows


def test_the_tables_above_name_all_facts_about_films(rows: set[tuple[Any, ...]]) -> None:
    expected = {(*row[:3], "stated", row[3]) for row in STATED} | {(*row[:3], "inferred", row[3]) for row in INFERRED}
    # The setting is said in further paragraphs: lives in Brussels, strolls through a summery Brussels.
    expected |= {(HERE, "schema:contentLocation", "place Brussels", "stated", line) for line in (11, 15)}
    assert {each for each in rows if each[0].startswith("film ")} == {each for each in expected if each[0].startswith("film ")}


def test_inferred_reasons_name_the_lines_they_rest_on(reading: Reading) -> None:
    reasons = {fact.place.line: fact.reason for _, fact in iter_facts(reading.records[0]) if fact.reason}
    assert set(reasons) == {38, 45, 48, 54}
    assert "after line 35 (actor) and before line 40 (cinematographer) only 'screenwriter' fits" in reasons[38]
    assert "after line 50 (production company) only 'distributor' fits" in reasons[54]


def test_the_banner_is_about_an_edition_and_not_about_the_film(reading: Reading, rows: set[tuple[Any, ...]]) -> None:
    assert not any(isinstance(each, ScreeningEvent) for each in reading.records)
    assert {each[0] for each in rows if each[4] == 1} == {"series Film Fest Gent", "festival Film Fest Gent 2024"}
    assert {each[3] for each in rows if each[4] == 1} == {"inferred"}
    assert not any(each[2].startswith("festival") for each in rows)


def test_credits_are_these_and_no_others(rows: set[tuple[Any, ...]]) -> None:
    assert {each[2] for each in rows if each[0] == HERE and each[1] == "fg:credit"} == {
        "director: person Bas Devos (1)",
        "composer: person Brecht Ameel (1)",
        "actor: person Stefan Gota (1)",
        "actor: person Liyo Gong (2)",
        "screenwriter: person Bas Devos (1)",
        "cinematographer: person Grimm Vandekerckhove (1)",
        "editor: person Dieter Diependaele (1)",
        "producer: person Marc Goyens (1)",
        "distributor: org Imagine Film Distribution (1)",
    }


def test_who_plays_whom_is_not_on_the_page(reading: Reading) -> None:
    credits = [fact.value for each in reading.records for _, fact in iter_facts(each) if isinstance(fact.value, Credit)]
    assert {each.character_name for each in credits} == {None}


def test_one_credit_keeps_one_certainty(reading: Reading) -> None:
    film = reading.records[0]
    assert isinstance(film, Movie)
    certainties: dict[Credit, set[str]] = {}
    for fact in film.credit:
        certainties.setdefault(fact.value, set()).add(fact.certainty.value)
    assert {len(each) for each in certainties.values()} == {1}


def all_refs(reading: Reading) -> set[Ref]:
    values = [fact.value for each in reading.records for _, fact in iter_facts(each)]
    refs = {each.ref for each in reading.records} | {each for each in values if isinstance(each, Ref)}
    return refs | {each.agent for each in values if isinstance(each, Credit)}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            Kind.PERSON,
            {
                "Bas Devos", "Brecht Ameel", "Stefan Gota", "Liyo Gong", "Grimm Vandekerckhove", "Dieter Diependaele",
                "Marc Goyens", "Robin Wall Kimmerer",
            },
        ),
        (Kind.ORG, {"Imagine Film Distribution", "The Film Stage", "Film Fest Gent"}),
        (Kind.FILM, {title for title, _, _ in FILMOGRAPHY}),
        (Kind.CHARACTER, {"Stefan", "Shuxiu"}),
        (Kind.PLACE, {"Brussels"}),
        (Kind.SERIES, {"Film Fest Gent", "Berlinale"}),
        (Kind.FESTIVAL, {"Film Fest Gent"}),
        (Kind.SCREENING, set()),
        (Kind.VENUE, set()),
    ],
)  # fmt: skip
def test_things_of_a_kind_are_these_and_no_others(reading: Reading, kind: Kind, names: set[str]) -> None:
    assert {each.name for each in all_refs(reading) if each.kind is kind} == names


def test_the_blank_country_stays_unknown(rows: set[tuple[Any, ...]]) -> None:
    assert not [each for each in rows if each[1] == "schema:countryOfOrigin"]


def test_the_comparison_to_other_directors_gives_nothing(reading: Reading) -> None:
    facts = [fact for each in reading.records if not isinstance(each, Prose) for _, fact in iter_facts(each)]
    assert not [each for each in facts if "Akerman" in repr(each) or "Sang-soo" in repr(each)]


def test_prose_is_kept_whole_with_its_rights_holder(reading: Reading, seed_text: str) -> None:
    lines = seed_text.split("\n")
    prose = [each for each in reading.records if isinstance(each, Prose)]
    assert [each.text[0].place.line for each in prose] == [9, 11, 13, 15, 17]
    for each in prose:
        assert each.text[0].value.value == lines[(each.text[0].place.line or 0) - 1]
        assert each.text[0].value.language == "en"
        assert each.copyright_holder[0].value == Ref(Kind.ORG, "Film Fest Gent")
    assert [each.text_kind[0].value for each in prose] == ["introduction", "logline", "synopsis", "synopsis", "synopsis"]


def test_the_quote_is_short_and_verbatim(reading: Reading, seed_text: str) -> None:
    (quote,) = (each for each in reading.records if isinstance(each, Quotation))
    text: Fact[Any] = quote.text[0]
    assert len(text.value.value) <= 300
    assert text.value.value in seed_text.split("\n")[18]
    (finding,) = reading.findings
    assert (finding.rule, finding.severity, finding.places[0].line) == ("page-quote-shortened", Severity.INFO, 19)


def test_unread_lines_are_these_and_no_others(reading: Reading) -> None:
    assert [(each.place.line, each.why) for each in reading.unread] == [
        (21, "a heading"),
        (40, "a label; its value is read from the line below"),
        (50, "a label without its value"),
        (56, "a heading"),
        (61, "a label without its value"),
        (70, "boilerplate"),
        (72, "boilerplate"),
    ]


def test_unread_lines_that_hold_nothing_can_be_told_from_lost_ones(reading: Reading) -> None:
    assert [each.place.line for each in reading.unread if each.why not in NOTHING_TO_READ] == [50, 61]


def test_no_title_means_no_film(read: Callable[..., Reading], seed_text: str) -> None:
    lines = seed_text.split("\n")
    lines[8] = lines[67] = ""
    reading = read("\n".join(lines))
    assert not [each for each in reading.records if isinstance(each, Movie)]
    assert [each.rule for each in reading.findings] == ["page-title"]
    assert {each.why for each in reading.unread if each.place.line in {4, 7, 8, 13}} == {
        "the film's title was not found, so nothing can be said of it"
    }


def test_a_title_lost_in_the_prose_is_inferred_from_the_filmography(
    read: Callable[..., Reading], told: Callable[[Reading], list[Any]], seed_text: str
) -> None:
    lines = seed_text.split("\n")
    lines[8] = ""
    rows = {tuple(each) for each in told(read("\n".join(lines)))}
    assert (HERE, "schema:name", "Here", "inferred", 68) in rows
    assert (HERE, "schema:duration", "82 min", "stated", 7) in rows


def test_a_year_that_differs_by_one_is_the_same_film_and_is_reported(
    read: Callable[..., Reading], told: Callable[[Reading], list[Any]], seed_text: str
) -> None:
    reading = read(seed_text.replace("82' - 2023 -", "82' - 2024 -"))
    rows = {tuple(each[:3]) for each in told(reading)}
    assert {each[2] for each in rows if each[:2] == ("film Here 2024", "schema:dateCreated")} == {"2023", "2024"}
    assert "film Here 2023" not in {each[0] for each in rows}
    assert "page-year" in {each.rule for each in reading.findings}


def test_a_title_of_a_film_of_another_year_is_not_taken(read: Callable[..., Reading], seed_text: str) -> None:
    reading = read(seed_text.replace("With Here, Bas Devos' fourth", "With Violet, Bas Devos' first"))
    assert not [each for each in reading.records if isinstance(each, Movie) and each.duration]
    assert [each.rule for each in reading.findings] == ["page-title"]


def test_a_director_in_the_prose_who_is_not_in_the_credits_is_reported(
    read: Callable[..., Reading], told: Callable[[Reading], list[Any]], seed_text: str
) -> None:
    reading = read(seed_text.replace("With Here, Bas Devos'", "With Here, Bo Bex'"))
    assert "page-director" in {each.rule for each in reading.findings}
    assert not [each for each in told(reading) if "Bo Bex" in each.value and each.property == "fg:credit"]
