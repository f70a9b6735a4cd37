"""A body that does not come holds a thread; how many there may be."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient

from filmgraph.errors import QueryBusyError, QueryQuotaError
from filmgraph.web.bodies import BodyGate
from tests.http.sparql_pool import NAMES, DirectPool


def test_one_client_has_a_few_bodies_on_their_way_and_another_still_gets_in() -> None:
    gate = BodyGate(3, 2)
    with gate.reading("a"), gate.reading("a"):
        with pytest.raises(QueryQuotaError, match="2 requests of yours") as refusal, gate.reading("a"):
            pass
        assert refusal.value.retry_after_seconds > 0
        with gate.reading("b"):
            pass


def test_all_clients_together_have_a_limit() -> None:
    gate = BodyGate(2, 2)
    with gate.reading("a"), gate.reading("b"), pytest.raises(QueryBusyError, match="too many requests"), gate.reading("c"):
        pass


def test_a_place_is_given_back_however_the_reading_ends() -> None:
    gate = BodyGate(1, 1)
    with pytest.raises(OSError, match="the client hung up"), gate.reading("a"):
        raise OSError("the client hung up")
    with gate.reading("a"):
        pass


def test_a_client_with_too_many_bodies_is_429_and_its_get_is_answered(ask: FlaskClient, pool: DirectPool) -> None:
    statuses: list[int] = []

    class Slow(io.RawIOBase):
        """While this body is being read, the same client sends another."""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            if len(statuses) <= pool.limits.client_bodies:
                send(Slow())
            return 0

    def send(body: io.RawIOBase) -> None:
        statuses.append(0)
        place = len(statuses) - 1
        environ = {"wsgi.input": body, "wsgi.input_terminated": True}
        statuses[place] = ask.post("/sparql", content_type="application/sparql-query", environ_overrides=environ).status_code

    send(Slow())
    assert statuses[pool.limits.client_bodies] == 429
    assert ask.get("/sparql", query_string={"query": NAMES}).status_code == 200
    assert ask.post("/sparql", data={"query": NAMES}).status_code == 200
