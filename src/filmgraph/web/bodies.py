"""How many bodies of requests are read at once.

A body that does not come keeps a thread of the server waiting, and WSGI has no way to give up. So only some threads may wait for
bodies, and only few for those of one client; whoever comes then is sent away before its body is read.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from filmgraph.errors import FilmgraphError, QueryBusyError, QueryQuotaError
from filmgraph.web.gate import Gate

__all__ = ["BodyGate"]

_RETRY_SECONDS = 5


class BodyGate(Gate):
    """Lets `limit` bodies be read at once, `client_limit` of them from one client; all threads of a web process share one."""

    def reading(self, client: str) -> AbstractContextManager[None]:
        """Keep a place while a client's body is read.

        QueryQuotaError when the client has enough of them under way, QueryBusyError when all places are taken.
        """
        return self.passing(client)

    def refuse_client(self, limit: int) -> FilmgraphError:
        """Return what a client with `limit` bodies under way is told."""
        return QueryQuotaError(
            f"{limit} requests of yours are still being sent, which is the limit: finish them first", _RETRY_SECONDS
        )

    def refuse_all(self) -> FilmgraphError:
        """Return what whoever comes is told when all places are taken."""
        return QueryBusyError("too many requests are still being sent: try again in a moment, or ask by GET", _RETRY_SECONDS)
