"""What `/sparql` keeps of its answers: a release never changes, so the same question has the same answer."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from filmgraph.errors import QueryTimeoutError
from tests.http.sparql_pool import BROWSER, CONSTRUCT, NAMES, DirectPool, get

CHANGING = (
    "SELECT (now() AS ?time) {}",
    "SELECT (NOW () AS ?time) {}",
    "SELECT (RAND() AS ?number) {}",
    "ASK { FILTER(strUUID() != '') }",
    "ASK { FILTER(uuid# a comment\n() != <x:>) }",
)


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv", BROWSER])
def test_the_same_question_runs_once(ask: FlaskClient, pool: DirectPool, accept: str) -> None:
    first, second = get(ask, NAMES, accept), get(ask, NAMES, accept)
    assert pool.runs == 1
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert second.headers["Server-Timing"].endswith(", cache")
    assert second.headers["X-Filmgraph-Complete"] == "true"


def test_each_format_is_an_answer_of_its_own(ask: FlaskClient, pool: DirectPool) -> None:
    types = {get(ask, NAMES, each).mimetype for each in ("text/csv", "application/sparql-results+json", "text/csv")}
    assert len(types) == pool.runs == 2


def test_a_post_gets_what_a_get_has_left(ask: FlaskClient, pool: DirectPool) -> None:
    get(ask, NAMES)
    response = ask.post("/sparql", data={"query": NAMES})
    assert pool.runs == 1
    assert response.headers["Cache-Control"] == "no-store"


def test_who_asks_for_a_run_gets_one(ask: FlaskClient, pool: DirectPool) -> None:
    address = "/sparql?" + urlencode({"query": CONSTRUCT})
    for runs in (1, 2):
        response = ask.get(address, headers={"Cache-Control": "no-cache"})
        assert pool.runs == runs
        assert "queue;dur=" in response.headers["Server-Timing"]


@pytest.mark.parametrize("query", CHANGING)
def test_time_and_chance_are_asked_anew_each_time(ask: FlaskClient, pool: DirectPool, query: str) -> None:
    for runs in (1, 2):
        response = get(ask, query)
        assert response.status_code == 200
        assert pool.runs == runs
        assert "ETag" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"


def test_a_changing_answer_is_never_not_modified(ask: FlaskClient) -> None:
    response = ask.get("/sparql?" + urlencode({"query": CHANGING[0]}), headers={"If-None-Match": "*"})
    assert response.status_code == 200


def test_an_error_is_not_kept(ask: FlaskClient, pool: DirectPool) -> None:
    pool.error = QueryTimeoutError("too long")
    assert get(ask, NAMES).status_code == 504
    pool.error = None
    assert get(ask, NAMES).status_code == 200
