"""What one client may use, and what it gets beside others; time is pretended."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from filmgraph.admission import Admission, choose_next
from filmgraph.admission_book import Entry
from filmgraph.admission_ledger import Use
from filmgraph.errors import (
    QueryAbandonedError,
    QueryBarredError,
    QueryBusyError,
    QueryCrashError,
    QueryError,
    QueryForbiddenError,
    QueryQuotaError,
    QuerySyntaxError,
    QueryTimeoutError,
    QueryTooLargeError,
    StoreError,
)
from filmgraph.settings import EndpointSettings
from tests.admission.conftest import Door, FakeClock

GREEDY, MODEST, OTHER = "192.0.2.1", "192.0.2.2", "192.0.2.3"
OPEN = EndpointSettings(client_failures_per_minute=1_000, client_burst_seconds=10_000.0, client_seconds_per_minute=10_000.0)


def work(admission: Admission, clock: FakeClock, client: str, seconds: float, text: str = "ASK {}") -> None:
    with admission.admit(client, text):
        clock.now += seconds


def fail(admission: Admission, client: str, error: Exception, text: str = "ASK {}") -> None:
    with pytest.raises(type(error)), admission.admit(client, text):
        raise error


def test_a_query_is_let_in_at_once_and_leaves_its_place(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(workers=1, queue=0, client_queries=1))
    for _ in range(5):
        work(admission, clock, MODEST, 0.001)
    assert clock.now == pytest.approx(1_000.005)


def test_a_place_is_given_back_after_an_error_too(door: Door) -> None:
    admission = door(EndpointSettings(workers=1, queue=0, client_queries=1))
    for error in (QuerySyntaxError("no"), StoreError("no"), ZeroDivisionError()):
        fail(admission, MODEST, error)
    with admission.admit(MODEST, "ASK {}"):
        pass


def test_more_queries_under_way_than_allowed_are_429(door: Door) -> None:
    admission = door(EndpointSettings(workers=8, client_queries=2))
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(admission.admit(GREEDY, "ASK {}"))
        with pytest.raises(QueryQuotaError, match="2 queries of yours are under way") as caught:
            stack.enter_context(admission.admit(GREEDY, "ASK {}"))
        assert caught.value.retry_after_seconds == 1
        stack.enter_context(admission.admit(MODEST, "ASK {}"))


def test_the_last_free_worker_is_kept_for_a_client_who_has_none(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(workers=2, client_queries=5))
    with admission.admit(GREEDY, "ASK {}"):
        with pytest.raises(QueryBusyError), admission.admit(GREEDY, "ASK {}"):
            pass
        assert clock.now == pytest.approx(1_002.0, abs=0.03)
        with admission.admit(MODEST, "ASK {}"):
            assert clock.now == pytest.approx(1_002.0, abs=0.03)


def test_without_a_reserve_one_client_may_use_all_workers(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(workers=2, reserved_workers=0))
    with admission.admit(GREEDY, "ASK {}"), admission.admit(GREEDY, "ASK {}"):
        assert clock.now == 1_000.0


def test_one_worker_is_enough_for_whoever_comes(door: Door) -> None:
    with door(EndpointSettings(workers=1)).admit(GREEDY, "ASK {}"):
        pass


def test_a_waiting_query_starts_when_a_place_is_free(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(workers=1))
    stack = ExitStack()
    stack.enter_context(admission.admit(GREEDY, "ASK {}"))
    clock.at(0.5, stack.close)
    with admission.admit(MODEST, "ASK {}"):
        assert clock.now == pytest.approx(1_000.5, abs=0.03)


def test_waiting_ends_with_503_and_leaves_the_queue(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(workers=1, queue=1, queue_seconds=2.0))
    with admission.admit(GREEDY, "ASK {}"):
        for turn in (1, 2):
            with pytest.raises(QueryBusyError) as caught, admission.admit(MODEST, "ASK {}"):
                pass
            assert caught.value.retry_after_seconds == 3
            assert clock.now == pytest.approx(1_000 + 2.0 * turn, abs=0.06)


def test_waiting_is_not_work(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(workers=1, client_burst_seconds=1.0, client_seconds_per_minute=1.0))
    with admission.admit(GREEDY, "ASK {}"):
        with pytest.raises(QueryBusyError), admission.admit(MODEST, "ASK {}"):
            pass
        clock.now += 1
    work(admission, clock, MODEST, 0.1)


def test_a_full_queue_turns_the_newcomer_away(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(workers=1, queue=0))
    with admission.admit(GREEDY, "ASK {}"), pytest.raises(QueryBusyError), admission.admit(MODEST, "ASK {}"):
        pass
    assert clock.now == 1_000.0


def test_in_a_full_queue_a_modest_client_takes_the_place_of_a_greedy_one(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(workers=1, queue=1))
    work(admission, clock, GREEDY, 20)
    first = ExitStack()
    first.enter_context(admission.admit(OTHER, "ASK {}"))
    modest: list[float] = []

    def come() -> None:
        clock.at(0.1, first.close)
        with admission.admit(MODEST, "ASK {}"):
            modest.append(clock.now)

    clock.at(0.1, come)
    with pytest.raises(QueryBusyError), admission.admit(GREEDY, "ASK {}"):
        pass
    assert len(modest) == 1


def test_a_greedy_client_never_blocks_a_modest_one(door: Door, clock: FakeClock) -> None:
    """For ten minutes one asks for ten seconds as often as it can, the other for a tenth of a second every five seconds."""
    admission = door(EndpointSettings(workers=2, client_queries=4))
    busy: list[ExitStack] = []
    refused = 0
    waits = []
    for second in range(600):
        if second % 10 == 0:
            for stack in busy:
                stack.close()
            busy.clear()
            try:
                busy.append(ExitStack())
                busy[-1].enter_context(admission.admit(GREEDY, f"# {second}\nASK {{}}"))
                busy.append(ExitStack())
                busy[-1].enter_context(admission.admit(GREEDY, f"# {second}\nASK {{}}"))
            except (QueryBusyError, QueryQuotaError):
                refused += 1
        if second % 5 == 0:
            came = clock.now
            with admission.admit(MODEST, "ASK {}"):
                waits.append(clock.now - came)
                clock.now += 0.1
        clock.now = max(clock.now, 1_000.0 + second + 1)
    for stack in busy:
        stack.close()
    assert refused > 0
    assert len(waits) == 120
    assert max(waits) == 0.0


@pytest.mark.parametrize(
    ("entries", "used", "expected"),
    [
        ([], {}, None),
        ([Entry(1, "a", 0.0, 5.0)], {}, None),
        ([Entry(1, "a", 0.0, None)], {}, 1),
        ([Entry(1, "a", 3.0, None), Entry(2, "b", 2.0, None)], {}, 2),
        ([Entry(1, "a", 1.0, None), Entry(2, "b", 2.0, None)], {"a": 9.0, "b": 1.0}, 2),
        ([Entry(1, "a", 0.0, 5.0), Entry(2, "a", 1.0, None), Entry(3, "b", 2.0, None)], {"b": 99.0}, 3),
        ([Entry(1, "a", 0.0, 5.0), Entry(2, "a", 1.0, None)], {}, None),
        ([Entry(1, "a", 0.0, 5.0), Entry(2, "b", 0.0, 5.0), Entry(3, "c", 1.0, None)], {}, None),
    ],
    ids=["nobody", "nobody waits", "one", "first come", "least used", "fewest running", "reserved", "all taken"],
)
def test_the_next_in_line(entries: list[Entry], used: dict[str, float], expected: int | None) -> None:
    uses = {each.client: Use(used.get(each.client, 0.0)) for each in entries}
    assert choose_next(entries, uses, EndpointSettings(workers=2)) == expected


def test_work_beyond_the_share_is_429_until_time_has_made_up_for_it(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(client_seconds_per_minute=30.0, client_burst_seconds=20.0))
    for _ in range(2):
        work(admission, clock, GREEDY, 14)
    with pytest.raises(QueryQuotaError, match="30 seconds a minute") as caught:
        work(admission, clock, GREEDY, 0)
    # 28 seconds of work, less what the last 14 of them let out at half a second each second: 21, which is one over.
    assert caught.value.retry_after_seconds == 3
    work(admission, clock, MODEST, 0)
    clock.now += caught.value.retry_after_seconds
    work(admission, clock, GREEDY, 0)


def test_work_under_way_counts_before_it_ends(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(workers=4, client_queries=3, client_burst_seconds=5.0))
    with admission.admit(GREEDY, "ASK {}"):
        clock.now += 6
        with pytest.raises(QueryQuotaError, match="60 seconds a minute"), admission.admit(GREEDY, "ASK {}"):
            pass


def test_a_client_who_was_away_has_saved_no_more_than_its_burst(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(client_seconds_per_minute=60.0, client_burst_seconds=10.0, client_queries=1))
    work(admission, clock, GREEDY, 1)
    clock.now += 10_000
    work(admission, clock, GREEDY, 15)
    with pytest.raises(QueryQuotaError):
        work(admission, clock, GREEDY, 0)


def test_failures_beyond_the_share_are_429_until_a_while_has_gone_by(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(client_failures_per_minute=3))
    for _ in range(3):
        fail(admission, GREEDY, QuerySyntaxError("no"))
    with pytest.raises(QueryQuotaError, match="3 queries of yours in a minute ended in errors") as caught:
        fail(admission, GREEDY, QuerySyntaxError("no"))
    assert caught.value.retry_after_seconds == 21
    work(admission, clock, MODEST, 0)
    clock.now += 21
    work(admission, clock, GREEDY, 0)


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (QuerySyntaxError("no"), True),
        (QueryForbiddenError("no"), True),
        (QueryTooLargeError("no"), True),
        (QueryTimeoutError("no"), True),
        (QueryError("no"), True),
        (QueryBusyError("no"), False),
        (QueryAbandonedError("no"), False),
        (StoreError("no"), False),
        (ValueError("no"), False),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_only_the_clients_own_failures_count(door: Door, error: Exception, *, counts: bool) -> None:
    admission = door(EndpointSettings(client_failures_per_minute=1))
    fail(admission, GREEDY, error, "ASK { }")
    if counts:
        fail(admission, GREEDY, QueryQuotaError("x"))
    else:
        fail(admission, GREEDY, KeyError("was let in"))


def test_a_failure_that_was_caught_counts_once(door: Door) -> None:
    admission = door(EndpointSettings(client_failures_per_minute=2))
    with admission.admit(GREEDY, "ASK {}") as ticket:
        ticket.failed(QuerySyntaxError("first"))
        ticket.failed(QuerySyntaxError("second"))
    fail(admission, GREEDY, QuerySyntaxError("third"))
    fail(admission, GREEDY, QueryQuotaError("full now"))


@pytest.mark.parametrize("error", [QueryTimeoutError("late"), QueryCrashError("out of memory")], ids=["late", "crashed"])
def test_a_query_that_ended_two_workers_is_refused_for_everybody_for_a_while(
    door: Door, clock: FakeClock, error: QueryError
) -> None:
    admission = door(OPEN)
    fail(admission, GREEDY, error, "SELECT * { bomb }")
    clock.now += 5
    fail(admission, OTHER, error, "SELECT  *\n{ bomb } ")
    with pytest.raises(QueryBarredError, match="2 times and is refused for another 10 minutes") as caught:
        work(admission, clock, MODEST, 0, "SELECT * { bomb }")
    assert caught.value.retry_after_seconds == 601
    work(admission, clock, GREEDY, 0, "SELECT * { harmless }")
    clock.now += 599
    with pytest.raises(QueryBarredError, match="another 1 second:"):
        work(admission, clock, MODEST, 0, "SELECT * { bomb }")
    clock.now += 2
    work(admission, clock, MODEST, 0, "SELECT * { bomb }")


def test_two_ends_far_apart_do_not_bar_a_query(door: Door, clock: FakeClock) -> None:
    admission = door(OPEN)
    for _ in range(3):
        fail(admission, GREEDY, QueryTimeoutError("late"))
        clock.now += 601
    work(admission, clock, GREEDY, 0)


def test_whether_the_deadline_counts_is_a_setting(door: Door, clock: FakeClock) -> None:
    admission = door(EndpointSettings(ban_counts_timeouts=False, ban_kills=1))
    fail(admission, GREEDY, QueryTimeoutError("late"))
    work(admission, clock, GREEDY, 0)
    fail(admission, GREEDY, QueryCrashError("out of memory"))
    fail(admission, GREEDY, QueryBarredError("now it is", 1))


@pytest.mark.parametrize("error", [QueryTooLargeError("a long result"), QuerySyntaxError("no"), QueryBusyError("full")])
def test_other_errors_bar_no_query(door: Door, clock: FakeClock, error: QueryError) -> None:
    admission = door(OPEN)
    for _ in range(5):
        fail(admission, GREEDY, error)
    work(admission, clock, GREEDY, 0)


def test_who_leaves_starts_the_next_one_at_once() -> None:
    """Nobody has to look at a clock: the wait has no end but the leaving itself."""
    is_told: list[bool] = []
    waits = threading.Event()

    def wait(turn: threading.Event, _: float) -> None:
        waits.set()
        is_told.append(turn.wait(30))

    admission = Admission(EndpointSettings(workers=1, queue=1, queue_seconds=500.0), None, wait=wait)

    def ask() -> None:
        with admission.admit("192.0.2.2", "ASK {}"):
            pass

    asker = threading.Thread(target=ask)
    with admission.admit("192.0.2.1", "ASK {}"):
        asker.start()
        assert waits.wait(30)
    asker.join(30)
    assert is_told == [True]
    admission.close()
