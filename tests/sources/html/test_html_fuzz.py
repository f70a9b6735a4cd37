"""Pages with anything in any place are read or refused: a wrong shape is reported, and never an error of ours."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from filmgraph.errors import UnreadableInputError
from filmgraph.identity import gather_mentions
from filmgraph.incremental_codec import pack, unpack
from tests.sources.html.conftest import ReadHtml
from tests.sources.html.test_html_pages import ld

PROPERTIES = [
    *(
        "name",
        "alternateName",
        "duration",
        "dateCreated",
        "datePublished",
        "copyrightYear",
        "director",
        "actor",
        "actors",
        "author",
    ),
    *("productionCompany", "genre", "countryOfOrigin", "inLanguage", "identifier", "description", "sameAs", "url", "startDate"),
    *("endDate", "doorTime", "location", "workPresented", "workFeatured", "superEvent", "subEvent", "performer", "eventStatus"),
    *("subtitleLanguage", "videoFormat", "address", "addressCountry", "geo", "latitude", "containedInPlace", "characterName"),
    *("propertyID", "value", "birthDate", "mainEntity", "maximumAttendeeCapacity", "about", "@id", "@value", "@list", "@graph"),
]
TYPES = [
    *(
        "Movie",
        "ScreeningEvent",
        "Event",
        "Festival",
        "EventSeries",
        "MovieTheater",
        "Place",
        "Person",
        "Organization",
        "MusicGroup",
    ),
    *("PerformanceRole", "PropertyValue", "PostalAddress", "Country", "Language", "VirtualLocation", "WebSite", "Nonsense"),
]
TEXTS = [
    *(
        "Here",
        "Here (2023)",
        "Ann Aert, Bo Bex",
        "2023",
        "2026-10-17T19:30:00+0200",
        "2026-10-17",
        "PT82M",
        "Drama",
        "Belgium",
        "nl",
    ),
    *(
        "https://schema.org/EventCancelled",
        "EventNonsense",
        "http://www.wikidata.org/entity/Q1",
        "/x",
        "#a",
        "",
        " ",
        "\u0000",
        "51.05",
    ),
    *("&amp;amp;", "<b>", "x" * 300, "1:22", "-5", "\ud7ff"),
]


def make_node(dice: random.Random, depth: int) -> dict[str, Any]:
    """Return a thing of some type with properties that hold whatever comes."""
    node: dict[str, Any] = {name: make_value(dice, depth) for name in dice.sample(PROPERTIES, 7)}
    node["@type"] = dice.choice([dice.choice(TYPES), dice.sample(TYPES, 2)])
    if dice.random() < 0.8:
        node |= {"name": dice.choice(TEXTS[:3]), "startDate": TEXTS[4]}
    return node


def make_value(dice: random.Random, depth: int) -> Any:
    match dice.randrange(6):
        case 0 | 1 if depth:
            return make_node(dice, depth - 1)
        case 2 if depth:
            return [make_value(dice, depth - 1) for _ in range(dice.randrange(4))]
        case 3:
            return dice.choice([None, True, 0, -1, 2023, 1.5, 1e300, [], {}, "", " "])
    return dice.choice(TEXTS)


@pytest.mark.parametrize("profile", ["", 'events = "screenings"\nperformers = "cast"\ntime_zone = "Europe/Brussels"'])
def test_json_ld_of_any_shape_is_read(profile: str, read: ReadHtml) -> None:
    dice = random.Random(11)
    seen: set[str] = set()
    for _ in range(40):
        blocks = [{"@context": "https://schema.org", **make_node(dice, 3)} for _ in range(2)]
        reading = read(ld(*(json.dumps(each).replace("</", "<\\/") for each in blocks)), profile)
        gather_mentions(reading.records)
        assert unpack(pack(reading.records)) == reading.records
        assert len({each.ref for each in reading.records}) == len(reading.records)
        seen |= {type(each).__name__ for each in reading.records}
    wanted = {"Movie", "ScreeningEvent", "Festival", "EventSeries", "MovieTheater", "Person", "Prose"}
    assert seen >= wanted


@pytest.mark.parametrize("seed", range(3))
def test_bytes_that_are_changed_anywhere_are_read_or_refused(seed: int, read: ReadHtml) -> None:
    data = (Path(__file__).parent / "pages" / "three-syntaxes.html").read_bytes()
    dice = random.Random(seed)
    refused = 0
    for _ in range(60):
        position = dice.randrange(len(data))
        length = dice.choice([0, 1, 1, 40])
        try:
            read(data[:position] + bytes(dice.randrange(256) for _ in range(length)) + data[position + 1 :])
        except UnreadableInputError:
            refused += 1
    assert refused < 60
