"""The demo's saved queries: each runs on the demo release and gives the rows of `expected/`.

Set FILMGRAPH_GOLDEN=write to write those files anew, and read what changed. `test_queries_tables.py` counts the same from the
tables themselves.
"""

from __future__ import annotations

import os
from pathlib import Path

import pyoxigraph as ox
import pytest

from filmgraph.namespaces import PREFIXES
from filmgraph.queries import LANGUAGES, SavedQuery, bind, from_json, parse_query
from filmgraph.queryguard import GuardLimits, QueryForm, check_query
from filmgraph.results import Table, parse_results, to_csv
from filmgraph.settings import EndpointSettings
from tests.conftest import ROOT, Built

EXPECTED = Path(__file__).parent / "expected"
FILES = sorted((ROOT / "data" / "queries").glob("*.rq"))
QUERIES = {path.stem: parse_query(path.stem, path.read_text(encoding="utf-8")) for path in FILES}
#: Other values than the defaults, and the name of the file with what they give.
VARIANTS = [
    ("co-workers-of-a-person", "of-an-actor", {"person": "person/stefan-gota"}),
    ("crew-of-a-department", "direction", {"department": "direction"}),
    ("films-by-country", "of-germany", {"country": "DE"}),
    ("films-by-director", "of-two-people", {"director": "luc-dardenne"}),
    ("films-by-title", "in-a-translation", {"words": "LEOPARD"}),
    ("films-between-years", "one-year", {"from": "1959", "to": "1959"}),
    ("films-between-years", "no-year", {"from": "2020", "to": "2018"}),
    ("people-with-many-films", "two-or-more", {"minimum": "2"}),
    ("screenings-of-a-day", "of-one-hall", {"hall": "lantern-1", "day": "2026-10-19"}),
    ("screenings-of-a-day", "after-midnight", {"day": "2026-10-18", "hall": "hall/nocturne-1"}),
]
#: What the demo cannot answer: no source states it. An empty table is the honest answer, and `test_queries_small.py` shows more.
NOTHING_KNOWN = {"films-with-inferred-facts", "people-with-many-films", "women-directors"}


@pytest.fixture(scope="module")
def store(demo_release: Built) -> ox.Store:
    return ox.Store.read_only(str(demo_release.path / "store"))


def run(store: ox.Store, text: str) -> Table:
    found = store.query(text)
    assert isinstance(found, ox.QuerySolutions)
    body = found.serialize(format=ox.QueryResultsFormat.JSON)
    assert body is not None
    return parse_results(body)


def check(table: Table, path: Path) -> None:
    found = to_csv(table).replace("\r\n", "\n")
    if os.environ.get("FILMGRAPH_GOLDEN") == "write":
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8"), f"{path.name} says otherwise"


def test_there_are_at_least_thirty() -> None:
    assert len(QUERIES) >= 30


@pytest.mark.parametrize("key", QUERIES)
def test_a_saved_query_gives_its_expected_rows(key: str, store: ox.Store, demo_release: Built) -> None:
    table = run(store, bind(QUERIES[key], {}, demo_release.settings.iris))
    check(table, EXPECTED / f"{key}.csv")
    assert bool(table.rows) != (key in NOTHING_KNOWN)


@pytest.mark.parametrize(("key", "name", "values"), VARIANTS, ids=[f"{key}.{name}" for key, name, _ in VARIANTS])
def test_other_values_give_other_rows(key: str, name: str, values: dict[str, str], store: ox.Store, demo_release: Built) -> None:
    table = run(store, bind(QUERIES[key], values, demo_release.settings.iris))
    check(table, EXPECTED / f"{key}.{name}.csv")
    assert table != run(store, bind(QUERIES[key], {}, demo_release.settings.iris))


def test_no_expectation_is_left_over() -> None:
    wanted = {f"{key}.csv" for key in QUERIES} | {f"{key}.{name}.csv" for key, name, _ in VARIANTS}
    assert {path.name for path in EXPECTED.iterdir()} == wanted


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_titles_and_descriptions_are_in_three_languages(query: SavedQuery) -> None:
    for texts in (query.titles, query.descriptions):
        assert tuple(texts) == LANGUAGES
        assert all(text.strip() for text in texts.values())
        assert len(set(texts.values())) == len(LANGUAGES), "one of them is not translated"
    assert query.keywords


def test_no_two_queries_have_the_same_title() -> None:
    for language in LANGUAGES:
        assert len({each.titles[language] for each in QUERIES.values()}) == len(QUERIES)


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_the_guard_lets_every_saved_query_pass(query: SavedQuery, demo_release: Built) -> None:
    limits = GuardLimits(query_bytes=EndpointSettings().query_bytes)
    text = bind(query, {}, demo_release.settings.iris)
    assert check_query(text, limits, demo_release.publication.manifest.graphs) is QueryForm.SELECT


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_the_order_of_rows_is_said(query: SavedQuery) -> None:
    assert "\nORDER BY " in query.text or query.key == "share-linked-to-wikidata"


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_prefixes_mean_what_they_mean_everywhere(query: SavedQuery) -> None:
    for line in query.text.splitlines():
        if line.startswith("PREFIX "):
            prefix, iri = line.removeprefix("PREFIX ").split(": ")
            assert iri.strip("<>") == PREFIXES.get(prefix, f"https://filmgraph.example/id/{prefix}/")


def test_the_release_holds_the_queries_as_they_stand(demo_release: Built) -> None:
    held = from_json((demo_release.path / "queries.json").read_text(encoding="utf-8"))
    assert {each.key: each for each in held} == QUERIES
