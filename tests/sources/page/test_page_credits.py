"""The credit zone of a small page, line by line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from filmgraph.sources.base import Reading

HEAD = """Salt

82' - 2023 - Drama
Director: Ann Aert Composer: Bo Bex
With Salt, Ann Aert's debut feature, the sea dries up and nobody notices for a week.

Image gallery

3403742a 8a58 4466 a58d 2ca62d72d558
"""
TAIL = """
More information

Ann Aert
Salt (2023)
"""
STATED = {"director: person Ann Aert (1)": "stated", "composer: person Bo Bex (1)": "stated"}


def page(zone: str) -> str:
    return HEAD + zone + TAIL


@pytest.fixture(scope="module")
def credits_of(read: Callable[..., Reading], told: Callable[[Reading], list[Any]]) -> Callable[[str], dict[str, str]]:
    def tell(zone: str) -> dict[str, str]:
        rows = [each for each in told(read(page(zone))) if each.property == "fg:credit"]
        return {each.value: each.certainty for each in rows}

    return tell


@pytest.mark.parametrize(
    ("zone", "credits"),
    [
        pytest.param("\nEditor\n\nCy Dorn\n", {"editor: person Cy Dorn (1)": "stated"}, id="label and value"),
        pytest.param("\nEditor\nCy Dorn\n", {"editor: person Cy Dorn (1)": "stated"}, id="no blank line between"),
        pytest.param("\nEditor:\n\nCy Dorn\n", {"editor: person Cy Dorn (1)": "stated"}, id="label with a colon"),
        pytest.param("\nMontage\n\nCy Dorn\n", {"editor: person Cy Dorn (1)": "stated"}, id="label in another language"),
        pytest.param("\nEditor: Cy Dorn\n", {"editor: person Cy Dorn (1)": "stated"}, id="label in line"),
        pytest.param(
            "\nEditor\n\nCy Dorn & Di Eik\n",
            {"editor: person Cy Dorn (1)": "stated", "editor: person Di Eik (2)": "stated"},
            id="two names",
        ),
        pytest.param(
            "\nProduction company\n\nDorn & Eik Films\n",
            {"production-company: org Dorn & Eik Films (1)": "stated"},
            id="a company keeps its ampersand",
        ),
        pytest.param(
            "\nProducer\n\nCy Dorn\n\nEditor\n\nDi Eik\n",
            {"producer: person Cy Dorn (1)": "stated", "editor: person Di Eik (1)": "stated"},
            id="all labels there in an order of their own",
        ),
        pytest.param(
            "\nSound design\n\nCy Dorn\n\nCostume design\n\nDi Eik\n",
            {"sound-designer: person Cy Dorn (1)": "stated", "costume-designer: person Di Eik (1)": "stated"},
            id="labels that the template does not know",
        ),
        pytest.param(
            "\n\nAnn Aert\n\n\nBo Bex\n\n\nCy Dorn\n\nScreenplay\n\nDi Eik\n",
            {"actor: person Cy Dorn (1)": "inferred", "screenwriter: person Di Eik (1)": "stated"},
            id="one place left",
        ),
        pytest.param(
            "\n\nAnn Aert\n\n\nBo Bex\n\nProducer\n\nCy Dorn\n\n\n\n\nZout Distributie\n",
            {"producer: person Cy Dorn (1)": "stated", "distributor: org Zout Distributie (1)": "inferred"},
            id="a distributor after a lost studio",
        ),
        pytest.param(
            "\n\nAnn Aert\n\n\nBo Bex\n\nProducer\n\nCy Dorn\n\nSound design\n\nDi Eik\n",
            {"producer: person Cy Dorn (1)": "stated", "sound-designer: person Di Eik (1)": "stated"},
            id="lost labels and one that the template does not know",
        ),
    ],
)
def test_credits_of_a_zone(credits_of: Callable[[str], dict[str, str]], zone: str, credits: dict[str, str]) -> None:
    assert credits_of(zone) == STATED | credits


@pytest.mark.parametrize(
    "zone",
    [
        pytest.param("", id="no zone"),
        pytest.param("\nEditor\n\n\n", id="a label alone"),
        pytest.param("\nEditor\n\n\n\nCy Dorn\n", id="a value too far below its label"),
        pytest.param("\n\nCy Dorn\n", id="a value alone"),
        pytest.param("\n\nAnn Aert\n\n\nBo Bex\n\n\nCy Dorn\n", id="a value that could be in many roles"),
        pytest.param("\n\nBo Bex\n\n\nAnn Aert\n\n\nCy Dorn\n\nProducer\n\nDi Eik\n", id="anchors out of order"),
        pytest.param("\nDirector\n\nCy Dorn\n\nEditor\n\nDi Eik\n", id="a label that contradicts the head"),
        pytest.param("\nEditor\n\nwho knows?\n", id="a value that is no name"),
        pytest.param("\nEditor\n\nAll rights reserved, call 555 2368 now\n", id="a value with a number"),
        pytest.param("\n\nAnn Aert\n\n\nBo Bex\n\n\nZout Films\n\nScreenplay\n", id="a company where a person belongs"),
        pytest.param("\nProduction company\n\nZout Distributie\n", id="a distributor below the label of studios"),
    ],
)
def test_zone_gives_no_further_credit(credits_of: Callable[[str], dict[str, str]], zone: str) -> None:
    assert credits_of(zone) == STATED


@pytest.mark.parametrize(
    ("zone", "text", "why"),
    [
        ("\nEditor\n\n\n", "Editor", "a label without its value"),
        ("\nEditor\n\nwho knows?\n", "Editor", "a label; its value below cannot be read"),
        ("\nEditor\n\nwho knows?\n", "who knows?", "this is no list of names"),
        ("\nSound design\n\n\n\nCy Dorn\n", "Sound design", "a label without its value"),
        ("\nEditor: who knows?\n", "Editor: who knows?", "the names behind this label cannot be told apart"),
        ("\nEditor:  Producer: Cy Dorn\n", "Editor:", "a label without its value"),
    ],
)
def test_why_a_line_of_the_zone_is_unread(read: Callable[..., Reading], zone: str, text: str, why: str) -> None:
    assert why in {each.why for each in read(page(zone)).unread if each.text == text}


def test_a_zone_out_of_order_is_reported_with_its_place(read: Callable[..., Reading]) -> None:
    reading = read(page("\n\nBo Bex\n\n\nAnn Aert\n"))
    (finding,) = (each for each in reading.findings if each.rule == "page-credits-damaged")
    assert finding.places[0].line == HEAD.count("\n") + 3
    assert {each.why for each in reading.unread if each.text in {"Bo Bex", "Ann Aert"}} == {
        "the lines of the credit zone do not fit the order of its labels, so none is read"
    }


def test_a_name_in_two_places_is_one_credit(read: Callable[..., Reading], told: Callable[[Reading], list[Any]]) -> None:
    rows = [each for each in told(read(page("\nComposer\n\nBo Bex\n"))) if each.value.startswith("composer")]
    assert len(rows) == 2
    assert len({each.line for each in rows}) == 2
    assert {(each.value, each.certainty) for each in rows} == {("composer: person Bo Bex (1)", "stated")}


@pytest.mark.parametrize(
    ("label", "value", "rows"),
    [
        (
            "Countries of production", "Belgium, Netherlands",
            {("schema:countryOfOrigin", "country:BE"), ("schema:countryOfOrigin", "country:NL")},
        ),
        ("Landen van productie", "België", {("schema:countryOfOrigin", "country:BE")}),
        ("Langues", "français", {("schema:inLanguage", "fr")}),
        ("Genres", "Comedy", {("schema:genre", "genre:comedy")}),
        ("Countries of production", "", set()),
        ("Countries of production", "Bo Bex", set()),
        ("Countries of production", "French", set()),
        ("Languages", "Belgium", set()),
        ("Runtime", "2023", set()),
    ],
)  # fmt: skip
def test_value_below_a_label_of_a_fact(
    read: Callable[..., Reading], told: Callable[[Reading], list[Any]], label: str, value: str, rows: set[tuple[str, str]]
) -> None:
    text = page("").replace("More information\n", f"More information\n\n{label}\n\n{value}\n")
    without = {(each.property, each.value) for each in told(read(page("")))}
    assert {(each.property, each.value) for each in told(read(text))} - without == rows


def test_languages_without_a_label_are_unread(read: Callable[..., Reading]) -> None:
    text = page("").replace("More information\n", "More information\n\nDutch, French\n")
    (unread,) = (each for each in read(text).unread if each.text == "Dutch, French")
    assert "of the dialogue or of the subtitles?" in unread.why


@pytest.mark.parametrize(
    ("films", "forms"),
    [
        ("Salt (2023), Sand (2020 - short)", {"form:short": "stated"}),
        ("Salt (2023), Sand (2020)", {"form:feature": "inferred"}),
        ("Salt (2023), Sand (2020 - moyen métrage)", {"form:medium-length": "stated"}),
        ("Salt (2023), Sand (2020 - thing)", {}),
    ],
)
def test_form_of_a_listed_film(
    read: Callable[..., Reading], told: Callable[[Reading], list[Any]], films: str, forms: dict[str, str]
) -> None:
    rows = told(read(page("").replace("Salt (2023)\n", f"{films}\n")))
    assert {
        each.value: each.certainty for each in rows if (each.subject, each.property) == ("film Sand 2020", "fg:form")
    } == forms


def test_a_filmography_of_nobody_gives_films_without_a_director(
    read: Callable[..., Reading], told: Callable[[Reading], list[Any]]
) -> None:
    rows = told(read(page("").replace("Ann Aert\nSalt (2023)", "Zed Zander\nSalt (2023), Sand (2020)")))
    assert {each.property for each in rows if each.subject == "film Sand 2020"} == {
        "schema:name",
        "schema:dateCreated",
        "fg:form",
    }
    assert not [each for each in rows if "Zed" in each.value]
