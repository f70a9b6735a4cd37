"""How the door's refusals look from outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from filmgraph.admission import Admission
from filmgraph.queryworkers import WorkerPool
from filmgraph.serving import open_app
from tests.conftest import Built

NO_QUERY = "ASK { ?s ?p }"
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def strict(demo_release: Built) -> Iterator[FlaskClient]:
    endpoint = replace(
        demo_release.settings.endpoint,
        client_failures_per_minute=3,
        ban_kills=1,
        deadline_seconds=0.5,
        trusted_proxies=1,
        workers=1,
    )
    # Whoever comes after a query that was ended should not have to wait for the next worker to start.
    with WorkerPool(demo_release.path, endpoint, spares=1) as pool:
        yield open_app(demo_release.settings, demo_release.path, pool, Admission(endpoint, None)).test_client()


def ask(client: FlaskClient, query: str, address: str, accept: str = "*/*") -> tuple[int, int]:
    headers = {"X-Forwarded-For": f"6.6.6.6, {address}", "Accept": accept}
    answer = client.post("/sparql", data={"query": query}, headers=headers)
    assert answer.status_code == 200 or "no-store" in answer.headers["Cache-Control"]
    return answer.status_code, int(answer.headers.get("Retry-After", 0))


def test_too_many_failures_are_429_with_the_time_to_wait(strict: FlaskClient) -> None:
    assert [ask(strict, NO_QUERY, "192.0.2.1") for _ in range(3)] == [(400, 0)] * 3
    for accept in ("*/*", "text/html"):
        status, wait = ask(strict, "ASK {}", "192.0.2.1", accept)
        assert status == 429
        assert 15 <= wait <= 21
    assert ask(strict, "ASK {}", "192.0.2.2") == (200, 0)


def test_pages_and_health_do_not_count(strict: FlaskClient) -> None:
    for _ in range(4):
        ask(strict, NO_QUERY, "192.0.2.3")
    headers = {"X-Forwarded-For": "192.0.2.3"}
    for path in ("/", "/film/", "/readyz", "/limits", "/sparql"):
        assert strict.get(path, headers=headers).status_code == 200


def test_a_barred_query_is_403_with_the_time_to_wait(strict: FlaskClient) -> None:
    assert ask(strict, LONG, "192.0.2.4")[0] == 504
    status, wait = ask(strict, LONG.replace(" ", "\n"), "192.0.2.5")
    assert status == 403
    assert 590 <= wait <= 601


@pytest.mark.parametrize(
    ("query", "status", "address"),
    [
        ("SELECT * { SERVICE <http://192.0.2.9/> {} }", 403, "192.0.2.101"),
        ("ASK { FILTER" + "(" * 60 + "1" + ")" * 60 + " }", 413, "192.0.2.102"),
        ("", 400, "192.0.2.103"),
    ],
    ids=["forbidden", "too large", "no query"],
)
def test_too_many_refused_queries_are_429_and_need_no_worker(strict: FlaskClient, query: str, status: int, address: str) -> None:
    assert [ask(strict, query, address) for _ in range(3)] == [(status, 0)] * 3
    refused, wait = ask(strict, query, address)
    assert refused == 429
    assert 15 <= wait <= 21
    # One that is in no cache.
    other = f"ASK {{ ?s ?p '{address}' }}"
    assert ask(strict, other, address)[0] == 429
    assert ask(strict, other, "192.0.2.99") == (200, 0)
