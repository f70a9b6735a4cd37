"""Clients of short queries are not locked out by long ones; refused queries and clients that leave do not count for nothing."""

from __future__ import annotations

import math

import pytest

from filmgraph.admission import Admission, choose_next
from filmgraph.admission_book import Entry
from filmgraph.admission_ledger import Use
from filmgraph.errors import QueryAbandonedError, QueryBusyError, QueryQuotaError
from filmgraph.settings import EndpointSettings
from tests.admission.conftest import Door, FakeClock

GREEDY, MODEST, OTHER = "192.0.2.1", "192.0.2.2", "192.0.2.3"


def work(admission: Admission, clock: FakeClock, client: str, seconds: float) -> None:
    with admission.admit(client, "ASK {}"):
        clock.now += seconds


def fail(admission: Admission, client: str, error: Exception) -> None:
    with pytest.raises(type(error)), admission.admit(client, "ASK {}"):
        raise error


RUNNING = [Entry(1, "a", 0.0, 5.0), Entry(2, "b", 0.0, 5.0)]


@pytest.mark.parametrize(
    ("entries", "slowest", "expected"),
    [
        ([*RUNNING, Entry(3, "c", 1.0, None)], {"c": 0.2}, 3),
        ([*RUNNING, Entry(3, "c", 1.0, None)], {"c": 0.3}, None),
        ([*RUNNING, Entry(3, "c", 1.0, None)], {}, None),
        ([*RUNNING, Entry(3, "c", 1.0, None), Entry(4, "d", 2.0, None)], {"d": 0.1}, 4),
        ([*RUNNING, Entry(3, "a", 1.0, None)], {"a": 0.1}, None),
        ([*RUNNING, Entry(3, "c", 1.0, 5.0), Entry(4, "d", 2.0, None)], {"c": 0.1, "d": 0.1}, None),
    ],
    ids=["short", "not short", "unknown", "overtakes", "has one running", "the spare is taken"],
)
def test_a_client_of_short_queries_gets_the_spare_worker(
    entries: list[Entry], slowest: dict[str, float], expected: int | None
) -> None:
    uses = {each.client: Use(0.0, 0.0, slowest.get(each.client, math.inf)) for each in entries}
    assert choose_next(entries, uses, EndpointSettings(workers=2)) == expected


def test_long_queries_of_others_never_lock_out_a_client_of_short_ones(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(workers=2, queue=0))
    work(admission, clock, MODEST, 0.1)
    with admission.admit(GREEDY, "ASK {}"), admission.admit(OTHER, "ASK {}"):
        for _ in range(3):
            came = clock.now
            with admission.admit(MODEST, "ASK {}"):
                assert clock.now == came
                clock.now += 0.1
        with pytest.raises(QueryBusyError), admission.admit("192.0.2.99", "ASK {}"):
            pass


def test_one_long_query_counts_for_a_while(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(workers=2, queue=0))
    work(admission, clock, MODEST, 2.0)

    def is_let_in_beside_others() -> bool:
        with admission.admit(GREEDY, "ASK {}"), admission.admit(OTHER, "ASK {}"):
            try:
                work(admission, clock, MODEST, 0.01)
            except QueryBusyError:
                return False
        return True

    assert not is_let_in_beside_others()
    for _ in range(15):
        work(admission, clock, MODEST, 0.01)
    assert not is_let_in_beside_others()
    for _ in range(5):
        work(admission, clock, MODEST, 0.01)
    assert is_let_in_beside_others()


def test_refused_queries_make_nobody_a_client_of_short_ones(door: Door) -> None:
    admission = door(EndpointSettings(workers=2, queue=0))
    admission.count_refusal(MODEST)
    with admission.admit(GREEDY, "ASK {}"), admission.admit(OTHER, "ASK {}"):
        fail(admission, MODEST, QueryBusyError("full"))


def test_refused_queries_count_as_failures(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(client_failures_per_minute=3))
    for _ in range(3):
        admission.count_refusal(GREEDY)
    with pytest.raises(QueryQuotaError, match="3 queries of yours in a minute ended in errors") as caught:
        admission.count_refusal(GREEDY)
    assert caught.value.retry_after_seconds == 21
    fail(admission, GREEDY, QueryQuotaError("full now"))
    admission.count_refusal(MODEST)
    clock.now += 21
    work(admission, clock, GREEDY, 0)


def test_refused_queries_take_no_place(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(workers=1, queue=0, client_queries=1))
    with admission.admit(GREEDY, "ASK {}"):
        admission.count_refusal(GREEDY)
    work(admission, clock, GREEDY, 0)


def test_who_leaves_while_waiting_gives_the_place_in_the_queue_back(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(workers=1, queue=1, queue_seconds=2.0, client_failures_per_minute=1))
    with admission.admit(GREEDY, "ASK {}"):
        with pytest.raises(QueryAbandonedError), admission.admit(MODEST, "ASK {}", lambda: clock.now > 1_000.1):
            pass
        assert clock.now == pytest.approx(1_000.1, abs=0.05)
        with pytest.raises(QueryBusyError), admission.admit(OTHER, "ASK {}"):
            pass
        assert clock.now == pytest.approx(1_002.1, abs=0.1)
    work(admission, clock, MODEST, 0)
