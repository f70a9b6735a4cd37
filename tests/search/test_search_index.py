"""What is written into the index, and that it is the same each time."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Triple

from filmgraph import search_index
from filmgraph.errors import ReleaseError
from filmgraph.iris import IriScheme
from filmgraph.manifest import load_manifest
from filmgraph.release_verify import verify_release
from filmgraph.search_index import write_search_index
from filmgraph.search_model import INDEX_FORMAT, SEARCH_FILE, Features
from tests.conftest import Built
from tests.search.conftest import BASE, read_triples


def write(triples: list[Triple], path: Path) -> bytes:
    path.mkdir()
    write_search_index(triples, IriScheme(BASE), path)
    assert [each.name for each in path.iterdir()] == [SEARCH_FILE], "no journal is left beside it"
    return (path / SEARCH_FILE).read_bytes()


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_the_same_facts_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    triples = read_triples()
    first = write(triples, tmp_path / "a")
    for seed in range(3):
        random.Random(seed).shuffle(triples)
        assert write(triples, tmp_path / str(seed)) == first


def test_another_name_gives_other_bytes(tmp_path: Path) -> None:
    triples = read_triples()
    assert write(triples, tmp_path / "a") != write(triples[1:], tmp_path / "b")


def test_an_empty_catalogue_has_an_index(tmp_path: Path) -> None:
    write([], tmp_path / "a")
    assert ask(tmp_path / "a" / SEARCH_FILE, "SELECT count(*) FROM thing") == [(0,)]


def test_the_index_is_sound(index_path: Path) -> None:
    assert ask(index_path, "PRAGMA integrity_check") == [("ok",)]
    assert ask(index_path, "PRAGMA user_version") == [(INDEX_FORMAT,)]
    assert ask(index_path, "PRAGMA journal_mode") == [("delete",)]


def test_texts_credits_and_screenings_called_like_their_film_are_left_out(index_path: Path) -> None:
    segments = {row[0] for row in ask(index_path, "SELECT segment FROM thing")}
    assert segments.isdisjoint({"text", "credit", "image", "source"})
    assert ask(index_path, "SELECT label FROM thing WHERE segment = 'screening'") == [("Shorts by Devos",)]


def test_a_name_is_kept_once_however_it_is_written(index_path: Path) -> None:
    names = ask(index_path, "SELECT text, relation FROM name JOIN thing ON thing.id = thing WHERE iri LIKE '%film/here-2023'")
    assert names == [("Here", "name"), ("Ici", "alternate")]


def test_features_survive_their_json() -> None:
    features = Features("2023", ("A", "B"), ("director",), (("Here", "2023"), ("Ici", "")), ("Gent",), ("C",))
    assert Features.from_json(features.to_json()) == features
    assert Features.from_json(Features().to_json()) == Features()


def test_without_fts5_the_release_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "has_fts5", lambda: False)
    with pytest.raises(ReleaseError, match="FTS5"):
        write_search_index([], IriScheme(BASE), tmp_path)


def test_a_disk_that_refuses_is_a_clean_error(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="cannot write the search index"):
        write_search_index([], IriScheme(BASE), tmp_path / "absent")


def test_a_release_holds_its_index_and_verifies(demo_release: Built) -> None:
    assert SEARCH_FILE in load_manifest(demo_release.path).files
    assert verify_release(demo_release.path) == ()


def test_every_film_and_person_of_the_demo_is_in_its_index(demo_release: Built) -> None:
    things = load_manifest(demo_release.path).things
    counts: dict[str, int] = dict(ask(demo_release.path / SEARCH_FILE, "SELECT segment, count(*) FROM thing GROUP BY segment"))
    for segment in ("film", "person", "org", "venue", "hall", "series", "festival", "role", "country"):
        assert counts[segment] == things[segment], segment
