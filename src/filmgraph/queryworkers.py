"""Runs users' queries in disposable processes: a query is ended by ending its process, because nothing less ends it.

The engine has no timeout, no cancel and no memory limit, and some queries crash it. So each query runs alone in a worker with an
address space, a deadline and a result size of its own, and without any network. A worker that is killed or dies is replaced at
once.
"""

from __future__ import annotations

import contextlib
import math
import queue
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NoReturn, Protocol

from filmgraph.errors import (
    QueryBusyError,
    QueryError,
    QuerySyntaxError,
    QueryTimeoutError,
    QueryTooLargeError,
    SettingsError,
    StoreError,
)
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.manifest import load_manifest
from filmgraph.queryguard import GuardLimits, check_query
from filmgraph.queryworkers_process import pack_message
from filmgraph.queryworkers_worker import Worker, WorkerDiedError, WorkerLateError
from filmgraph.settings import EndpointSettings

__all__ = ["MEMORY_FLOOR", "Answer", "QueryDataset", "QueryPool", "WorkerPool", "run_local"]

#: Address space in bytes that a worker needs for itself (262 MB measured, with pyoxigraph 0.5.13) and a small query.
MEMORY_FLOOR: Final = 384 * 1024 * 1024
_START_SECONDS: Final = 30.0
_QUERIES_PER_WORKER: Final = 1_000
_CPU_GRACE_SECONDS: Final = 2.0
_NO_PROCESS: Final = "no query worker could be started: the system is out of processes or memory; try again in a moment"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave: the serialised result, its Content-Type, and how long it took from admission, in seconds."""

    body: bytes
    content_type: str
    seconds: float


@dataclass(frozen=True, slots=True)
class QueryDataset:
    """The graphs a query sees, where it may not see all (https://www.w3.org/TR/sparql11-protocol/#dataset).

    The `default_graphs` together are its default graph ("" is the published graph); GRAPH reaches the `named_graphs`.
    """

    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


class QueryPool(Protocol):
    """What runs queries for the web pages."""

    @property
    def limits(self) -> EndpointSettings:
        """The limits that every query is under."""
        ...

    def run(self, text: str, result_format: ResultsFormat | DocumentFormat, dataset: QueryDataset | None = None) -> Answer:
        """Run a query that the guard has let pass, and return its complete result; see `WorkerPool.run` for the errors."""
        ...


class WorkerPool:
    """The query workers of one release, for one web process; all threads of it may call `run` at once.

    Make it in the process that uses it, never before a fork. Close it, or use it as a context manager. `is_offline` tells whether
    the kernel keeps the workers from the network; where it does not, only the guard keeps SERVICE out.
    """

    def __init__(self, release_path: Path, limits: EndpointSettings) -> None:
        """Start `limits.workers` workers. SettingsError for too little memory, StoreError when the store cannot be opened."""
        if limits.memory_bytes < MEMORY_FLOOR:
            raise SettingsError(
                f"memory_bytes = {limits.memory_bytes} should be at least {MEMORY_FLOOR}: the engine itself needs that much"
            )
        self.release_path = release_path.resolve()
        self._limits = limits
        self._idle: queue.SimpleQueue[Worker | None] = queue.SimpleQueue()
        self._orders: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._workers: set[Worker] = set()
        self._lock = threading.Lock()
        self._is_closed = False
        self.is_offline = False
        # The kernel ends a worker when the *thread* that started it ends, so one lasting thread starts them all.
        self._starter = threading.Thread(target=self._start_workers, name="filmgraph-query-workers", daemon=True)
        self._starter.start()
        for _ in range(limits.workers):
            self._orders.put(True)
        try:
            self._check_workers()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    @property
    def limits(self) -> EndpointSettings:
        """The limits that every query is under."""
        return self._limits

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers that there are just now."""
        with self._lock:
            return tuple(sorted(worker.pid for worker in self._workers))

    def run(self, text: str, result_format: ResultsFormat | DocumentFormat, dataset: QueryDataset | None = None) -> Answer:
        """Run a query that the guard has let pass, and return its complete result.

        The deadline counts from this call; half of it may be spent waiting for a free worker. Raises QueryBusyError,
        QueryTimeoutError, QueryTooLargeError, QuerySyntaxError, QueryError (the engine cannot do this), StoreError.
        """
        started = time.monotonic()
        request = self._pack_request(text, result_format, dataset)
        worker = self._take(started)
        try:
            deadline = started + self.limits.deadline_seconds
            worker.await_ready(deadline)
            message, body = worker.ask(request, deadline)
        except WorkerLateError:
            self._replace(worker)
            raise QueryTimeoutError(
                f"the query ran longer than {self.limits.deadline_seconds:g} seconds and was ended: ask for less at once"
            ) from None
        except WorkerDiedError:
            raise self._explain_death(self._replace(worker)) from None
        except BaseException:
            self._replace(worker)
            raise
        self._give_back(worker)
        self._raise_for(message)
        return Answer(body, result_format.format.content_type, time.monotonic() - started)

    def close(self) -> None:
        """End all workers, busy or not, and wait until they are gone."""
        with self._lock:
            self._is_closed = True
        self._orders.put(False)
        self._starter.join()
        with self._lock:
            workers = list(self._workers)
            self._workers.clear()
        for worker in workers:
            worker.kill()
        with contextlib.suppress(queue.Empty):
            while True:
                if (idle := self._idle.get_nowait()) is not None:
                    idle.stop()
        # Wakes whoever still waits for a worker.
        self._idle.put(None)

    def _pack_request(self, text: str, result_format: ResultsFormat | DocumentFormat, dataset: QueryDataset | None) -> bytes:
        return pack_message(
            {
                "query": text,
                "media_type": result_format.media_type,
                "result_bytes": self.limits.result_bytes,
                "cpu_seconds": self.limits.deadline_seconds + _CPU_GRACE_SECONDS,
                "default_graphs": None if dataset is None else dataset.default_graphs,
                "named_graphs": None if dataset is None else dataset.named_graphs,
            }
        )

    def _start_workers(self) -> None:
        while self._orders.get():
            try:
                worker = Worker(self.release_path, self.limits.memory_bytes)
            except OSError:
                self._idle.put(None)
                continue
            with self._lock:
                self._workers.add(worker)
            self._idle.put(worker)

    def _check_workers(self) -> None:
        """Wait until every worker has its store open: the first queries meet warm workers, and errors show at the start."""
        started = [self._idle.get() for _ in range(self._limits.workers)]
        try:
            for worker in started:
                if worker is None:
                    raise StoreError(_NO_PROCESS)
                self._check_worker(worker)
        finally:
            for worker in started:
                if worker is not None:
                    self._idle.put(worker)
        self.is_offline = all(worker.is_offline for worker in started if worker is not None)

    def _check_worker(self, worker: Worker) -> None:
        try:
            worker.await_ready(time.monotonic() + _START_SECONDS)
        except (WorkerDiedError, WorkerLateError):
            raise self._no_start(worker.stop()) from None

    def _take(self, started: float) -> Worker:
        wait_until = started + self.limits.deadline_seconds / 2
        while True:
            try:
                worker = self._idle.get(timeout=max(0.0, wait_until - time.monotonic()))
            except queue.Empty:
                raise QueryBusyError(
                    "all query workers are busy: try again in a moment", math.ceil(self.limits.deadline_seconds)
                ) from None
            if self._is_closed:
                self._refuse(worker)
            if worker is None:
                self._orders.put(True)
                raise StoreError(_NO_PROCESS)
            if worker.is_running:
                return worker
            # It died idle: killed from outside, or it never came up.
            code, was_ready = self._replace(worker), worker.is_ready
            if not was_ready:
                raise self._no_start(code)

    def _refuse(self, worker: Worker | None) -> NoReturn:
        if worker is not None:
            worker.stop()
        self._idle.put(None)
        raise StoreError("the endpoint is closing")

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            is_kept = not self._is_closed and worker.answered < _QUERIES_PER_WORKER
            if is_kept:
                self._idle.put(worker)
        if not is_kept:
            self._replace(worker)

    def _replace(self, worker: Worker) -> int:
        """End a worker, order another in its place, and return the exit code."""
        with self._lock:
            self._workers.discard(worker)
            if not self._is_closed:
                self._orders.put(True)
        return worker.stop()

    def _explain_death(self, code: int) -> QueryError | StoreError:
        if self._is_closed:
            return StoreError("the endpoint is closing")
        if code == -signal.SIGXCPU:
            return QueryTimeoutError("the query used up its processor time and was ended: ask for less at once")
        if code < 0:
            return QueryTooLargeError(
                "the query needed more memory or nesting than allowed and was ended: "
                "ask for less at once, or leave out ORDER BY and DISTINCT"
            )
        return self._no_start(code)

    def _no_start(self, code: int) -> StoreError:
        return StoreError(
            f"a query worker ended with code {code}; to see why, run: "
            f"python -m filmgraph.queryworkers_process {self.release_path} PARENT_PID {self.limits.memory_bytes}"
        )

    def _raise_for(self, message: Mapping[str, Any]) -> None:
        match message["status"]:
            case "syntax":
                raise QuerySyntaxError(_shorten_syntax_message(message["message"]))
            case "too_large":
                raise QueryTooLargeError(
                    f"the result has more than {self.limits.result_bytes} bytes, which is the limit: "
                    "ask for it in pages with ORDER BY, LIMIT and OFFSET, or take the dump"
                )
            case "failed":
                raise QueryError(f"the query cannot be answered: {message['message']}")


def _shorten_syntax_message(message: str) -> str:
    """Turn `error at 3:2: expected one of …` into a sentence; what was expected is left out where it is a long list."""
    place, separator, expected = message.removeprefix("error at ").partition(": ")
    line, _, column = place.partition(":")
    if not (separator and line.isdecimal() and column.isdecimal()):
        return f"the query does not parse: {message}"
    expected = " ".join(expected.split())
    return f"line {line}, column {column}: the query does not parse here" + (f" ({expected})" if len(expected) <= 80 else "")


def run_local(release_path: Path, text: str, endpoint: EndpointSettings, result_format: ResultsFormat | DocumentFormat) -> Answer:
    """Check and run one query against a release, under the endpoint's limits, and return its answer.

    Raises ReleaseError when there is no such release, and all that the guard and the pool raise.
    """
    manifest = load_manifest(release_path)
    check_query(text, GuardLimits(query_bytes=endpoint.query_bytes), manifest.graphs.keys())
    with WorkerPool(release_path, replace(endpoint, workers=1)) as pool:
        return pool.run(text, result_format)
