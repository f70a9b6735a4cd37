"""Releases before the current one, opened when they are asked for; few at a time, each with one query worker at most."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from filmgraph.errors import ReleaseClosedError
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.queryguard_describe import DescribePlan
from filmgraph.queryworkers import Answer, Found, QueryDataset, WorkerPool
from filmgraph.queryworkers_supply import SupplyState
from filmgraph.serving_release import OpenRelease, Visit
from filmgraph.settings import EndpointSettings

__all__ = ["LatePool", "ReleaseShelf"]

#: Requests that may wait for a release to be opened; the threads that the others would take are for the current release.
_WAITING: Final = 2
#: So long after its last request a release is not closed for another: who asks for many in turn would have them opened in turn.
_KEEP_SECONDS: Final = 2.0
_RETRY_SECONDS: Final = 3


class ReleaseShelf:
    """Keeps the releases last asked for, up to `limit`; safe to use from several threads.

    Opening one closes another that nobody uses or has asked for in the last two seconds. `idle_seconds` after the last request it
    is closed in any case.
    """

    def __init__(
        self,
        open_past: Callable[[str], OpenRelease],
        limit: int,
        idle_seconds: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_past = open_past
        self._limit = limit
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._places = threading.BoundedSemaphore(_WAITING)
        self._open: OrderedDict[str, tuple[OpenRelease, float]] = OrderedDict()

    def enter(self, release_id: str) -> Visit:
        """Let a request into a release, which is opened if it is not.

        ReleaseClosedError when as many as may be are wanted or being opened just now; raises what opening raises.
        """
        found = self._find(release_id)
        if found is not None:
            return found
        if not self._places.acquire(blocking=False):
            raise ReleaseClosedError("other releases are being opened just now: ask again in a moment", _RETRY_SECONDS)
        try:
            with self._opening:
                # The one before may have opened the same.
                return self._find(release_id) or self._open_one(release_id)
        finally:
            self._places.release()

    def close_idle(self) -> None:
        """Close the releases that nobody has asked for in a while."""
        late = self._clock() - self._idle_seconds
        with self._lock:
            idle = [release for release, used in self._open.values() if used <= late and release.retire_unused()]
            for each in idle:
                del self._open[each.release_id]
        for each in idle:
            each.close_unused()

    @property
    def release_ids(self) -> tuple[str, ...]:
        """The releases that are open, the one asked for last at the end."""
        with self._lock:
            return tuple(self._open)

    def close(self) -> None:
        """Close all that nobody uses; what is used is closed when the last one leaves it."""
        with self._lock:
            releases = [release for release, _ in self._open.values()]
            self._open.clear()
        for each in releases:
            _retire(each)

    def _find(self, release_id: str) -> Visit | None:
        with self._lock:
            found = self._open.get(release_id)
            if found is None:
                return None
            self._open[release_id] = (found[0], self._clock())
            self._open.move_to_end(release_id)
            return found[0].enter()

    def _open_one(self, release_id: str) -> Visit:
        self._make_room()
        release = self._open_past(release_id)
        with self._lock:
            self._open[release_id] = (release, self._clock())
            visit = release.enter()
        if visit is None:
            raise ReleaseClosedError("the server is closing", _RETRY_SECONDS)
        return visit

    def _make_room(self) -> None:
        with self._lock:
            if len(self._open) < self._limit:
                return
            late = self._clock() - _KEEP_SECONDS
            unused = next((each for each, used in self._open.values() if used <= late and each.retire_unused()), None)
            if unused is None:
                raise ReleaseClosedError(
                    f"{self._limit} other releases before the current one are being read just now, which is the limit: "
                    "ask again in a moment",
                    _RETRY_SECONDS,
                )
            del self._open[unused.release_id]
        unused.close_unused()


def _retire(release: OpenRelease) -> None:
    release.on_unused = release.close_unused
    release.retire()
    release.close_unused()


class LatePool:
    """A query pool with one worker and no spare, which is started by the first query."""

    def __init__(
        self, release_path: Path, limits: EndpointSettings, watch: Callable[[], Callable[[], bool]] | None = None
    ) -> None:
        """Run queries on the release in a folder; `watch` is that of a `WorkerPool`."""
        self.limits = limits
        self._watch = watch
        self._release_path = release_path
        self._lock = threading.Lock()
        self._pool: WorkerPool | None = None

    @property
    def state(self) -> SupplyState:
        """How many workers there are; before the first query none is wanted."""
        return SupplyState(0, 0, is_down=False) if self._pool is None else self._pool.state

    def run(self, text: str, result_format: ResultsFormat | DocumentFormat, dataset: QueryDataset | None = None) -> Answer:
        """Run a query; see `WorkerPool.run`."""
        return self._started().run(text, result_format, dataset)

    def find(self, text: str, plan: DescribePlan) -> Found | None:
        """Return the things that a DESCRIBE query names; see `WorkerPool.find`."""
        return self._started().find(text, plan)

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()

    def _started(self) -> WorkerPool:
        with self._lock:
            if self._pool is None:
                self._pool = WorkerPool(self._release_path, replace(self.limits, workers=1), 0, self._watch)
            return self._pool
