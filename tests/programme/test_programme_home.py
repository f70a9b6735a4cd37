"""The first page tells what is shown next, by the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from filmgraph.settings import Settings
from filmgraph.stores.base import Store
from filmgraph.vocabulary import Vocabulary
from filmgraph.web import create_app


@pytest.fixture
def clock() -> list[datetime]:
    """What time it is: the last one."""
    return [datetime(2026, 10, 1, tzinfo=UTC)]


@pytest.fixture
def client(tmp_path: Path, store: Store, vocabulary: Vocabulary, clock: list[datetime]) -> FlaskClient:
    settings = Settings(tmp_path, "films", "https://films.example/", "Films", "Nobody", "https://example.org/licence")
    return create_app(settings, store, vocabulary, release_path=tmp_path, clock=lambda: clock[-1]).test_client()


def coming(client: FlaskClient) -> tuple[list[str], list[str]]:
    html = HTMLParser(client.get("/").text)
    keys = [str(each.attributes["href"]).rpartition("/")[2] for each in html.css(".coming a.when")]
    return [each.text() for each in html.css(".coming h3.day")], keys


def test_what_takes_place_next_is_on_the_first_page_by_evening(client: FlaskClient, clock: list[datetime]) -> None:
    days, keys = coming(client)
    assert days == [
        "Friday 23 October 2026", "Saturday 24 October 2026", "Sunday 25 October 2026", "Monday 26 October 2026",
    ]  # fmt: skip
    assert keys == ["opening", "evening", "midnight", "twice", "moved", "clock"], "without the one that is cancelled"
    clock.append(datetime(2026, 10, 24, 17, 30, tzinfo=UTC))
    assert coming(client)[1] == ["midnight", "twice", "moved", "clock"], "what has begun is no longer to come"


def test_films_and_places_are_one_click_away(client: FlaskClient) -> None:
    html = HTMLParser(client.get("/").text)
    found = {str(each.attributes["href"]) for each in html.css(".coming .what a")}
    assert {"/film/moss", "/venue/lumen", "/hall/lumen-1", "/festival/autumn-2026"} <= found


def test_when_all_is_over_nothing_is_announced(client: FlaskClient, clock: list[datetime]) -> None:
    clock.append(datetime(2027, 1, 1, tzinfo=UTC))
    assert coming(client) == ([], [])
    assert HTMLParser(client.get("/").text).css_first(".coming") is None


def test_the_first_page_is_new_when_a_screening_has_begun(client: FlaskClient, clock: list[datetime]) -> None:
    tag = client.get("/").headers["ETag"]
    clock.append(datetime(2026, 10, 22, 22, 14, tzinfo=UTC))
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 304
    clock.append(datetime(2026, 10, 22, 22, 15, tzinfo=UTC))
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 200
