"""What `/readyz` says of the query workers: the truth, without taking the pages away."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from filmgraph.queryworkers import SupplyState
from tests.http.sparql_pool import DirectPool


@pytest.mark.parametrize(
    ("state", "queries", "status"),
    [
        (SupplyState(ready=3, size=3, is_down=False), "ready", 200),
        (SupplyState(ready=2, size=3, is_down=False), "short of workers", 200),
        (SupplyState(ready=0, size=3, is_down=False), "short of workers", 200),
        (SupplyState(ready=1, size=3, is_down=True), "down", 503),
    ],
)
def test_readiness_tells_of_the_query_workers(
    ask: FlaskClient, pool: DirectPool, state: SupplyState, queries: str, status: int
) -> None:
    pool.state = state
    told = {"queries": queries, "query_workers": state.ready, "query_workers_wanted": 3}
    whole = ask.get("/readyz")
    # Pages need no query workers.
    assert whole.status_code == 200
    assert told.items() <= json.loads(whole.data).items()
    part = ask.get("/readyz/queries")
    assert (part.status_code, json.loads(part.data)) == (status, told)
    assert part.headers["Cache-Control"] == "no-store"
    assert ("Retry-After" in part.headers) is (status == 503)


def test_health_is_read_without_a_query(ask: FlaskClient, pool: DirectPool) -> None:
    for path in ("/healthz", "/readyz", "/readyz/queries"):
        assert ask.get(path).status_code == 200
    assert pool.runs == 0


def test_a_server_without_an_endpoint_says_nothing_of_queries(client: FlaskClient) -> None:
    assert "queries" not in json.loads(client.get("/readyz").data)
    assert client.get("/readyz/queries").status_code == 404
