"""Profiles of other vocabularies: the shipped ones on small made-up extracts, and what a profile may not say."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from filmgraph.errors import SettingsError, UnreadableInputError
from tests.sources.rdf.conftest import ReadRdf, facts_of, listed

WD, WDT = "http://www.wikidata.org/entity/", "http://www.wikidata.org/prop/direct/"
XSD = "http://www.w3.org/2001/XMLSchema#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
FILM, PERSON, HOUSE = "Q9900000001", "Q9900000002", "Q9900000003"
FACTS = [
    f"{FILM}: name Hier",
    f"{FILM}: alternateName Hier @nl",
    f"{FILM}: alternateName Here @en",
    f"{FILM}: identifier imdb tt99000001",
    f"{FILM}: sameAs {WD}{FILM}",
    f"{FILM}: dateCreated 2023 [inferred]",
    f"{FILM}: duration 82",
    f"{FILM}: genre drama",
    f"{FILM}: form short",
    f"{FILM}: inLanguage nl",
    f"{FILM}: countryOfOrigin BE",
    f"{FILM}: credit director 1 {PERSON}",
    f"{FILM}: credit actor 1 {PERSON}",
    f"{FILM}: credit production-company 1 {HOUSE}",
    f"{PERSON}: name An Peeters [inferred]",
    f"{PERSON}: alternateName An Peeters @en",
    f"{PERSON}: sameAs {WD}{PERSON}",
    f"{PERSON}: birthDate 1965",
    f"{HOUSE}: name Huis [inferred]",
    f"{HOUSE}: alternateName Huis @nl",
    f"{HOUSE}: sameAs {WD}{HOUSE}",
]


def shipped(name: str) -> str:
    return (files("filmgraph") / "profiles" / f"{name}.toml").read_text(encoding="utf-8")


def truthy() -> str:
    """Return an extract as Wikidata's truthy dump has it."""
    film, person, house = (f"<{WD}{each}>" for each in (FILM, PERSON, HOUSE))
    lines = [
        f'{film} <{LABEL}> "Here"@en', f'{film} <{LABEL}> "Здесь"@ru', f"{film} <{WDT}P31> <{WD}Q24862>",
        f'{film} <{WDT}P1476> "Hier"@nl', f'{film} <{WDT}P577> "2023-08-01T00:00:00Z"^^<{XSD}dateTime>',
        f'{film} <{WDT}P577> "2024-01-01T00:00:00Z"^^<{XSD}dateTime>', f'{film} <{WDT}P2047> "+82"^^<{XSD}decimal>',
        f"{film} <{WDT}P136> <{WD}Q130232>", f"{film} <{WDT}P364> <{WD}Q7411>", f"{film} <{WDT}P495> <{WD}Q31>",
        f'{film} <{WDT}P345> "tt99000001"', f"{film} <{WDT}P57> {person}", f"{film} <{WDT}P161> {person}",
        f"{film} <{WDT}P161> <{WD}Q9900000009>", f"{film} <{WDT}P272> {house}", f'{film} <{WDT}P9999> "x"',
        f"{person} <{WDT}P31> <{WD}Q5>", f'{person} <{LABEL}> "An Peeters"@en',
        f'{person} <{WDT}P569> "1965-01-01T00:00:00Z"^^<{XSD}dateTime>',
        f"{house} <{WDT}P31> <{WD}Q1762059>", f'{house} <{LABEL}> "Huis"@nl',
    ]  # fmt: skip
    return "".join(f"{each} .\n" for each in lines)


def test_the_profile_of_truthy_statements(read: ReadRdf) -> None:
    reading, account = read(truthy(), "w.nt", shipped("wikidata-truthy"))
    expected = [each + " [inferred]" if each.endswith("duration 82") else each for each in FACTS]
    assert facts_of(reading) == expected
    assert listed(account) == {
        "label": "the profile does not ask for names in this language",
        "P577": "another property says it better",
        "P161": "the file does not describe what it refers to",
        "P9999": "the model has no place for it",
    }


def claim(number: str, kind: str, value: Any, rank: str = "normal", datatype: str = "") -> dict[str, Any]:
    snak = {"snaktype": "value", "property": number, "datatype": datatype, "datavalue": {"type": kind, "value": value}}
    return {"mainsnak": snak, "rank": rank, "type": "statement"}


def item(number: str, label: tuple[str, str], *claims: dict[str, Any]) -> str:
    by_property: dict[str, list[dict[str, Any]]] = {}
    for each in claims:
        by_property.setdefault(each["mainsnak"]["property"], []).append(each)
    language, text = label
    return json.dumps(
        {"type": "item", "id": number, "labels": {language: {"language": language, "value": text}}, "claims": by_property}
    )


def entity(number: str, target: str, rank: str = "normal") -> dict[str, Any]:
    return claim(number, "wikibase-entityid", {"entity-type": "item", "id": target}, rank)


def moment(number: str, text: str, precision: int, rank: str = "normal") -> dict[str, Any]:
    return claim(number, "time", {"time": text, "precision": precision}, rank)


def dump() -> str:
    """Return the same as a JSON dump has it, with ranks, precisions and units."""
    minutes = {"amount": "+82", "unit": f"{WD}Q7727"}
    film = item(
        FILM, ("en", "Here"), entity("P31", "Q24862"), claim("P1476", "monolingualtext", {"text": "Hier", "language": "nl"}),
        moment("P577", "+2023-08-00T00:00:00Z", 10), moment("P577", "+1999-00-00T00:00:00Z", 9, "deprecated"),
        claim("P2047", "quantity", minutes), entity("P136", "Q130232"), entity("P364", "Q7411"),
        entity("P495", "Q31", "preferred"), entity("P495", "Q55"),
        claim("P345", "string", "tt99000001", datatype="external-id"), entity("P57", PERSON),
        entity("P161", PERSON), entity("P272", HOUSE),
    )  # fmt: skip
    person = item(PERSON, ("en", "An Peeters"), entity("P31", "Q5"), moment("P569", "+1965-00-00T00:00:00Z", 9))
    house = item(HOUSE, ("nl", "Huis"), entity("P31", "Q1762059"))
    return "[\n" + ",\n".join([film, person, house]) + "\n]\n"


def test_the_profile_of_json_dumps(read: ReadRdf) -> None:
    reading, account = read(dump(), "w.json", shipped("wikidata-json"))
    assert facts_of(reading) == FACTS
    assert account.listed == {}
    assert [each.place.line for each in reading.records] == [2, 3, 4]


@pytest.mark.parametrize(
    ("field", "text", "precision", "expected"),
    [
        ("P569", "+1965-03-00T00:00:00Z", 10, "1965-03"),
        ("P569", "+1965-03-04T00:00:00Z", 11, "1965-03-04"),
        ("P569", "+1960-00-00T00:00:00Z", 8, None),
    ],
)
def test_dates_are_as_precise_as_wikidata_knows_them(
    read: ReadRdf, field: str, text: str, precision: int, expected: str | None
) -> None:
    data = item(PERSON, ("en", "An"), entity("P31", "Q5"), moment(field, text, precision))
    reading, account = read(data, "w.json", shipped("wikidata-json"))
    dates = [each.rpartition(" ")[2] for each in facts_of(reading) if "birthDate" in each]
    assert dates == ([expected] if expected else [])
    assert bool(account.listed) is (expected is None)


def test_lines_that_are_no_entity_are_reported(read: ReadRdf) -> None:
    person = item(PERSON, ("en", "An"), entity("P31", "Q5"))
    reading, _ = read(f'[\n{person},\n{{"id": "x"}},\nrubbish\n]', "w.json", shipped("wikidata-json"))
    assert len(reading.records) == 1
    (finding,) = (each for each in reading.findings if each.rule == "read-rdf-line")
    assert [each.line for each in finding.places] == [3, 4]


def test_a_profile_of_one_s_own(read: ReadRdf) -> None:
    profile = """languages = ["nl"]
    [prefixes]
    ex = "https://partner.example/terms/"
    [keys]
    "https://partner.example/film/" = "p-"
    [classes]
    "ex:Film" = "Movie"
    "ex:Kortfilm" = { record = "Movie", form = "short" }
    [properties."ex:titel"]
    property = "name"
    [properties."ex:jaar"]
    property = "date_created"
    [properties."ex:regisseur"]
    role = "director"
    [values]
    "ex:drama" = "drama"
    """
    data = """<https://partner.example/film/7> a <https://partner.example/terms/Kortfilm> ;
        <https://partner.example/terms/titel> "Hier", "Here"@en ; <https://partner.example/terms/jaar> 2023 ;
        schema:genre <https://partner.example/terms/drama> ; <https://partner.example/terms/regisseur> "An" ."""
    reading, account = read(data, profile=profile)
    assert facts_of(reading) == [
        "p-7: name Hier", "p-7: sameAs https://partner.example/film/7", "p-7: dateCreated 2023", "p-7: genre drama",
        "p-7: form short", "p-7: credit director 1 An",
    ]  # fmt: skip
    assert listed(account) == {"titel": "the profile does not ask for names in this language"}


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("format = 'word'", "format = 'word' should be one of"),
        ("colour = 1", "unknown setting 'colour'"),
        ("[classes]\n'ex:A' = 'Movie'", "'ex:A' should be an IRI, or a name with a prefix"),
        ("[classes]\n'schema:A' = 'Film'", "record = 'Film' should be one of 'Movie'"),
        ("[classes]\n'schema:A' = { record = 'Movie', form = 'x' }", "form = 'x' should be a key of the form scheme"),
        ("[properties.'schema:a']\nproperty = 'titel'", "property = 'titel' should be one of"),
        ("[properties.'schema:a']\nrole = 'boss'", "role = 'boss' should be a key of the role scheme"),
        ("[properties.'schema:a']\nrole = 'direction'", "should be a key of the role scheme"),
        ("[properties.'schema:a']\nyear = true", "give exactly one of property and role"),
        ("time_zone = 'Gent'", "time_zone = 'Gent' should be a name of the tz database"),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused(read: ReadRdf, profile: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read("", profile=profile)


def test_a_profile_that_is_no_toml_is_refused(read: ReadRdf) -> None:
    with pytest.raises(UnreadableInputError, match="not valid TOML"):
        read("", profile="[")
