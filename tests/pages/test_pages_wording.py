"""What a build tells as data is said in the language of the page."""

from __future__ import annotations

import pytest

from filmgraph.changelog import Change, ChangeType, summarise
from filmgraph.findings import SourcePlace
from filmgraph.iris import Kind
from filmgraph.namespaces import SCHEMA, shorten
from filmgraph.pages.messages import load_messages
from filmgraph.pages.wording import word_change, word_counts, word_place, word_text_kind

HERE = "https://films.example/id/film/here-2023"
COUNTS = {"film added": 3, "screening moved": 1, "dataset changed": 1, " removed": 2}
MANY = {f"{kind.segment} changed": 1_000 for kind in Kind}


@pytest.mark.parametrize(
    ("language", "counts", "words"),
    [
        ("en", COUNTS, "3 films added, 1 screening moved, 2 other things removed"),
        ("nl", COUNTS, "3 films toegevoegd, 1 voorstelling verplaatst, 2 andere dingen verwijderd"),
        ("fr", COUNTS, "ajout : 3 films, déplacement : 1 séance, suppression : 2 autres choses"),
        ("nl", {"dataset changed": 1}, "alleen de beschrijving van de data is gewijzigd"),
    ],
)
def test_numbers_of_changes(language: str, counts: dict[str, int], words: str) -> None:
    assert word_counts(counts, load_messages(language)) == words


def test_english_pages_say_what_the_feeds_say() -> None:
    assert word_counts(COUNTS, load_messages("en")) == summarise(COUNTS)
    assert word_counts(MANY, load_messages("en")).endswith(", 15,000 other changes")
    assert summarise(MANY).endswith(", 15000 other changes")


CHANGED = Change(ChangeType.UPDATE, HERE, "film", "Here", properties=(SCHEMA.duration, SCHEMA.name))
MERGED = Change(ChangeType.MERGE, HERE, "film", "Here", survivor="https://films.example/id/film/here-2024")
MOVED = Change(ChangeType.UPDATE, "x", "screening", "Here", properties=(SCHEMA.startDate,))
CREDITED = Change(ChangeType.UPDATE, HERE, "film", "Here", credits=("y",))


@pytest.mark.parametrize(
    ("language", "change", "words"),
    [
        ("en", CHANGED, "film “Here” changed: schema:duration, schema:name"),
        ("nl", CHANGED, "film “Here” gewijzigd: schema:duration, schema:name"),
        ("fr", MERGED, "fusion : film « Here » avec film/here-2024"),
        ("nl", MOVED, "voorstelling “Here” verplaatst: schema:startDate"),
        ("nl", CREDITED, "film “Here” gewijzigd: fg:credit"),
        ("fr", Change(ChangeType.DELETE, HERE, "", "Here"), "suppression : autre chose « Here »"),
    ],
)
def test_what_happened_to_a_thing(language: str, change: Change, words: str) -> None:
    assert word_change(change, load_messages(language), shorten) == words


@pytest.mark.parametrize("change", [CHANGED, MERGED, MOVED, CREDITED])
def test_english_changes_are_those_of_the_log(change: Change) -> None:
    assert word_change(change, load_messages("en"), shorten) == change.words


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (SourcePlace("tables/films.csv", row=14, column="Title"), "tables/films.csv, rij 14, kolom Title"),
        (SourcePlace("tables/films.csv", row=14, column="Title, original"), "tables/films.csv, rij 14, kolom Title, original"),
        (SourcePlace("pages/here.txt", line=3), "pages/here.txt, regel 3"),
        (SourcePlace("a, row 1/films.csv", row=2), "a, row 1/films.csv, rij 2"),
        (SourcePlace("filmgraph.toml"), "filmgraph.toml"),
    ],
)
def test_places_in_sources(place: SourcePlace, words: str) -> None:
    assert word_place(str(place), load_messages("nl")) == words
    assert word_place(str(place), load_messages("en")) == str(place)


def test_several_places_and_worksheets() -> None:
    places = "films.xlsx, Films, row 14, Title; pages/here.txt, line 3"
    assert word_place(places, load_messages("fr")) == "films.xlsx, Films, ligne 14, Title; pages/here.txt, ligne 3"


def test_a_kind_of_text_that_is_not_known_keeps_its_name() -> None:
    assert [word_text_kind(each, load_messages("fr")) for each in ("synopsis", "trivia", "")] == ["résumé", "trivia", ""]
