"""The supply of workers: spares, losses, storms, and the way back; shown by what happens, and not by how long it takes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from filmgraph.errors import QueryBusyError, StoreError
from filmgraph.formats import ResultsFormat
from filmgraph.queryworkers import WorkerPool
from filmgraph.queryworkers_supply import Damper, SupplyBusyError, SupplyClosedError, SupplyDownError, WorkerSupply
from filmgraph.queryworkers_worker import Worker
from filmgraph.settings import EndpointSettings

FAR = time.monotonic() + 100_000


class Factory:
    """Starts real workers, as long as it is not told to fail or to wait."""

    def __init__(self, release_path: Path, limits: EndpointSettings) -> None:
        self.release_path = release_path
        self.memory_bytes = limits.memory_bytes
        self.may_start = threading.Event()
        self.may_start.set()
        self.is_failing = False
        self.tries = 0
        self.tried = threading.Condition()

    def __call__(self) -> Worker:
        assert self.may_start.wait(60)
        with self.tried:
            self.tries += 1
            self.tried.notify_all()
        if self.is_failing:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return Worker(self.release_path, self.memory_bytes)

    def await_tries(self, count: int) -> None:
        with self.tried:
            assert self.tried.wait_for(lambda: self.tries >= count, 60)


@pytest.fixture
def factory(numbers_release: Path, limits: EndpointSettings) -> Factory:
    return Factory(numbers_release, limits)


@pytest.fixture
def supply(factory: Factory) -> Iterator[Callable[[int], WorkerSupply]]:
    with ExitStack() as stack:
        stack.callback(factory.may_start.set)

        def make(size: int) -> WorkerSupply:
            made = WorkerSupply(factory, size)
            stack.callback(made.close)
            made.await_all()
            return made

        yield make


def lose(supply: WorkerSupply, worker: Worker) -> None:
    os.kill(worker.pid, signal.SIGKILL)
    supply.replace(worker, is_lost=True)


def test_a_spare_stands_in_while_another_worker_starts(supply: Callable[[int], WorkerSupply], factory: Factory) -> None:
    made = supply(2)
    first = made.take(FAR)
    factory.may_start.clear()
    made.replace(first)
    # Nothing starts until it may, and yet there is one.
    spare = made.take(FAR)
    assert spare.pid != first.pid
    assert made.state.ready == 1
    factory.may_start.set()
    made.give_back(spare)
    made.await_all()
    assert made.state.ready == 2


def test_only_a_worker_that_is_ready_is_given_out(supply: Callable[[int], WorkerSupply]) -> None:
    made = supply(1)
    for _ in range(3):
        worker = made.take(FAR)
        assert worker.is_ready
        made.replace(worker)


def test_a_worker_that_dies_idle_is_replaced_before_anybody_asks(supply: Callable[[int], WorkerSupply], factory: Factory) -> None:
    made = supply(2)
    old = made.workers[0]
    os.kill(old.pid, signal.SIGKILL)
    factory.await_tries(3)
    made.await_all(is_patient=True)
    assert old not in made.workers
    assert len(made.workers) == 2


def test_with_no_worker_free_in_time_the_asker_is_told(supply: Callable[[int], WorkerSupply]) -> None:
    made = supply(1)
    worker = made.take(FAR)
    with pytest.raises(SupplyBusyError):
        made.take(time.monotonic())
    made.give_back(worker)


def test_who_waits_gets_the_worker_that_comes_back(supply: Callable[[int], WorkerSupply]) -> None:
    made = supply(1)
    worker = made.take(FAR)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(made.take, FAR)
        made.give_back(worker)
        assert waiting.result(60) is worker
    made.give_back(worker)


def test_a_query_that_waited_for_half_of_its_deadline_is_told_to_come_back(
    numbers_release: Path, limits: EndpointSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WorkerPool(numbers_release, replace(limits, deadline_seconds=0.4, workers=1)) as pool:
        waits: list[float] = []
        take = pool._supply.take

        def record(wait_until: float) -> Worker:
            waits.append(wait_until - time.monotonic())
            return take(wait_until)

        monkeypatch.setattr(pool._supply, "take", record)
        held = take(FAR)
        with pytest.raises(QueryBusyError, match="all query workers are busy") as caught:
            pool.run("ASK {}", ResultsFormat.CSV)
        assert waits == [pytest.approx(0.2, abs=0.2)]
        assert waits[0] <= 0.2
        assert caught.value.retry_after_seconds == 1
        # It comes free for others, but not for that one.
        pool._supply.give_back(held)
        assert take(FAR) is held
        pool._supply.give_back(held)


def test_a_closed_supply_turns_away_those_who_wait(factory: Factory) -> None:
    made = WorkerSupply(factory, 1)
    made.await_all()
    worker = made.take(FAR)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(made.take, FAR)
        made.close()
        assert isinstance(waiting.exception(60), SupplyClosedError)
    assert not worker.is_running
    made.give_back(worker)
    assert made.workers == ()


def test_when_the_system_refuses_processes_nobody_waits_and_it_recovers(
    supply: Callable[[int], WorkerSupply], factory: Factory
) -> None:
    made = supply(2)
    first, second = made.take(FAR), made.take(FAR)
    factory.is_failing = True
    made.replace(first)
    made.replace(second)
    # Waits without end, but for being told.
    with pytest.raises(SupplyDownError) as caught:
        made.take(FAR)
    assert 0 <= caught.value.seconds <= Damper.MOST_SECONDS
    assert made.state.is_down
    factory.is_failing = False
    made.await_all(is_patient=True)
    assert not made.state.is_down
    last = made.take(FAR)
    assert last.is_running
    made.give_back(last)


def test_a_worker_that_is_left_still_works_while_others_are_missing(
    supply: Callable[[int], WorkerSupply], factory: Factory
) -> None:
    made = supply(2)
    worker = made.take(FAR)
    factory.is_failing = True
    made.replace(worker)
    factory.await_tries(2 + 3)
    kept = made.take(FAR)
    made.give_back(kept)
    assert made.take(FAR) is kept
    assert made.state.is_down
    made.give_back(kept)


def test_a_storm_of_deaths_is_damped(supply: Callable[[int], WorkerSupply], factory: Factory) -> None:
    made = supply(1)
    deaths = 0
    with suppress(SupplyDownError):
        while deaths < 50:
            lose(made, made.take(FAR))
            deaths += 1
    # One worker may die once; the second death within ten seconds makes the next start wait.
    assert deaths == 2
    assert factory.tries == 2


@pytest.mark.parametrize(("losses", "wait"), [(0, None), (2, None), (3, 0.1), (4, 0.2), (5, 0.4), (9, 2.0), (5_000, 2.0)])
def test_each_loss_beyond_patience_doubles_the_wait(losses: int, wait: float | None) -> None:
    damper = Damper(2)
    for n in range(losses):
        damper.count_loss(100.0 + n / 10_000)
    last = 100.0 + (losses - 1) / 10_000
    assert damper.is_storm(last) is (wait is not None)
    assert (damper.next_start == pytest.approx(last + wait)) if wait is not None else damper.next_start < 0


def test_calm_makes_up_for_losses() -> None:
    damper = Damper(1)
    for now in (100.0, 101.0, 102.0):
        damper.count_loss(now)
    assert damper.is_storm(111.9)
    assert not damper.is_storm(112.1)
    damper.count_loss(112.1)
    assert not damper.is_storm(112.1)


def test_a_store_that_vanishes_turns_queries_away_at_once_and_starts_no_storm(
    numbers_release: Path, limits: EndpointSettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "2026-11-22.9"
    path.mkdir()
    for each in numbers_release.iterdir():
        (path / each.name).symlink_to(each)
    with WorkerPool(path, limits) as pool:
        (path / "store").unlink()
        for pid in pool.pids:
            os.kill(pid, signal.SIGKILL)
        refusal = _ask_until_refused(pool)
        assert "too few query workers live" in str(refusal)
        assert 1 <= refusal.retry_after_seconds <= 4
        assert pool.state.is_down
        assert "cannot open the store of" in caplog.text
        (path / "store").symlink_to(numbers_release / "store")
        pool._supply.await_all(is_patient=True)
        assert pool.run("ASK {}", ResultsFormat.CSV).body == b"true"
        assert not pool.state.is_down
    assert "the query workers are back" in caplog.text


def _ask_until_refused(pool: WorkerPool) -> QueryBusyError:
    """Ask; a worker may die under it at first, and that is no news."""
    while True:
        try:
            pool.run("ASK {}", ResultsFormat.CSV)
        except StoreError:
            continue
        except QueryBusyError as error:
            return error
