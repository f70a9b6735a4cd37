"""Venues and where they are to each other."""

from __future__ import annotations

import pytest

from filmgraph.programme import Named
from filmgraph.whereabouts import Spot, bearing, distance, venues_around, venues_of_edition
from tests.drawings.conftest import EVIL, IRIS, SmallStore


def spot(latitude: float, longitude: float) -> Spot:
    return Spot(Named(f"https://films.example/id/venue/v{latitude}", "V"), latitude, longitude)


def test_a_venue_comes_first_then_those_of_its_town_by_distance(store: SmallStore) -> None:
    assert [each.named.name for each in venues_around(store, IRIS, "lumen")] == ["Lumen", "Sphinx", EVIL]


def test_a_venue_without_coordinates_has_no_surroundings(store: SmallStore) -> None:
    assert venues_around(store, IRIS, "lost") == ()


def test_a_town_of_the_same_name_far_away_is_another(store: SmallStore) -> None:
    assert [each.named.name for each in venues_around(store, IRIS, "kentucky")] == ["Gent in Kentucky"]


def test_venues_of_an_edition_are_found_through_halls_and_without(store: SmallStore) -> None:
    assert [each.named.name for each in venues_of_edition(store, IRIS, "fest-2026")] == ["Lumen", "Sphinx"]


@pytest.mark.parametrize(
    ("one", "other", "kilometres", "degrees"),
    [
        ((0, 0), (1, 0), 111.2, 0),
        ((0, 0), (0, 1), 111.2, 90),
        ((51.0, 4.0), (50.0, 4.0), 111.2, 180),
        ((0, 179.5), (0, -179.5), 111.2, 90),
        ((50.8503, 4.3517), (51.0543, 3.7174), 49.8, 297.2),
    ],
)
def test_distance_and_direction(one: tuple[float, float], other: tuple[float, float], kilometres: float, degrees: float) -> None:
    assert distance(spot(*one), spot(*other)) / 1000 == pytest.approx(kilometres, abs=0.1)
    assert bearing(spot(*one), spot(*other)) == pytest.approx(degrees, abs=0.5)
