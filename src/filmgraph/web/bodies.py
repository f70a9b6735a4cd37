"""How many bodies of requests are read at once.

A body that does not come keeps a thread of the server waiting, and WSGI has no way to give up. So only some threads may wait for
bodies, and only few for those of one client; whoever comes then is sent away before its body is read.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from filmgraph.errors import QueryBusyError, QueryQuotaError

__all__ = ["BodyGate"]

_RETRY_SECONDS = 5


class BodyGate:
    """Lets `limit` bodies be read at once, `client_limit` of them from one client; all threads of a web process share one."""

    def __init__(self, limit: int, client_limit: int) -> None:
        self._limit = limit
        self._client_limit = client_limit
        self._reading: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def reading(self, client: str) -> Iterator[None]:
        """Keep a place while a client's body is read.

        QueryQuotaError when the client has enough of them under way, QueryBusyError when all places are taken.
        """
        with self._lock:
            if self._reading[client] >= self._client_limit:
                raise QueryQuotaError(
                    f"{self._client_limit} requests of yours are still being sent, which is the limit: finish them first",
                    _RETRY_SECONDS,
                )
            if self._reading.total() >= self._limit:
                raise QueryBusyError(
                    "too many requests are still being sent: try again in a moment, or ask by GET", _RETRY_SECONDS
                )
            self._reading[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._reading[client] -= 1
                self._reading += Counter()
