"""Keeps a pool's workers: starts them, hears when they are ready or dead, and starts others in their place, but never in a storm.

A worker that a query has used up is replaced at once. Workers that do not come up, or that something outside ends, are replaced
at once as well, until more of them are lost than there are; then ever later. As long as half of them or more are missing then,
nobody waits for one in vain: who finds none free is told so at once.
"""

from __future__ import annotations

import logging
import math
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from filmgraph.errors import StoreError
from filmgraph.queryworkers_worker import Worker, WorkerDiedError, WorkerLateError

__all__ = ["Damper", "SupplyBusyError", "SupplyClosedError", "SupplyDownError", "SupplyState", "WorkerSupply"]

_START_SECONDS: Final = 30.0
_GREETING_SECONDS: Final = 2.0
_FROM_OUTSIDE: Final = "something outside ended a query worker"
_NO_PROCESS: Final = "no query worker could be started: the system is out of processes or memory"
_LOGGER: Final = logging.getLogger(__name__)


class SupplyBusyError(Exception):
    """No worker was free in time."""


class SupplyClosedError(Exception):
    """There are no workers any more, and there will be none."""


class SupplyDownError(Exception):
    """Too few workers live, and new ones do not last; `seconds` from now another start is tried."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class SupplyState:
    """How many workers are there, free or not, of how many; `is_down` when queries are turned away for want of them."""

    ready: int
    size: int
    is_down: bool


class Damper:
    """How long to wait with the next start after workers were lost; ten calm seconds make up for all of them."""

    BASE_SECONDS: Final = 0.1
    MOST_SECONDS: Final = 2.0
    CALM_SECONDS: Final = 10.0

    def __init__(self, patience: int) -> None:
        """Take `patience` losses one after the other without a wait."""
        self._patience = patience
        self._losses = 0
        self._last = -math.inf

    def count_loss(self, now: float) -> None:
        """Note that a worker was lost and no query is to blame."""
        self._losses = self._losses + 1 if self.is_storm(now) or now - self._last < self.CALM_SECONDS else 1
        self._last = now

    def is_storm(self, now: float) -> bool:
        """Whether more workers were lost than patience bears."""
        return self._losses > self._patience and now - self._last < self.CALM_SECONDS

    @property
    def next_start(self) -> float:
        """The time before which no worker should be started."""
        over = self._losses - self._patience
        return -math.inf if over <= 0 else self._last + min(self.MOST_SECONDS, self.BASE_SECONDS * 2.0 ** min(over - 1, 30))


class WorkerSupply:
    """The workers of one pool. One thread starts them and closes them; any thread may take one, use it and give it back."""

    def __init__(self, start: Callable[[], Worker], size: int) -> None:
        """Begin to start `size` workers with `start`, which may raise OSError."""
        self._start = start
        self._size = size
        self._changed = threading.Condition()
        self._starting: dict[Worker, float] = {}
        self._ready: set[Worker] = set()
        self._idle: deque[Worker] = deque()
        self._ended: list[Worker] = []
        self._damper = Damper(size)
        self._fault = ""
        self._is_told = False
        self._is_closed = False
        # Belong to the thread: it alone closes what it listens to, so no file number ever means another file.
        self._by_fd: dict[int, Worker] = {}
        self._poll = select.poll()
        self._wake_end, self._wake_start = os.pipe()
        for end in (self._wake_end, self._wake_start):
            os.set_blocking(end, False)
        self._poll.register(self._wake_end, select.POLLIN)
        # The kernel ends a worker when the *thread* that started it ends, so one lasting thread starts them all.
        self._thread = threading.Thread(target=self._keep, name="filmgraph-query-workers", daemon=True)
        self._thread.start()

    @property
    def workers(self) -> tuple[Worker, ...]:
        """All workers that there are just now, ready or not."""
        with self._changed:
            return (*self._starting, *self._ready)

    @property
    def is_closed(self) -> bool:
        """Whether there will be no workers any more."""
        return self._is_closed

    @property
    def state(self) -> SupplyState:
        """How many workers are there just now."""
        with self._changed:
            return SupplyState(len(self._ready), self._size, self._is_down(time.monotonic()))

    def await_all(self, *, is_patient: bool = False) -> None:
        """Wait until all workers are ready; StoreError as soon as one is lost, unless patient."""
        with self._changed:
            while len(self._ready) < self._size:
                if self._fault and not is_patient:
                    raise StoreError(self._fault)
                self._changed.wait()

    def take(self, wait_until: float) -> Worker:
        """Return a free worker, for the caller alone until it gives it back or has it replaced.

        SupplyBusyError when none was free until then, SupplyDownError at once when too few are left, SupplyClosedError.
        """
        with self._changed:
            while True:
                if self._is_closed:
                    raise SupplyClosedError
                if worker := self._pop_idle():
                    return worker
                now = time.monotonic()
                if self._is_down(now):
                    raise SupplyDownError(max(0.0, self._damper.next_start - now))
                if now >= wait_until:
                    raise SupplyBusyError
                self._changed.wait(wait_until - now)

    def give_back(self, worker: Worker) -> None:
        """Let others have a worker that is as good as before."""
        with self._changed:
            if not self._is_closed:
                self._idle.append(worker)
                self._changed.notify()
                return
        worker.stop()

    def replace(self, worker: Worker, *, is_lost: bool = False) -> None:
        """End a worker, and start another in its place; `is_lost` when neither its query nor we have ended it."""
        worker.kill()
        with self._changed:
            self._end(worker, _FROM_OUTSIDE if is_lost else "")
            is_closed = self._is_closed
        if is_closed:
            worker.stop()
        else:
            self._wake()

    def close(self) -> None:
        """End all workers, busy or not, and wait until they are gone; those who use or wait for one find out."""
        with self._changed:
            if self._is_closed:
                return
            self._is_closed = True
            self._changed.notify_all()
        self._wake()
        self._thread.join()
        with self._changed:
            idle, busy = {*self._idle, *self._starting, *self._ended}, self._ready.difference(self._idle)
            for each in (self._idle, self._starting, self._ended, self._ready):
                each.clear()
        for worker in busy:
            worker.kill()
        for worker in idle:
            worker.stop()
        os.close(self._wake_end)
        os.close(self._wake_start)

    def _pop_idle(self) -> Worker | None:
        while self._idle:
            worker = self._idle.popleft()
            if worker.is_running:
                return worker
            # The thread will hear of it too, but later.
            self._end(worker, _FROM_OUTSIDE)
            self._wake()
        return None

    def _is_down(self, now: float) -> bool:
        return 2 * len(self._ready) <= self._size and self._damper.is_storm(now)

    def _end(self, worker: Worker, fault: str = "") -> None:
        """Strike a worker from the lists, once; with a fault it was lost. Only with the lock."""
        if worker not in self._ready and worker not in self._starting:
            return
        self._ready.discard(worker)
        self._starting.pop(worker, None)
        if worker in self._idle:
            self._idle.remove(worker)
        self._ended.append(worker)
        if fault:
            self._count_loss(fault)

    def _count_loss(self, fault: str) -> None:
        self._fault = fault
        now = time.monotonic()
        self._damper.count_loss(now)
        if self._is_down(now) and not self._is_told:
            self._is_told = True
            _LOGGER.error("the query workers are down, and queries are turned away: %s", fault)
        # Who waits for a worker may wait in vain now.
        self._changed.notify_all()

    def _wake(self) -> None:
        try:
            os.write(self._wake_start, b"x")
        except BlockingIOError:
            # It has not even read the last thousands of them.
            return

    def _keep(self) -> None:
        while not self._is_closed:
            self._close_ended()
            self._start_missing()
            for fd, event in self._poll.poll(self._rest_milliseconds()):
                if fd == self._wake_end:
                    os.read(self._wake_end, 4_096)
                elif fd in self._by_fd:
                    self._hear(self._by_fd[fd], event)
            self._end_late()

    def _close_ended(self) -> None:
        with self._changed:
            ended = list(self._ended)
            self._ended.clear()
        for worker in ended:
            self._stop_listening(worker)
            worker.stop()

    def _stop_listening(self, worker: Worker) -> None:
        if self._by_fd.pop(worker.answers_fd, None) is not None:
            self._poll.unregister(worker.answers_fd)

    def _start_missing(self) -> None:
        while (now := time.monotonic()) >= self._next_start(now):
            try:
                worker = self._start()
            except OSError as error:
                with self._changed:
                    self._count_loss(f"{_NO_PROCESS} ({error.strerror})")
                continue
            self._by_fd[worker.answers_fd] = worker
            self._poll.register(worker.answers_fd, select.POLLIN)
            with self._changed:
                self._starting[worker] = now + _START_SECONDS

    def _next_start(self, now: float) -> float:
        """Return when to start another worker: never, where none is missing."""
        with self._changed:
            is_storm = self._damper.is_storm(now)
            # In a storm one is tried, and the others once it stands.
            if self._is_closed or len(self._ready) + len(self._starting) >= self._size or (is_storm and self._starting):
                return math.inf
            return self._damper.next_start if is_storm else now

    def _rest_milliseconds(self) -> int | None:
        """Return how long there is nothing to do but listen."""
        now = time.monotonic()
        due = min((self._next_start(now), *self._starting.values()))
        return None if due == math.inf else max(0, math.ceil((due - now) * 1000))

    def _hear(self, worker: Worker, event: int) -> None:
        if worker in self._starting and event & select.POLLIN:
            self._welcome(worker)
            return
        self._stop_listening(worker)
        with self._changed:
            if worker in self._starting:
                self._end(worker, worker.tell_end())
            elif worker in self._idle:
                self._end(worker, _FROM_OUTSIDE)
            # Who has one that dies in use finds out, and says what the query had to do with it.

    def _welcome(self, worker: Worker) -> None:
        fault = ""
        try:
            worker.await_ready(time.monotonic() + _GREETING_SECONDS)
        except StoreError as error:
            fault = str(error)
        except (WorkerDiedError, WorkerLateError):
            fault = worker.tell_end()
        with self._changed:
            if fault:
                self._end(worker, fault)
            else:
                self._admit(worker)

    def _admit(self, worker: Worker) -> None:
        del self._starting[worker]
        self._ready.add(worker)
        self._idle.append(worker)
        # Answers are for whoever asks; the end of the pipe is told of in any case.
        self._poll.modify(worker.answers_fd, 0)
        if self._is_told and not self._is_down(time.monotonic()):
            self._is_told = False
            _LOGGER.error("the query workers are back")
        self._changed.notify_all()

    def _end_late(self) -> None:
        now = time.monotonic()
        with self._changed:
            for worker in [each for each, late in self._starting.items() if now >= late]:
                self._end(worker, f"a query worker was not ready after {_START_SECONDS:g} seconds")
