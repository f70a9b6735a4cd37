"""How many requests may be at one kind of work at once, so that a flood of them leaves threads and time for all others.

Nobody waits at a gate: who waits holds a thread as well. All threads of a web process share one gate for each release.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from filmgraph.admission import client_key
from filmgraph.errors import FilmgraphError, RequestBusyError, RequestQuotaError
from filmgraph.settings import EndpointSettings
from filmgraph.web.admitting import asking_client

__all__ = ["Gate", "WorkGate"]

_RETRY_SECONDS = 1


class Gate:
    """Lets `limit` requests in at once, `client_limit` of them from one client; the others are refused."""

    def __init__(self, limit: int, client_limit: int) -> None:
        self._limit = limit
        self._client_limit = client_limit
        self._inside: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def passing(self, client: str) -> Iterator[None]:
        """Keep a place for a client until the end of the block; raises what the refusals below return."""
        with self._lock:
            if self._inside[client] >= self._client_limit:
                raise self.refuse_client(self._client_limit)
            if self._inside.total() >= self._limit:
                raise self.refuse_all()
            self._inside[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside[client] -= 1
                # Who has no place any more is forgotten.
                self._inside += Counter()

    def refuse_client(self, limit: int) -> FilmgraphError:
        """Return what a client with `limit` places already is told."""
        return RequestQuotaError(f"{limit} such requests of yours are being answered already: wait for one", _RETRY_SECONDS)

    def refuse_all(self) -> FilmgraphError:
        """Return what whoever comes is told when all places are taken."""
        return RequestBusyError("Too many such requests are being answered just now: try again in a moment", _RETRY_SECONDS)


class WorkGate(Gate):
    """A gate for work that is done for the client of the request at hand."""

    def __init__(self, limit: int, client_limit: int, settings: EndpointSettings) -> None:
        super().__init__(limit, client_limit)
        self._settings = settings

    @contextmanager
    def working(self) -> Iterator[None]:
        """Keep a place while the work is done. RequestQuotaError, or RequestBusyError, when there is none."""
        with self.passing(client_key(asking_client(self._settings))):
            yield
