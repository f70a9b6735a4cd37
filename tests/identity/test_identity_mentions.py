"""What is gathered of a source: places come back as they were, whatever kind of file they are in."""

from __future__ import annotations

import dataclasses
from typing import Any

from filmgraph.findings import SourcePlace
from filmgraph.identity import Places
from filmgraph.incremental_codec import pack, unpack

PLACES = (
    SourcePlace("films.csv", 7, 3, "title"),
    SourcePlace("programme.xlsx", None, 14, "Start", "Screenings"),
    SourcePlace("films.ttl", subject="https://example.org/film/1"),
    SourcePlace("pages/here.txt", 12),
    SourcePlace("films.csv", 8, 4, "title"),
)


def test_places_come_back_whole() -> None:
    places = Places.of(PLACES)
    assert tuple(places[n] for n in range(len(PLACES))) == PLACES
    assert [places.path(n) for n in range(len(PLACES))] == [each.path for each in PLACES]
    assert unpack(pack(places)) == places


def test_no_part_of_a_place_is_forgotten() -> None:
    # A new part of a place has to be a column too.
    parts: dict[str, Any] = {
        field.name: n if field.name in ("line", "row") else field.name
        for n, field in enumerate(dataclasses.fields(SourcePlace), 1)
    }
    assert Places.of([SourcePlace(**parts)])[0] == SourcePlace(**parts)
