"""Runs users' queries in disposable processes: a query is ended by ending its process, because nothing less ends it.

The engine has no timeout, no cancel and no memory limit, and some queries crash it. So each query runs alone in a worker with an
address space, a deadline and a result size of its own, and without any network. `queryworkers_supply` puts others in the place
of those that are killed or die.
"""

from __future__ import annotations

import json
import math
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol

from filmgraph.errors import (
    QueryAbandonedError,
    QueryBusyError,
    QueryCrashError,
    QueryError,
    QuerySyntaxError,
    QueryTimeoutError,
    QueryTooLargeError,
    SettingsError,
    StoreError,
)
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.iris import IriScheme
from filmgraph.manifest import load_manifest
from filmgraph.queryguard import GuardLimits, check_query
from filmgraph.queryguard_describe import DescribePlan
from filmgraph.queryguard_place import Mistake
from filmgraph.queryworkers_process import pack_message
from filmgraph.queryworkers_supply import SupplyBusyError, SupplyClosedError, SupplyDownError, SupplyState, WorkerSupply
from filmgraph.queryworkers_worker import Worker, WorkerDiedError, WorkerLateError, WorkerUnwantedError
from filmgraph.serialisation import prefixes_for
from filmgraph.settings import EndpointSettings

__all__ = ["FIND_LIMIT", "MEMORY_FLOOR", "Answer", "Found", "QueryDataset", "QueryPool", "SupplyState", "WorkerPool", "run_local"]

#: Address space in bytes that a worker needs for itself (262 MB measured, with pyoxigraph 0.5.13) and a small query.
MEMORY_FLOOR: Final = 384 * 1024 * 1024
#: How many things one DESCRIBE query may name.
FIND_LIMIT: Final = 50
_QUERIES_PER_WORKER: Final = 1_000
_CPU_GRACE_SECONDS: Final = 2.0
#: Letters of a word that an error message shows.
_WORD_LENGTH: Final = 60
#: Seconds in which a worker starts, and more.
_START_SECONDS: Final = 1.0
#: Signals that no limit of ours sends, and no crash: the system ran out of memory, or somebody ended the process.
_FROM_OUTSIDE: Final = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP, -signal.SIGINT})
_PREFIXED: Final = (DocumentFormat.TURTLE.media_type, DocumentFormat.TRIG.media_type)
_CLOSING: Final = "the endpoint is closing"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave: the serialised result and its Content-Type.

    `seconds` is how long it took from the call to `run`; `queue_seconds` is the part of it spent waiting for a free worker.
    """

    body: bytes
    content_type: str
    seconds: float
    queue_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """The things that a DESCRIBE query names, each once, in the order of their finding; the times are those of an `Answer`."""

    iris: tuple[str, ...]
    seconds: float
    queue_seconds: float = 0.0


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

    @property
    def state(self) -> SupplyState:
        """How many workers are there just now, and whether queries are turned away for want of them."""
        ...

    def run(self, text: str, result_format: ResultsFormat | DocumentFormat, dataset: QueryDataset | None = None) -> Answer:
        """Run a query that the guard has let pass, and return its complete result; see `WorkerPool.run` for the errors."""
        ...

    def find(self, text: str, plan: DescribePlan) -> Found | None:
        """Return the things that the DESCRIBE query `text` names, or None where the plan did not parse; see `WorkerPool.find`."""
        ...


class WorkerPool:
    """The query workers of one release, for one web process; all threads of it may call `run` at once.

    Make it in the process that uses it, never before a fork. Close it, or use it as a context manager. `is_offline` tells whether
    the kernel keeps the workers from the network; where it does not, only the guard keeps SERVICE out.
    """

    def __init__(
        self,
        release_path: Path,
        limits: EndpointSettings,
        spares: int = 0,
        watch: Callable[[], Callable[[], bool]] | None = None,
    ) -> None:
        """Start `limits.workers` workers, and `spares` that stand in while one that was ended starts anew.

        `watch` is called by the thread that asks, for each query, and gives what tells whether its client has left.
        SettingsError for too little memory, StoreError when the store cannot be opened.
        """
        if limits.memory_bytes < MEMORY_FLOOR:
            raise SettingsError(
                f"memory_bytes = {limits.memory_bytes} should be at least {MEMORY_FLOOR}: the engine itself needs that much"
            )
        self.release_path = release_path.resolve()
        self._limits = limits
        self._watch = watch
        self._prefixes: dict[str, str] = {}
        self._base_iri: str | None = None
        self._supply = WorkerSupply(lambda: Worker(self.release_path, limits.memory_bytes), limits.workers + spares)
        try:
            self._supply.await_all()
            self._base_iri = load_manifest(self.release_path).base_iri
            self._prefixes = prefixes_for(IriScheme(self._base_iri))
        except BaseException:
            self.close()
            raise
        self.is_offline = all(worker.is_offline for worker in self._supply.workers)

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
        return tuple(sorted(worker.pid for worker in self._supply.workers))

    @property
    def state(self) -> SupplyState:
        """How many workers are there just now, and whether queries are turned away for want of them."""
        return self._supply.state

    def run(self, text: str, result_format: ResultsFormat | DocumentFormat, dataset: QueryDataset | None = None) -> Answer:
        """Run a query that the guard has let pass, and return its complete result.

        The deadline counts from this call; half of it may be spent waiting for a free worker. Raises QueryBusyError,
        QueryTimeoutError, QueryAbandonedError, QueryTooLargeError, QuerySyntaxError, QueryError (the engine cannot do this),
        StoreError.
        """
        started = time.monotonic()
        request = self._pack_request(text, dataset, media_type=result_format.media_type)
        message, body, queue_seconds = self._ask(request, started)
        self._raise_for(message, body)
        return Answer(body, result_format.format.content_type, time.monotonic() - started, queue_seconds)

    def find(self, text: str, plan: DescribePlan) -> Found | None:
        """Return the things that the DESCRIBE query `text` names, found by the queries of `plan`.

        None when a query of the plan does not parse although `text` does: then `run` it. Raises what `run` raises, and
        QueryTooLargeError for more than `FIND_LIMIT` things.
        """
        started = time.monotonic()
        message, body, queue_seconds = self._ask(self._pack_request(text, None, find=plan.queries), started)
        if message["status"] == "unclear":
            return None
        self._raise_for(message, body)
        return Found(tuple(json.loads(body)), time.monotonic() - started, queue_seconds)

    def _ask(self, request: bytes, started: float) -> tuple[dict[str, Any], bytes, float]:
        """Send a request to a free worker; return message and body of its answer, and the seconds waited for the worker."""
        worker = self._take(started)
        queue_seconds = time.monotonic() - started
        try:
            deadline = started + self.limits.deadline_seconds
            message, body = worker.ask(request, deadline, self._watch() if self._watch is not None else None)
        except WorkerLateError:
            self._supply.replace(worker)
            raise QueryTimeoutError(
                f"the query ran longer than {self.limits.deadline_seconds:g} seconds and was ended: ask for less at once"
            ) from None
        except WorkerUnwantedError:
            self._supply.replace(worker)
            raise QueryAbandonedError("the client left before the answer was there, and the query was ended") from None
        except WorkerDiedError:
            code = worker.kill()
            self._supply.replace(worker, is_lost=code in _FROM_OUTSIDE)
            raise self._explain_death(code) from None
        except BaseException:
            self._supply.replace(worker)
            raise
        if worker.answered < _QUERIES_PER_WORKER:
            self._supply.give_back(worker)
        else:
            self._supply.replace(worker)
        return message, body, queue_seconds

    def close(self) -> None:
        """End all workers, busy or not, and wait until they are gone."""
        self._supply.close()

    def _take(self, started: float) -> Worker:
        """Return a free worker, while at least half of the deadline is left: with less, a query would be blamed for the wait."""
        try:
            return self._supply.take(started + self.limits.deadline_seconds / 2)
        except SupplyBusyError:
            wait = math.ceil(self.limits.deadline_seconds)
            raise QueryBusyError("all query workers are busy: try again in a moment", wait) from None
        except SupplyDownError as down:
            wait = math.ceil(down.seconds + _START_SECONDS)
            raise QueryBusyError(
                f"too few query workers live just now, new ones are tried: ask again in {wait} s", wait
            ) from None
        except SupplyClosedError:
            raise StoreError(_CLOSING) from None

    def _pack_request(
        self, text: str, dataset: QueryDataset | None, media_type: str = "", find: tuple[str, ...] | None = None
    ) -> bytes:
        return pack_message(
            {
                "query": text,
                # Relative IRIs mean those of the catalogue (https://www.w3.org/TR/sparql11-query/#relIRIs).
                "base_iri": self._base_iri,
                "media_type": media_type,
                "prefixes": self._prefixes if media_type in _PREFIXED else {},
                "find": find,
                "find_limit": FIND_LIMIT,
                "result_bytes": self.limits.result_bytes,
                "cpu_seconds": self.limits.deadline_seconds + _CPU_GRACE_SECONDS,
                "default_graphs": None if dataset is None else dataset.default_graphs,
                "named_graphs": None if dataset is None else dataset.named_graphs,
            }
        )

    def _explain_death(self, code: int) -> QueryError | StoreError:
        if self._supply.is_closed:
            return StoreError(_CLOSING)
        if code in _FROM_OUTSIDE or code == 0:
            return StoreError("the query's worker was ended from outside, which says nothing of the query: try again in a moment")
        if code == -signal.SIGXCPU:
            return QueryTimeoutError("the query used up its processor time and was ended: ask for less at once")
        return QueryCrashError(
            "the query needed more memory or nesting than allowed and was ended: "
            "ask for less at once, or leave out ORDER BY and DISTINCT"
        )

    def _raise_for(self, message: Mapping[str, Any], body: bytes) -> None:
        match message["status"]:
            case "syntax":
                raise _to_syntax_error(message["message"], json.loads(body))
            case "too_many":
                raise QueryTooLargeError(
                    f"the query asks for the description of more than {FIND_LIMIT} things, which is the limit: "
                    "ask for them in steps with ORDER BY, LIMIT and OFFSET, or take the dump"
                )
            case "too_large":
                raise QueryTooLargeError(
                    f"the result has more than {self.limits.result_bytes} bytes, which is the limit: "
                    "ask for it in pages with ORDER BY, LIMIT and OFFSET, or take the dump"
                )
            case "failed":
                raise QueryError(f"the query cannot be answered: {message['message']}")


def _to_syntax_error(report: str, place: Mapping[str, Any] | None) -> QuerySyntaxError:
    if place is None:
        return QuerySyntaxError(f"the query does not parse: {report}")
    mistake = Mistake(**place)
    where = f"at “{mistake.word[:_WORD_LENGTH]}”" if mistake.word else "at its end"
    reason = f" ({mistake.reason})" if mistake.reason else ""
    message = f"line {mistake.line}, column {mistake.column}: the query does not parse {where}{reason}"
    return QuerySyntaxError(message, mistake.line, mistake.column)


def run_local(release_path: Path, text: str, endpoint: EndpointSettings, result_format: ResultsFormat | DocumentFormat) -> Answer:
    """Check and run one query against a release, under the endpoint's limits, and return its answer.

    Raises ReleaseError when there is no such release, and all that the guard and the pool raise.
    """
    manifest = load_manifest(release_path)
    check_query(text, GuardLimits.of(endpoint), manifest.graphs.keys())
    with WorkerPool(release_path, replace(endpoint, workers=1)) as pool:
        return pool.run(text, result_format)
